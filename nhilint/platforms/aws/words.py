"""AWS's words for actions and requests: levels, inert grants, readable witnesses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

from nhilint.algebra.compact import Part
from nhilint.algebra.values import Request, Statement, display
from nhilint.data.aws import AwsVocabulary, action, arn_formats
from nhilint.model.facts import Via
from nhilint.platforms.aws.breadth import applies
from nhilint.platforms.aws.classes import telling

LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")

_KEYS: Mapping[str, tuple[str, ...]] = {
    "aws:sourceip": ("203.0.113.7",),
    "aws:sourcearn": ("arn:aws:s3:::example-bucket",),
    "aws:principalarn": ("arn:aws:iam::111122223333:role/example",),
    "aws:sourceaccount": ("111122223333",),
    "aws:principalorgid": ("o-example1234",),
    "aws:requestedregion": ("us-east-1",),
}
_GENERIC = re.compile(r"[*?]+")


@cache
def vocabulary() -> AwsVocabulary:
    """The finite action names."""
    return AwsVocabulary()


def as_written(part: Part) -> dict[str, str]:
    """The folded actions of a part that the data does not know, to how their statements spell them."""
    origins = (one.statement.origin for one in part.residue)
    return dict(pair for origin in origins if isinstance(origin, Via) for pair in origin.written)


def access_levels(actions: Sequence[str]) -> tuple[str, ...]:
    """The levels of folded actions, worst first; an action that the data does not know has none."""
    found = {row.level for name in actions if (row := action(name)) is not None}
    return tuple(level for level in LEVELS if level in found)


def inert_actions(patterns: Sequence[str], actions: Iterable[str]) -> tuple[str, ...]:
    """Those of the folded actions that work on no resource of these patterns: a grant of them there gives nothing."""
    return tuple(name for name in actions if not any(applies(pattern, name) for pattern in patterns))


def inert(patterns: Sequence[str], actions: Collection[str]) -> bool:
    """Whether that is all of them."""
    return bool(actions) and not any(applies(pattern, name) for name in actions for pattern in patterns)


def gives_nothing(statement: Statement) -> bool:
    """Whether a statement that allows, about a resource, names only actions that work on none of its resources."""
    resource = statement.scopes[-1]
    if statement.effect != "allow" or statement.actions_negated or resource.negated:
        return False
    return inert(resource.patterns, statement.actions)


def why_inert(name: str) -> str:
    """Why a grant of the folded action gives nothing where it stands, and where it would."""
    row = action(name)
    if row is None or not row.resource_types:
        return "asked for on `*` only, so a grant on a name gives nothing"
    types = row.required_types or row.resource_types
    forms = {form for type in types for form in arn_formats(name.partition(":")[0]).get(type, ())}
    likeliest = min(forms, key=lambda form: (len(form), form)).replace("${Partition}", "aws")
    more = (
        ""
        if len(forms) == 1
        else ", or of another form"
        if len(forms) == 2
        else f", or of {len(forms) - 1} other forms"
    )
    return f"nothing that {vocabulary().spell(name)} works on has such a name; it would be {likeliest}{more}"


def fill(dimension: str, pattern: str, about: tuple[str, ...] = ("",)) -> tuple[str, ...]:
    """Readable strings of a pattern, the likeliest first; each has to be verified before it is used.

    `about` begins with the folded action of the request: where any resource will do, one it works on is named. For
    `actions` it is all of them, and the one that says most is given.
    """
    if dimension == "principal":
        return _principals(pattern)
    if dimension == "action":
        return ()
    if dimension == "actions":
        return telling(about, pattern)
    if dimension != "resource":
        return _KEYS.get(dimension, ())
    if not pattern.strip("*"):
        return (arn_for(about[0]), "*")
    parts = pattern.split(":", 5)
    if len(parts) == 6:
        defaults = ("arn", "aws", "s3", "us-east-1", "111122223333", "example")
        filled = [
            _GENERIC.sub(default if part in ("*", "?") else "example", part) if ("*" in part or "?" in part) else part
            for part, default in zip(parts, defaults, strict=True)
        ]
        return (":".join(filled),)
    return (_GENERIC.sub("example", pattern),)


def _principals(pattern: str) -> tuple[str, ...]:
    if pattern == "*":
        return ("AWS:arn:aws:iam::999999999999:root", "AWS:arn:aws:iam::999999999999:user/stranger")
    if pattern.startswith("AWS:arn:"):
        parts = pattern.split(":", 6)
        if len(parts) == 7:
            defaults = ("AWS", "arn", "aws", "iam", "", "111122223333", "role/example")
            whole = (default if part == "*" else part for part, default in zip(parts, defaults, strict=True))
            return (_GENERIC.sub("example", ":".join(whole)),)
    return (_GENERIC.sub("example", pattern),)


def arn_for(name: str) -> str:
    """A readable ARN of the first resource type that an action works on; `*` when it knows no resources."""
    row = action(name)
    if row is None or not row.resource_types:
        return "*"
    types = row.required_types or row.resource_types
    form = arn_formats(name.partition(":")[0]).get(types[0], ("*",))[0]
    form = form.replace("${Partition}", "aws").replace("${Region}", "us-east-1").replace("${Account}", "111122223333")
    return re.sub(r"\$\{[^}]*\}", "example", form)


def describe_request(request: Request) -> Mapping[str, object]:
    """A request in AWS's words: action as spelled by the vendor, resource, and condition keys."""
    return {
        "action": vocabulary().spell(request.action),
        "resource": display(request.point[-1]),
        "context": {display(key): [display(value) for value in values] for key, values in request.context},
    }
