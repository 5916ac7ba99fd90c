"""The catalog's verdicts in one sentence each, without a full stop."""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.catalog.model import Role
from nhilint.catalog.verdict import Bound, Cover, Match

_VALUES = 4
"""Values of one parameter that a sentence shows."""


def covered(match: Match) -> str:
    """Which roles, with which values, and which exceptions."""
    return f"covered by {_by(match)}"


def trust_outside(match: Match, *, itself: bool) -> str:
    """Who is let in besides; `itself`: it is the caller whom the role does not trust."""
    who = [one.who for one in match.outsiders]
    if itself:
        return f"its permissions are covered by {_by(match)}, but {_they(match)} not trust {_few(who)}"
    return f"its permissions are covered by {_by(match)}, but it lets in {_few(who)}, whom {_they(match)} not trust"


def constraint_broken(match: Match) -> str:
    """Which constraint, and why."""
    first = match.broken[0]
    more = f" (and {len(match.broken) - 1} more)" if len(match.broken) > 1 else ""
    what = f"it breaks the constraint `{first.constraint}`: {first.why}{more}"
    return f"its permissions are covered by {_by(match)}, but {what}"


def not_in_force(match: Match, roles: Sequence[Role], today: str) -> str:
    """Which roles, since when, and what replaces them."""
    reasons = []
    for role in roles:
        instead = f"; `{role.replaced_by}` replaces it" if role.replaced_by else ""
        reasons.append(
            f"of `{role.id}`, {role.usable(today)}{instead}" if len(roles) > 1 else role.usable(today) + instead
        )
    if len(match.covers) == 1:
        return f"only the role {_cover(match.covers[0])} would cover it, but {reasons[0]}"
    return f"only {_by(match)} would cover it, but {', and '.join(reasons)}"


def doubtful(match: Match, doubt: str) -> str:
    """By what it would be covered, and what is not known."""
    return f"undecided: {doubt}; if that is allowed, it is covered by {_by(match)}"


def unread(match: Match, parts: Sequence[str]) -> str:
    """What could not be read of it."""
    count = f"{len(parts)} {'part' if len(parts) == 1 else 'parts'} could not be read: {parts[0]}"
    if not match.covers and not match.exemptions:
        return f"undecided: nothing of it takes effect as far as it could be read; {count}"
    return f"covered by {_by(match)} as far as it could be read; {count}"


def exceeds(role: str, count: int, expired: Sequence[str], *, near: bool = True) -> str:
    """The nearest role; `near`: whether it is like it at all."""
    left = f"{count} {'part' if count == 1 else 'parts'}"
    if not near:
        said = f"outside the catalog, and no role comes near; the nearest, `{role}`, does not cover {left} of it"
        return said + _expired(expired)
    return f"outside the catalog; the nearest role is `{role}`, which does not cover {left} of it" + _expired(expired)


def cut_short(role: str) -> str:
    """The search for values of a role's parameters ended before all of them were tried."""
    return f"undecided: there are too many ways to bind the parameters of `{role}`, and none of those tried covers it"


def no_role(expired: Sequence[str]) -> str:
    """There is none."""
    return "no role of the catalog allows anything like it" + _expired(expired)


def _expired(texts: Sequence[str]) -> str:
    return f"; {texts[0]}" if texts else ""


def _by(match: Match) -> str:
    roles = [_cover(one) for one in match.covers]
    exceptions = [f"`{id}`" for id in match.exemptions]
    words = []
    if roles:
        words.append(f"the role {roles[0]}" if len(roles) == 1 else f"the roles {_and(roles)} together")
    if exceptions:
        words.append(f"the {'exception' if len(exceptions) == 1 else 'exceptions'} {_and(exceptions)}")
    return " and ".join(words)


def _cover(one: Cover) -> str:
    values = bound(one.bindings)
    return f"`{one.role}`" + (f" with {values}" if values else "")


def bound(bindings: Bound) -> str:
    """Bindings for people."""
    return ", ".join(f"{name} = {_values(values)}" for name, values in bindings)


def _values(values: Sequence[str]) -> str:
    shown = "/".join(values[:_VALUES])
    return shown if len(values) <= _VALUES else f"{shown} and {len(values) - _VALUES} more"


def _they(match: Match) -> str:
    return "the role does" if len(match.covers) == 1 else "the roles do"


def _and(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _few(texts: Sequence[str]) -> str:
    return _and(texts) if len(texts) <= 2 else f"{texts[0]}, {texts[1]} and {len(texts) - 2} more"
