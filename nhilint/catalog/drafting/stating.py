"""Parts of what is held as the statements of a role file, patterns still as the algebra spells them.

One statement for each group of actions on the same resources; Kubernetes has one for each list of API groups with the
same resources. What a role file has no field for is handed back as `Unsaid`. Knows the dimensions of the algebra, as
`compile` does, and no platform's interpreter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from nhilint.algebra.compact import Part
from nhilint.algebra.spelling import spell
from nhilint.algebra.values import Condition, display
from nhilint.catalog.drafting.effective import Unsaid
from nhilint.data.github import METADATA, actions
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Via
from nhilint.model.spellings import GROUP, READ_SECRET, THIS, URLS

Words = tuple[str, ...]
Fields = tuple[tuple[str, Words], ...]
"""(field of the role file, values)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One statement of a role file, before its parameters are found."""

    words: Fields
    """What is the same for everybody: `actions`; `verbs`, `groups`, `resources`; `permissions`, `secrets`."""
    patterns: Fields
    """What names things: `resources` of AWS; `names` and `namespaces`; `environments`."""
    conditions: tuple[Condition, ...] = ()
    known: frozenset[str] = frozenset()
    """Every known action it allows, folded; of Kubernetes the verbs."""
    wide: bool = False
    """Whether it also allows actions that are added later."""


def state(parts: Iterable[Part], dialect: Dialect) -> tuple[tuple[Stated, ...], tuple[Unsaid, ...]]:
    """The statements, sorted, and what can not be said."""
    unsaid: list[Unsaid] = []
    found = _STATERS[dialect.platform](tuple(parts), dialect, unsaid)
    ordered = sorted(found, key=lambda s: (s.words, s.patterns, repr(s.conditions)))
    return tuple(ordered), tuple(unsaid)


def _aws(parts: tuple[Part, ...], dialect: Dialect, unsaid: list[Unsaid]) -> Iterator[Stated]:
    for part in parts:
        globs = tuple(sorted(glob for (glob,) in part.axes[-1]))
        spelling = spell(part.names, part.later, dialect.vocabulary, inner=False)
        if spelling.exceptions:
            why = f"it is every action but {', '.join(f'`{name}`' for name in spelling.exceptions[:5])}"
            words = tuple(display(name) for name in spelling.patterns)
            unsaid.append(Unsaid(actions=words, resources=tuple(map(display, globs)), why=why))
            continue
        if spelling.unsaid:
            why = "these may also stand for actions that are added later, and no list of names says that exactly"
            unsaid.append(Unsaid(actions=spelling.unsaid, resources=tuple(map(display, globs)), why=why))
        if spelling.patterns:
            written = _written(part)
            yield Stated(
                words=(("actions", tuple(sorted((written.get(n, n) for n in spelling.patterns), key=str.lower))),),
                patterns=(("resources", globs),),
                conditions=part.conditions,
                known=part.names,
                wide=bool(part.later),
            )


def _written(part: Part) -> dict[str, str]:
    """The folded actions that the data does not know, to how their statements spell them."""
    origins = (one.statement.origin for one in part.residue)
    return dict(pair for origin in origins if isinstance(origin, Via) for pair in origin.written)


def _kubernetes(parts: tuple[Part, ...], dialect: Dialect, unsaid: list[Unsaid]) -> Iterator[Stated]:
    # verbs, groups, names, namespaces to resources: one statement for each.
    rows: defaultdict[tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...]], set[str]] = defaultdict(set)
    urls: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for part in parts:
        verbs, pairs, names, spaces = (tuple(sorted(axis)) for axis in part.axes)
        plain = [tuple(sorted(one[0] for one in axis)) for axis in (verbs, names, spaces)]
        for group, resource in pairs:
            if group == URLS:
                urls[plain[0]].add(resource)
                continue
            rows[(plain[0], group.removeprefix(GROUP), plain[1], plain[2])].add(resource)
    for calls, paths in urls.items():
        words = (("verbs", _verbs(calls)), ("urls", tuple(sorted(paths))))
        yield Stated(words=words, patterns=(), known=frozenset(calls), wide="*" in calls)
    merged: defaultdict[tuple[Words, Words, Words, Words], list[str]] = defaultdict(list)
    for (verbs_, group, names_, spaces_), resources in rows.items():
        merged[(verbs_, tuple(sorted(resources)), names_, spaces_)].append(group)
    for key, groups in merged.items():
        yield _rule(key, tuple(sorted(groups)))


def _rule(key: tuple[Words, Words, Words, Words], groups: Words) -> Stated:
    verbs, resources, names, spaces = key
    patterns = [("names", names), ("namespaces", spaces)]
    return Stated(
        words=(("verbs", _verbs(verbs)), ("groups", groups), ("resources", resources)),
        patterns=tuple((field, values) for field, values in patterns if values != ("*",)),
        known=frozenset(verbs),
        wide="*" in (*verbs, *groups, *resources),
    )


_ORDER = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


def _verbs(verbs: Iterable[str]) -> tuple[str, ...]:
    """In the order in which people write them."""
    return tuple(sorted(verbs, key=lambda verb: (_ORDER.index(verb) if verb in _ORDER else len(_ORDER), verb)))


def _github(parts: tuple[Part, ...], dialect: Dialect, unsaid: list[Unsaid]) -> Iterator[Stated]:
    levels: set[str] = set()
    secrets: defaultdict[str, set[str]] = defaultdict(set)
    for part in parts:
        for (glob,) in part.axes[-1]:
            names = set(part.names)
            if READ_SECRET in names and not glob.startswith("repository/"):
                names.discard(READ_SECRET)
                space, _, name = glob.rpartition("secret/")
                secrets[space.removeprefix("environment/").rstrip("/")].add(name)
            if glob == THIS:
                levels |= names
            elif names:
                why = "a role is about the repository it stands in, and this is another one"
                unsaid.append(Unsaid(actions=tuple(sorted(names)), resources=(display(glob),), why=why))
    levels.discard(METADATA)
    # `write` includes `read`: of what has both, a level that is held alone has no words.
    alone = {
        n for n in levels if n.endswith(":write") and f"{n[:-5]}read" in actions() and f"{n[:-5]}read" not in levels
    }
    if alone:
        why = "a role's `write` includes `read`, and only `write` is held"
        unsaid.append(Unsaid(actions=tuple(sorted(alone)), resources=("this repository",), why=why))
    if levels - alone:
        yield Stated(words=(("permissions", tuple(sorted(levels - alone))),), patterns=(), known=frozenset(levels))
    # What is asked of an environment may be the repository's own secret as well; both are one statement.
    spaces = [names for space, names in secrets.items() if space]
    own = secrets.pop("", set())
    for names in spaces:
        own = own - names
    if own:
        secrets[""] = own
    for space, names in sorted(secrets.items()):
        words = (("permissions", ()), ("secrets", tuple(map(display, sorted(names)))))
        patterns = (("environments", (space,)),) if space else ()
        yield Stated(words=words, patterns=patterns, known=frozenset({READ_SECRET}))


_Stater = Callable[[tuple[Part, ...], Dialect, list[Unsaid]], Iterator[Stated]]
_STATERS: Mapping[str, _Stater] = {"aws": _aws, "github": _github, "kubernetes": _kubernetes}
