"""How much of the world a resource pattern is for an action: one ARN, a prefix, a type, the account, other accounts.

A wider pattern never has a smaller breadth, which is what makes the bands of risk monotone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from nhilint.algebra.glob import GlobTooLarge, contains, is_wild, matches, overlaps
from nhilint.algebra.values import SYMBOL, SYMBOL_CLOSE, SYMBOL_OPEN, Condition, display
from nhilint.data.aws import action, arn_formats
from nhilint.data.risk import aws_risk

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_WORD = re.compile("[a-z0-9]+")
_SYMBOL = re.compile(SYMBOL)
_OF = rf"{SYMBOL_OPEN}(?:[^{SYMBOL_CLOSE}]*\.)?aws_(%s)\.[\w-]+(?:\[[^\]{SYMBOL_CLOSE}]*\])?\.(?:%s){SYMBOL_CLOSE}"
"""An attribute of a resource whose value is not known."""
_LEADING = re.compile("^" + _OF % (r"\w+", "arn"))
_BUCKET = re.compile(_OF % ("s3_bucket", "bucket|id"))
_LAST = re.compile(r":\$\{[^}]*\}$")
_COLONS = 5
"""So many come before the resource of an ARN."""
_NAME = "x"
"""A name of one piece."""
_ONE_SECRET = "-??????"
"""The six letters that Secrets Manager puts behind a name: with them a pattern still means one secret.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
"""
_AIMED_OUTSIDE = "sts:"
"""With a name spelled out, an open account is most often carelessness; to become a role it is meant."""
_POSITIVE = frozenset({"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"})


@lru_cache(maxsize=16_384)
def breadth(pattern: str, name: str) -> str:
    """The breadth of a pattern for a folded action; an action that the data does not know may be on any resource."""
    row = action(name)
    if row is not None and not row.resource_types:
        return "account"
    if pattern.startswith(("*", "?")):
        return _open(name)
    if not is_wild(pattern):
        return "one"
    if not pattern.startswith("arn:"):
        return "prefix"
    parts = pattern.split(":", 5)
    parts += ["*"] * (6 - len(parts))
    if is_wild(parts[2]):
        return _open(name)
    whole = any(contains(":".join(parts), form) for form in _forms(name, parts[1], parts[3], parts[4]))
    if is_wild(parts[4]) and _crosses(name) and (whole or name.startswith(_AIMED_OUTSIDE)):
        return "cross-account"
    if whole:
        return "type"
    single = parts[2] == "secretsmanager" and not is_wild(pattern.removesuffix(_ONE_SECRET))
    return "one" if single else "prefix"


@lru_cache(maxsize=16_384)
def applies(pattern: str, name: str) -> bool:
    """Whether some resource that the action works on can have a name of this pattern; true where that is not known.

    An unknown string may be anything. A last piece after a colon may be missing: a task definition without its revision
    was accepted as well. What the service authorization reference lists for an action is not always all
    it works on; where AWS's own policies grant it on such names, that is believed.
    """
    row = action(name)
    if row is None:
        return True
    pattern = _LEADING.sub(_arn, pattern)
    if any(_meets(pattern, arn) for arn in row.granted_elsewhere if pattern.startswith("arn:")):
        return True
    if not row.resource_types:
        return matches(_any(pattern), "*")
    if not pattern.startswith("arn:"):
        return True
    forms = [form for type in row.resource_types for form in _shapes(name, type)]
    about_objects = _names_an_object(pattern)
    forms += [shorter for form in forms if (shorter := _LAST.sub("", form)).count(":") >= _COLONS]
    return any(_meets(pattern, form) for form in forms if not (about_objects and form.endswith("${BucketName}")))


def _arn(attribute: re.Match[str]) -> str:
    """The ARN that an attribute of a resource is, as far as the type of the resource tells its form."""
    return f"arn:aws:s3:::{_NAME}" if attribute[1] == "s3_bucket" else "arn:*"


def _any(text: str) -> str:
    """The text with a star for every string that is not known, but one that is a bucket's name: that has no slash."""
    return _SYMBOL.sub("*", _BUCKET.sub(_NAME, text)) if SYMBOL_OPEN in text else text


def _shapes(name: str, type: str) -> tuple[str, ...]:
    return arn_formats(name.partition(":")[0]).get(type, ("*",))


def _service(pattern: str) -> str:
    """The service of an ARN or of a form of ARNs; `*` when it does not say one."""
    return (pattern.split(":", 3) + ["*"] * 3)[2] if pattern.startswith("arn:") else "*"


def narrowed(conditions: Sequence[Condition]) -> tuple[str, str]:
    """The breadth that conditions on the resource leave at most, and the condition for people; empty when none does."""
    for row in aws_risk().narrowing:
        for clause in conditions:
            if _limits(clause) and any(contains(key, clause.key) for key in row.keys):
                return row.to, f"{clause.key} {clause.operator} {', '.join(map(display, clause.values[:3]))}"
    return "", ""


def noun(names: Sequence[str], pattern: str) -> str:
    """What the actions work on, in a word or two, as far as the pattern lets it be; `resource` when that differs.

    Of several types the one that all are kinds of by their names: `object` for `object` and `accesspointobject`.
    """
    found: set[str] = set()
    for name in names:
        row = action(name)
        types = [] if row is None else [t for t in row.required_types or row.resource_types if _fits(pattern, name, t)]
        if not types:
            return "resource"
        shortest = min(types, key=lambda type: (len(type), type))
        found.add(shortest if all(shortest in type for type in types) else "resource")
    return " ".join(_WORD.findall(found.pop().lower())) if len(found) == 1 else "resource"


def _fits(pattern: str, name: str, type: str) -> bool:
    pattern = _LEADING.sub(_arn, pattern)
    return not pattern.startswith("arn:") or any(_meets(pattern, form) for form in _shapes(name, type))


def _meets(pattern: str, form: str) -> bool:
    """Whether a string can be of both; letter case is not looked at, because sources of forms differ in it."""
    texts, parts = pattern.split(":", 5), _VARIABLE.sub("*", form).split(":", 5)
    if len(texts) < 6 or len(parts) < 6 or is_wild("".join(texts[:5])):
        # A star may reach beyond its segment.
        texts, parts = [_service(pattern), pattern], [_service(":".join(parts)), ":".join(parts)]
    try:
        return all(overlaps(_any(text).lower(), part.lower()) for text, part in zip(texts, parts, strict=True))
    except GlobTooLarge:
        return True


def _limits(clause: Condition) -> bool:
    positive = clause.operator.lower() in _POSITIVE and not clause.if_exists and clause.qualifier != "ForAllValues"
    return positive and bool(clause.values) and all(value.strip("*") for value in clause.values)


def _names_an_object(pattern: str) -> bool:
    """A bucket's name has no slash, so an S3 pattern with a slash is about objects."""
    parts = pattern.split(":", 5)
    return len(parts) == 6 and parts[2] == "s3" and not parts[4] and "/" in parts[5]


def _open(name: str) -> str:
    return "cross-account" if _crosses(name) else "account"


def _crosses(name: str) -> bool:
    return name.partition(":")[0] in aws_risk().crossing


def _forms(name: str, partition: str, region: str, account: str) -> Iterator[str]:
    """What all resources of each type look like in the partition, region and account that the pattern names."""
    service = name.partition(":")[0]
    row = action(name)
    forms = arn_formats(service)
    for type in forms if row is None else row.resource_types:
        for form in forms.get(type, ()):
            for variable, value in (("${Partition}", partition), ("${Region}", region), ("${Account}", account)):
                form = form.replace(variable, value)
            yield _VARIABLE.sub("*", form)
