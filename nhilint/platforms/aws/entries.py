"""One part of a delta in the words of AWS: readable actions, ARNs, conditions, levels and a request that proves it."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from nhilint.algebra.compact import compact_actions
from nhilint.algebra.values import Residue, display
from nhilint.data.aws import date, suggest
from nhilint.model.facts import Via
from nhilint.platforms import aws
from nhilint.platforms.aws.principals import shown
from nhilint.platforms.aws.risk import classes

_FEW, _MANY = 4, 5
"""At most so many exceptions of a pattern, and each must stand for at least so many actions."""


def describe(residue: Residue) -> Mapping[str, object]:
    """The entry of the review for one residue (see the review's schema)."""
    trust = residue.statement.scopes and len(residue.scopes) == 1 and _is_principal(residue.scopes[0])
    inert = () if trust else aws.inert_actions(residue.statement, residue.actions)
    dead = bool(inert) and set(residue.actions) <= set(inert) and not residue.future
    origin = residue.statement.origin
    written = dict(origin.written) if isinstance(origin, Via) else {}
    unknown = [written[name] for name in residue.actions if name in written]
    actions, exceptions = _actions(residue)
    return {
        "actions": [written.get(name, name) for name in actions],
        **({"except": list(exceptions)} if exceptions else {}),
        "resources": [display(shown(scope)) for scope in residue.scopes],
        "access_levels": list(aws.access_levels(residue.actions)),
        "sensitive": [] if trust or dead else list(classes(residue)),
        "witness": aws.describe_request(residue.witness),
        "future": bool(residue.future),
        "inert": dead,
        "why": "these actions know no resources: a grant on an ARN gives nothing" if dead else _doubt(unknown),
    }


def _doubt(unknown: list[str]) -> str:
    """What to say of actions that the data does not know: a slip of the pen, or newer than the data."""
    if not unknown:
        return ""
    name = unknown[0]
    near = suggest(name)
    hint = f" (did you mean `{near[0]}`?)" if near else ""
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return f"the data of {date()} does not know `{name}`{hint}{more}"


def _actions(residue: Residue) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Patterns for the actions, as few as are exact, and the actions that these patterns say too much.

    A pattern that is open to the future and wants only a few known actions is said with its exceptions: `s3:*` but not
    `s3:GetObject` reads better than the other hundred and seventy.
    """
    vocabulary = aws.vocabulary()
    covered: set[str] = set()
    exceptions: set[str] = set()
    patterns: list[str] = []
    actions = set(residue.actions)
    for pattern in sorted(residue.future, key=len):
        if any(fnmatchcase(pattern, known) for known in patterns):
            continue
        known_actions = set(vocabulary.expand(pattern))
        missing = known_actions - actions
        if len(missing) <= _FEW and len(missing) * _MANY <= len(known_actions):
            patterns.append(pattern)
            covered |= known_actions
            exceptions |= missing
    rest = compact_actions(sorted(actions - covered), vocabulary)
    spelled = [vocabulary.spell(pattern) for pattern in patterns]
    return (*spelled, *rest), tuple(vocabulary.spell(name) for name in sorted(exceptions))


def _is_principal(pattern: str) -> bool:
    return pattern.startswith(("AWS:", "Service:", "Federated:", "CanonicalUser:"))
