"""Known ways from AWS permissions to more power, and the words that their needs use for an identity.

The rows are in `data/aws_techniques.toml`. A role is in no group and has no user's policies, nor a user a role's: for
them such a request changes somebody else, and a word such as `{self.role}` has no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from nhilint.algebra.values import Condition, literal
from nhilint.data.aws import date as service_date
from nhilint.data.techniques import technique_rows
from nhilint.model.facts import Identity
from nhilint.model.technique import Technique, read_techniques

ADMIN: tuple[tuple[str, tuple[str, ...]], ...] = (("*", ("*",)),)
_CHOSEN = ("aws:requestedregion", "aws:tagkeys", "aws:calledvia", "aws:requesttag/")
"""Condition keys that say what the caller asks for, and not who it is or on what.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""
_WHAT = {"iam_role": "role", "iam_user": "user", "iam_group": "group", "module_call": "role"}
"""Kind of identity to the type of resource it is to IAM; the roles of a permission set can not be changed there.

https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
"""


@cache
def techniques() -> tuple[Technique, ...]:
    """The table."""
    return read_techniques(map(_asked, technique_rows("aws")), str.lower)


def variables(identity: Identity) -> Mapping[str, str]:
    """The words of an identity: `name`, `arn`, and its ARN once more under what it is (`role`, `user`, `group`).

    What is not in the tree has only its name; of the role that a module makes not even that is known.
    """
    found = {"name": identity.name}
    arn = next((alias for alias in identity.aliases if alias.startswith("arn:")), "")
    what = _WHAT.get(identity.kind, "")
    if not arn and what:
        name = "role-of-the-module" if identity.kind == "module_call" else literal(identity.name)
        arn = f"arn:*:iam::*:{what}/{name}"
    if arn:
        found["arn"] = arn
        if what:
            found[what] = arn
    return found


def caller(identity: Identity) -> tuple[Condition, ...]:
    """Its user name, and that a role has none; that it asks now, which is not before the day of the service data.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse
    """
    if identity.kind == "iam_user":
        return (*_now(), Condition(operator="StringEquals", key="aws:username", values=(literal(identity.name),)))
    if identity.kind == "iam_group":
        # Whichever member it is: what `${aws:username}` lets each do to itself, none can do to another.
        member = literal(f"a-member-of-{identity.name}")
        return (*_now(), Condition(operator="StringEquals", key="aws:username", values=(member,)))
    if identity.kind in ("iam_role", "permission_set"):
        return (*_now(), Condition(operator="Null", key="aws:username", values=("true",)))
    return _now()


@cache
def _now() -> tuple[Condition, ...]:
    """Conditions on the time of a request, and on that of its session, which is some hours older at the most.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime
    """
    day = date.fromisoformat(service_date())
    early = (day - timedelta(days=2)).isoformat()
    return (
        Condition(operator="DateGreaterThan", key="aws:currenttime", values=(day.isoformat(),)),
        Condition(operator="DateGreaterThan", key="aws:epochtime", values=(day.isoformat(),)),
        Condition(operator="DateGreaterThan", key="aws:tokenissuetime", values=(early,), if_exists=True),
    )


def chosen(key: str) -> bool:
    """Whether the caller sets the key as it likes."""
    return key.startswith(_CHOSEN)


def _asked(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with its points as patterns: `*` alone is the one name that an action without resources is asked on."""
    return {**row, "need": [{**need, "points": list(_points(need))} for need in row["need"]]}


def _points(need: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    return ((literal("*"),) if point == ["*"] else tuple(point) for point in need["points"])
