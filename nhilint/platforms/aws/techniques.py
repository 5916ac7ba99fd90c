"""Known ways from AWS permissions to more power, and the words that their needs use for an identity.

The rows are in `data/aws_techniques.toml`. A role is in no group and has no user's policies, nor a user a role's: for
them such a request changes somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from nhilint.algebra.values import Condition, literal
from nhilint.data.techniques import technique_rows
from nhilint.model.facts import Identity
from nhilint.model.technique import Technique, read_techniques

ADMIN: tuple[tuple[str, tuple[str, ...]], ...] = (("*", ("*",)),)
_CHOSEN = ("aws:requestedregion", "aws:tagkeys", "aws:calledvia", "aws:requesttag/")
"""Condition keys that say what the caller asks for, and not who it is or on what.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""


@cache
def techniques() -> tuple[Technique, ...]:
    """The table."""
    return read_techniques(technique_rows("aws"), str.lower)


def variables(identity: Identity) -> Mapping[str, str]:
    """`arn` and `name`; without an ARN in the tree a made-up one, so that globs can be asked."""
    arn = next((alias for alias in identity.aliases if alias.startswith("arn:")), "")
    kind = {"iam_user": "user", "iam_group": "group", "iam_policy": "policy"}.get(identity.kind, "role")
    return {"arn": arn or f"arn:aws:iam::111122223333:{kind}/{identity.name}", "name": identity.name}


def caller(identity: Identity) -> tuple[Condition, ...]:
    """Its user name, and that a role has none; the tags on it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse
    """
    if identity.kind == "iam_user":
        return (Condition(operator="StringEquals", key="aws:username", values=(literal(identity.name),)),)
    if identity.kind in ("iam_role", "permission_set"):
        return (Condition(operator="Null", key="aws:username", values=("true",)),)
    return ()


def chosen(key: str) -> bool:
    """Whether the caller sets the key as it likes."""
    return key.startswith(_CHOSEN)
