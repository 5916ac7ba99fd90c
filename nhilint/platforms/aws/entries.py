"""One part of a delta in the words of AWS: readable actions, ARNs, conditions, levels and a request that proves it."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.algebra.compact import Part
from nhilint.algebra.spelling import spell
from nhilint.algebra.values import SYMBOL_OPEN, Request, display
from nhilint.data.aws import action, date, suggest
from nhilint.platforms import aws
from nhilint.platforms.aws.classes import telling
from nhilint.platforms.aws.principals import shown
from nhilint.platforms.aws.risk import classes
from nhilint.platforms.aws.words import as_written, inert, why_inert


def describe(part: Part) -> Mapping[str, object]:
    """The entry of the review for one compacted part (see the review's schema)."""
    names = sorted(part.names)
    trust = len(part.axes) == 1 and _is_principal(part.axes[0][0][0])
    nothing = not trust and inert([glob for (glob,) in part.axes[-1]], names)
    dead = nothing and not part.later
    written = as_written(part)
    unknown = [written[name] for name in names if name in written]
    spelling = spell(part.names, part.later, aws.vocabulary())
    outside = [display(glob) for _, glob in part.outside]
    return {
        "actions": [display(written.get(name, name)) for name in spelling.patterns],
        **({"except": list(spelling.exceptions)} if spelling.exceptions else {}),
        "resources": [display(shown(glob)) for pieces in part.axes for (glob,) in pieces],
        **({"except_resources": outside} if outside else {}),
        "access_levels": list(aws.access_levels(names)),
        "sensitive": [] if trust or dead else list(dict.fromkeys(c for one in part.residue for c in classes(one))),
        "witness": aws.describe_request(_witness(part)),
        "future": bool(part.later),
        "inert": dead,
        "why": _why(part, nothing) or _doubt(unknown),
    }


def _witness(part: Part) -> Request:
    """Of the requests that prove the part the one that says most."""
    proofs = {one.witness.action: one.witness for one in reversed(part.residue) if one.witness.action in part.names}
    best = telling(tuple(proofs), part.axes[-1][0][0]) if len(proofs) > 1 else ()
    return proofs[best[0]] if best else part.residue[0].witness


def _why(part: Part, nothing: bool) -> str:
    if not part.names:
        return f"only actions that are added later: those known on {date()} are covered"
    if not nothing:
        return ""
    if part.later:
        return f"of the actions known on {date()} none works on anything with such a name"
    return why_inert(min(part.names, key=lambda name: (not _typed(name), name)))


def _typed(name: str) -> bool:
    row = action(name)
    return row is not None and bool(row.resource_types)


def _doubt(unknown: list[str]) -> str:
    """What to say of actions that the data does not know: a slip of the pen, or newer than the data."""
    open_names = [name for name in unknown if SYMBOL_OPEN in name]
    unknown = [name for name in unknown if SYMBOL_OPEN not in name]
    if not unknown:
        return f"`{display(open_names[0])}` is not known" if open_names else ""
    name = unknown[0]
    near = suggest(name)
    hint = f" (did you mean `{near[0]}`?)" if near else ""
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return f"the data of {date()} does not know `{name}`{hint}{more}"


def _is_principal(pattern: str) -> bool:
    return pattern.startswith(("AWS:", "Service:", "Federated:", "CanonicalUser:"))
