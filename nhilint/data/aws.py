"""The service data of AWS: actions, levels, resource types, condition keys, managed policies."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from nhilint.algebra.values import SYMBOL_OPEN, display
from nhilint.data.aws_keys import GLOBAL_KEYS
from nhilint.data.pack import manifest, open_pack

_BUCKETS = 64


class Action(NamedTuple):
    """One action as the service authorization reference lists it."""

    name: str
    """In the vendor's spelling, without the service: `GetObject`."""
    level: str
    """`List`, `Read`, `Write`, `Permissions management` or `Tagging`."""
    resource_types: tuple[str, ...]
    """Names of resource types; empty: the action knows no resources and is requested on `*`."""
    required_types: tuple[str, ...]
    condition_keys: tuple[str, ...]
    dependent: tuple[str, ...]
    """Actions that have to be allowed as well."""
    granted_elsewhere: tuple[str, ...] = ()
    """Patterns of ARNs on which AWS's managed policies grant it, though no resource type of it has such a name."""


def date() -> str:
    """The day the data stands for, ISO."""
    day: str = manifest()["aws"]["date"]
    return day


@cache
def services() -> tuple[str, ...]:
    """Every service prefix, sorted."""
    return tuple(name for name in open_pack("aws.pack").names() if name != "*")


@cache
def actions(service: str) -> Mapping[str, Action]:
    """The actions of a service by lower-case name; empty for an unknown service."""
    block = open_pack("aws.pack").block(service.lower()) if service != "*" else None
    if block is None:
        return {}
    table = {}
    for key, (name, level, types, keys, dependent, *elsewhere) in block["actions"].items():
        plain = tuple(type.removeprefix("!") for type in types)
        required = tuple(type[1:] for type in types if type.startswith("!"))
        table[key] = Action(name, level, plain, required, tuple(keys), tuple(dependent), tuple(*elsewhere))
    return table


def action(name: str) -> Action | None:
    """One action by its folded name `s3:getobject`; None when the data does not know it."""
    service, _, rest = name.lower().partition(":")
    return actions(service).get(rest)


@cache
def arn_formats(service: str) -> Mapping[str, tuple[str, ...]]:
    """Resource type to the forms of its ARN (seldom more than one), with `${…}` for the variable parts."""
    block = open_pack("aws.pack").block(service.lower())
    forms: Mapping[str, str] = block["resources"] if block and service != "*" else {}
    return {type: tuple(form.split(", ")) for type, form in forms.items()}


def condition_key(key: str) -> str | None:
    """The type of a condition key (`String`, `ArrayOfString`, `Bool`, `ARN`…); None when it is not known."""
    service = key.partition(":")[0].lower()
    block = open_pack("aws.pack").block(service)
    if block is None:
        return None
    types = {name.lower(): type for name, type in block["keys"].items()}
    found: str | None = types.get(key.lower())
    return found


@cache
def spell_key(key: str) -> str:
    """A folded condition key in the vendor's spelling, as far as the data knows it; what follows a `/` stays."""
    name, slash, rest = key.partition("/")
    block = open_pack("aws.pack").block(name.partition(":")[0])
    listed: Mapping[str, str] = block["keys"] if block else {}
    spellings = {one.lower(): one for one in (*GLOBAL_KEYS, *(key.partition("/")[0] for key in listed))}
    return spellings.get(name, name) + slash + rest


@cache
def action_index() -> tuple[str, ...]:
    """Every folded action name `service:action`, sorted."""
    return tuple(open_pack("aws.pack").block("*"))


@cache
def managed_policy(arn_or_name: str) -> str | None:
    """The JSON text of an AWS managed policy, by name or by ARN (of any partition); None when it is not known.

    The path is part of an ARN: a policy under `service-role/` is not found without it.
    """
    import json

    name, path = arn_or_name, None
    if arn_or_name.startswith("arn:"):
        parts = arn_or_name.split(":", 5)
        if len(parts) < 6 or parts[4] != "aws" or not parts[5].startswith("policy/"):
            return None
        path, _, name = parts[5].removeprefix("policy").rpartition("/")
        path += "/"
    bucket = str(sum(name.lower().encode()) % _BUCKETS)
    row = (open_pack("managed.pack").block(bucket) or {}).get(name)
    if row is None or (path is not None and path != row["path"]):
        return None
    return json.dumps(row["document"])


def suggest(name: str) -> tuple[str, ...]:
    """The nearest known actions to an unknown one, best first."""
    from difflib import get_close_matches

    service, _, rest = name.lower().partition(":")
    known = actions(service)
    if known:
        return tuple(f"{service}:{known[key].name}" for key in get_close_matches(rest, known, n=3))
    return tuple(f"{near}:{rest}" for near in get_close_matches(service, services(), n=3))


class AwsVocabulary:
    """The finite action names of AWS for the algebra; patterns and names are folded."""

    @property
    def date(self) -> str:
        """The day the data stands for."""
        return date()

    def all(self) -> Sequence[str]:
        """Every known action, sorted."""
        return action_index()

    def expand(self, pattern: str) -> Sequence[str]:
        """The known actions that match a folded pattern, sorted."""
        return _expand(pattern)

    def spell(self, action: str) -> str:
        """The vendor's spelling of a folded action or pattern, as far as the data knows it."""
        return display(_spell(action)) if SYMBOL_OPEN in action else _spell(action)


@cache
def _expand(pattern: str) -> tuple[str, ...]:
    names = action_index()
    if pattern == "*":
        return names
    stop = min((i for i in (pattern.find("*"), pattern.find("?")) if i >= 0), default=-1)
    if stop < 0:
        return (pattern,) if _known(pattern) else ()
    prefix = pattern[:stop]
    low = bisect_left(names, prefix)
    high = bisect_left(names, prefix + "\uffff") if prefix else len(names)
    if stop == len(pattern) - 1 and pattern[stop] == "*":
        return names[low:high]
    from fnmatch import translate
    from re import compile

    match = compile(translate(pattern.replace("[", "[[]"))).match
    return tuple(name for name in names[low:high] if match(name))


def _known(name: str) -> bool:
    names = action_index()
    place = bisect_left(names, name)
    return place < len(names) and names[place] == name


@cache
def _spell(action: str) -> str:
    service, colon, rest = action.partition(":")
    known = actions(service)
    if rest in known:
        return f"{service}:{known[rest].name}"
    stop = min((i for i in (rest.find("*"), rest.find("?")) if i >= 0), default=-1)
    prefix = rest[:stop] if stop >= 0 else rest
    # A pattern is spelled as the names it stands for, where they agree.
    spellings = {row.name[: len(prefix)] for key, row in known.items() if key.startswith(prefix)}
    if len(spellings) == 1 and stop >= 0:
        return f"{service}{colon}{spellings.pop()}{rest[stop:]}"
    return action
