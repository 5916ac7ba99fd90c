"""Whether what a technique needs is allowed: one request, found and proved by the algebra; knows no platform."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product

from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import GlobTooLarge, intersect, is_wild, overlaps
from nhilint.algebra.prove import compare
from nhilint.algebra.segments import Segments, alike
from nhilint.algebra.values import (
    SYMBOL_OPEN,
    VARIABLE,
    Condition,
    Exceeds,
    Permissions,
    Request,
    Scope,
    Statement,
    Undecided,
    display,
    variables_of,
)
from nhilint.graph.unknown import may_be, tells, unknown, widened
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Via
from nhilint.model.technique import Need

WORD = re.compile(r"\{((?:self|target|workload|carrier)\.[a-z_]+)\}")
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A request that is allowed, the lines that allow it, and what has to hold besides."""

    request: Request
    via: tuple[Via, ...]
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why it could not be decided whether a need is met."""

    why: str


Answer = Met | Doubt | None
"""None: no request that the need wants is allowed."""


_Numbered = list[tuple[int, Statement]]
_Index = tuple[tuple[dict[str, _Numbered], _Numbered], ...]
"""For each dimension the statements by their literal patterns, and those with other patterns."""
_NONE: _Numbered = []


@dataclass(slots=True)
class Holdings:
    """The effective permissions of one holder, ready for many questions."""

    permissions: Permissions
    dialect: Dialect
    always: frozenset[str]
    chosen: Callable[[str], bool]
    """Whether whoever asks sets a condition key as it likes."""
    caller: tuple[Condition, ...] = ()
    """What holds for every request of the holder: its name, its tags."""
    _by_service: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    _known: dict[tuple[Need, tuple[tuple[str, ...], ...]], Answer] = field(default_factory=dict)
    _index: _Index | None = None
    _segments: Segments | None = None
    _said: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What a request of the holder says of it, as far as its policies ask."""
    _segmented: int = -1
    """The dimension that the segments are of."""

    def __post_init__(self) -> None:
        segments = self.dialect.segments
        if segments is not None and segments.dimension in self.permissions.dimensions:
            self._segments, self._segmented = segments, self.permissions.dimensions.index(segments.dimension)
        found: defaultdict[str, list[Statement]] = defaultdict(list)
        own = {
            clause.key: clause.values[0] if clause.operator == "StringEquals" else None
            for clause in self.caller
            if clause.operator == "Null" or (clause.operator == "StringEquals" and not clause.if_exists)
        }
        parts = (self.permissions.statements, *self.permissions.ceilings)
        meant = {key for part in parts for key in _asked(part)}
        self._said = tuple((key, (display(text),)) for key, text in own.items() if text is not None and key in meant)
        self.permissions = replace(
            self.permissions,
            statements=tuple(_bound(s, own) for s in self.permissions.statements),
            ceilings=tuple(tuple(_bound(s, own) for s in ceiling) for ceiling in self.permissions.ceilings),
        )
        for statement in self.permissions.statements:
            services: defaultdict[str, list[str]] = defaultdict(list)
            for action in statement.actions:
                service = action.partition(":")[0]
                wild = statement.actions_negated or is_wild(service)
                services["*" if wild else service].append(action)
            for service, actions in services.items():
                # A large managed policy has thousands of actions of which a need has one: cut to the service's own, a
                # statement decides the same requests of that service.
                found[service].append(replace(statement, actions=tuple(actions)))
        self._by_service = {service: tuple(statements) for service, statements in found.items()}
        # What nothing here asks about decides nothing.
        asked = {key for part in (self.permissions.statements, *self.permissions.ceilings) for key in _asked(part)}
        self.caller = tuple(clause for clause in self.caller if clause.key in asked)

    def might(self, need: Need) -> bool:
        """False when it is plain that no target and no object can make the need met; asks no prover."""
        return any(
            statement.effect == "allow" and _near(statement, point)
            for action in need.actions
            for point in _all_starred(need)
            for statement in self._about(action, point)
        )

    def patterns(self, need: Need, dimension: int) -> frozenset[str] | None:
        """The literal values in one dimension of all allows that could meet the need; None when one is no literal."""
        found: set[str] = set()
        for action, point in product(need.actions, _all_starred(need)):
            for statement in self._about(action, point):
                if statement.effect != "allow" or not _near(statement, point):
                    continue
                scope = statement.scopes[dimension]
                if scope.negated or any(is_wild(pattern) or VARIABLE in pattern for pattern in scope.patterns):
                    return None
                found.update(scope.patterns)
        return frozenset(found)

    def unlimited(self, need: Need, dimension: int) -> bool:
        """Whether every allow and deny that could speak of the need takes whatever stands in a dimension alike."""
        return all(
            statement.scopes[dimension].patterns == ("*",) and not statement.scopes[dimension].negated
            for action, point in product(need.actions, _all_starred(need))
            for statement in self._about(action, point)
            if _near(statement, point)
        )

    def meet(self, need: Need, words: Words) -> Answer:
        """The first request of the need that is allowed for certain; else one that may be, else a doubt, else None."""
        points = tuple(filled for point in need.points if (filled := _filled(point, words)) is not None)
        need = _brings(need, words)
        key = (need, points)
        if key not in self._known:
            self._known[key] = self._meet(need, points) or self._loosely(need, points)
        return self._known[key]

    def _loosely(self, need: Need, points: tuple[tuple[str, ...], ...]) -> Answer:
        """The same, if strings that are not known may be the ones that are meant: a literal account, say."""
        loose = tuple(tuple(map(widened, point)) for point in points if all(map(tells, point)))
        if loose == points or not loose:
            return None
        answer = self._meet(need, loose)
        if not isinstance(answer, Met):
            return answer
        pairs = [(a, b) for point in points for a, b in zip(point, answer.request.point, strict=False)]
        if not all(may_be(a, b) for a, b in pairs):
            return None
        same = [f"`{display(a)}` is `{display(b)}`" for a, b in pairs if unknown(a) and _overlap(widened(a), b)]
        return replace(answer, may=tuple(dict.fromkeys((*same, *answer.may))))

    def _meet(self, need: Need, points: tuple[tuple[str, ...], ...]) -> Answer:
        best: Answer = None
        for action, point in product(need.actions, points):
            answer = self._allowed(action, point, need)
            if isinstance(answer, Met):
                if not answer.may:
                    return answer
                best = answer if not isinstance(best, Met) else best
            elif answer is not None and best is None:
                best = answer
        return best

    def _speaking(self, action: str) -> Iterator[Statement]:
        """The statements that speak of an action."""
        for service in ("*", action.partition(":")[0]) if action != "*" else self._by_service:
            for statement in self._by_service.get(service, ()):
                if action == "*" or _named(statement, action):
                    yield statement

    def _about(self, action: str, point: tuple[str, ...]) -> Iterable[Statement]:
        """The statements that speak of an action and may be near to a point, in their order.

        Where actions say nothing, as in Kubernetes, one literal dimension of the point leaves few of them.
        """
        if action != "*" or len(point) == 1:
            return self._speaking(action)
        if self._index is None:
            self._index = _indexed(tuple(self._speaking(action)), len(point))
        best: tuple[_Numbered, _Numbered] | None = None
        fewest = 0
        for (literal, loose), glob in zip(self._index, point, strict=True):
            if is_wild(glob) or SYMBOL_OPEN in glob:
                continue
            found = literal.get(glob, _NONE)
            size = len(found) + len(loose)
            if not size:
                return ()
            if best is None or size < fewest:
                best, fewest = (found, loose), size
        if best is None:
            return self._speaking(action)
        return [statement for _, statement in sorted((*best[0], *best[1]), key=_first)]

    def _allowed(self, action: str, point: tuple[str, ...], need: Need) -> Answer:
        relevant = tuple(s for s in self._about(action, point) if _near(s, point))
        if not any(s.effect == "allow" for s in relevant):
            return None
        if not self._spoken_of(relevant, point):
            star = self._crossing(relevant, point)
            return Doubt(why=star) if star else None
        if (plain := self._plainly(action, point, relevant)) is not None:
            return plain
        box = Statement(
            effect="allow",
            actions=(action,),
            scopes=tuple(Scope(patterns=(pattern,)) for pattern in point),
            conditions=(
                *(_brought(key, values) for key, values in need.context),
                *self.caller,
            ),
        )
        cut = replace(self.permissions, statements=relevant, ceilings=(*self.permissions.ceilings, (box,)))
        nobody = Permissions(dimensions=self.permissions.dimensions, statements=())
        always = self.always | frozenset(key for key, values in need.context if values)
        always |= {clause.key for clause in self.caller if clause.operator != "Null" and not clause.if_exists}
        dialect = self.dialect
        verdict = compare(cut, nobody, dialect.vocabulary, fill=dialect.fill, always=always, first=True)
        match verdict:
            case Exceeds():
                return self._proved(verdict.residue[0].witness, need, relevant)
            case Undecided():
                return Doubt(why=verdict.reasons[0].text)
            case _:
                return None

    def _plainly(self, action: str, point: tuple[str, ...], relevant: tuple[Statement, ...]) -> Met | None:
        """A request that is allowed without any condition, found by looking; None says nothing."""
        if any(s.conditions or s.undecided for s in relevant) or self.permissions.ceilings:
            return None
        may: list[str] = []
        if any(s.may for s in relevant):
            # Reasons of several statements can cancel each other out; those of a single one stand as they are.
            if len(relevant) > 1:
                return None
            may = list(relevant[0].may)
            relevant = (replace(relevant[0], may=()),)
        for statement in relevant:
            if statement.effect != "allow" or any(scope.negated for scope in statement.scopes):
                continue
            request = Request(action=action, point=self._example(action, statement, point))
            if "" in request.point and any(map(is_wild, request.point)):
                continue
            decision = decide(replace(self.permissions, statements=relevant), request)
            if decision.verdict == "allowed" and all(map(_overlap, point, request.point)):
                return self._met(request, decision.because, may)
        return None

    def _example(self, action: str, statement: Statement, point: tuple[str, ...]) -> tuple[str, ...]:
        """A readable point that the statement names and the globs of the point match."""
        found: list[str] = []
        for number, (scope, glob) in enumerate(zip(statement.scopes, point, strict=False)):
            strict = self._segments if number == self._segmented else None
            both = next((part for pattern in scope.patterns for part in _both(pattern, glob, strict)), glob)
            if is_wild(both) and self.dialect.fill is not None:
                texts = self.dialect.fill(self.permissions.dimensions[number], both, (action, *found))
                both = next((text for text in texts if not is_wild(text) and _overlap(both, text)), "")
            found.append(both)
        return (*found, *point[len(found) :])

    def _spoken_of(self, relevant: tuple[Statement, ...], point: tuple[str, ...]) -> bool:
        """Whether some allow speaks of the point although no star crosses a separator."""
        segments, at = self._segments, self._segmented
        if segments is None or not segments.crossable(point[at]):
            return True
        allows = [s.scopes[at] for s in relevant if s.effect == "allow"]
        return any(scope.negated or any(_both(p, point[at], segments) for p in scope.patterns) for scope in allows)

    def _crossing(self, relevant: tuple[Statement, ...], point: tuple[str, ...]) -> str:
        """The doubt where only a star of the policy that crosses a separator would make an allow speak of the point."""
        segments, at = self._segments, self._segmented
        if segments is None:
            return ""
        for pattern in (p for s in relevant if s.effect == "allow" for p in s.scopes[at].patterns):
            # The stars of a need stay inside their segment.
            pairs = zip(segments.split(point[at]), segments.split(pattern), strict=True)
            guess = segments.separator.join((p if not is_wild(p) else "x") if n == "*" else n for n, p in pairs)
            if _overlap(pattern, guess):
                return f"it depends on whether the star in `{display(pattern)}` reaches beyond `{segments.separator}`"
        return ""

    def _met(self, request: Request, because: tuple[Statement, ...], may: list[str]) -> Met:
        segments, at = self._segments, self._segmented
        crossed = ""
        if segments is not None and because:
            scopes = [statement.scopes[at] for statement in because]
            if not any(alike(scope, request.point[at], request.context, segments) for scope in scopes):
                crossed = f"the star in `{display(scopes[0].patterns[0])}` reaches beyond `{segments.separator}`"
        via = {(s.origin.grant, s.origin.span): s.origin for s in because if isinstance(s.origin, Via)}
        if self._said:
            request = replace(request, context=tuple(sorted({**dict(self._said), **dict(request.context)}.items())))
        return Met(
            request=request, via=tuple(via.values()), may=tuple(dict.fromkeys(part for part in (*may, crossed) if part))
        )

    def _proved(self, request: Request, need: Need, relevant: tuple[Statement, ...]) -> Met | None:
        """The witness by the book: what decides it, and what it hangs on."""
        decision = decide(replace(self.permissions, statements=relevant), request)
        if decision.verdict.endswith("denied"):
            return None
        may = [reason for s in decision.because for reason in (*s.may, s.undecided) if reason]
        if decision.verdict == "allowed":
            may = []
        brought = {key for key, _ in need.context} | {clause.key for clause in self.caller}
        may += [
            f"`{key}` is {' or '.join(f'`{display(v)}`' for v in values) or 'absent'}"
            for key, values in request.context
            if key not in brought and key not in self.always and not self.chosen(key)
        ]
        return self._met(request, decision.because, may)


def _bound(statement: Statement, own: Mapping[str, str | None]) -> Statement:
    """The statement with what is known of the caller put in for the variables of the policy.

    A pattern with a variable that has no value matches nothing, so it is left out.
    """
    if not any(VARIABLE in pattern for scope in statement.scopes for pattern in scope.patterns):
        return statement
    scopes = []
    for scope in statement.scopes:
        patterns = []
        for pattern in scope.patterns:
            known: str | None = pattern
            for text, key, default in variables_of(pattern):
                if known is not None and key in own:
                    value = own[key] if own[key] is not None else default
                    known = None if value is None else known.replace(text, value)
            if known is not None:
                patterns.append(known)
        scopes.append(replace(scope, patterns=tuple(patterns)))
    return replace(statement, scopes=tuple(scopes))


def _asked(statements: Iterable[Statement]) -> Iterator[str]:
    """The condition keys that statements mention, as keys and as variables."""
    for statement in statements:
        for clause in statement.conditions:
            yield clause.key
            yield from (key for value in clause.values for _, key, _ in variables_of(value))
        for scope in statement.scopes:
            yield from (key for pattern in scope.patterns for _, key, _ in variables_of(pattern))


def _indexed(statements: tuple[Statement, ...], dimensions: int) -> _Index:
    index: _Index = tuple((defaultdict(list), []) for _ in range(dimensions))
    for number, statement in enumerate(statements):
        for (literal, loose), scope in zip(index, statement.scopes, strict=False):
            if scope.negated or any(is_wild(p) or SYMBOL_OPEN in p for p in scope.patterns):
                loose.append((number, statement))
            else:
                for pattern in scope.patterns:
                    literal[pattern].append((number, statement))
    return index


def _first(row: tuple[int, Statement]) -> int:
    return row[0]


@lru_cache(maxsize=4096)
def _all_starred(need: Need) -> tuple[tuple[str, ...], ...]:
    """The points with a star for every word."""
    return tuple(tuple(map(_starred, point)) for point in need.points)


def _brought(key: str, values: tuple[str, ...]) -> Condition:
    """The technique's own value of a condition key; without values: the request lacks the key."""
    if not values:
        return Condition(operator="Null", key=key, values=("true",))
    return Condition(operator="StringLike" if any(map(is_wild, values)) else "StringEquals", key=key, values=values)


def _named(statement: Statement, action: str) -> bool:
    return any(_overlap(pattern, action) for pattern in statement.actions) != statement.actions_negated


def _near(statement: Statement, point: tuple[str, ...]) -> bool:
    """False when the statement speaks of nothing that the point's globs match."""
    return all(
        scope.negated or any(_overlap(pattern, glob) for pattern in scope.patterns)
        for scope, glob in zip(statement.scopes, point, strict=False)
    )


@lru_cache(maxsize=524_288)
def _overlap(a: str, b: str) -> bool:
    if a == b or a == "*" or b == "*":
        return True
    if VARIABLE in a:
        a = loosened(a)
    if not is_wild(a) and not is_wild(b) and SYMBOL_OPEN not in a:
        return False
    try:
        return overlaps(a, b)
    except GlobTooLarge:
        return True


def loosened(pattern: str) -> str:
    """The pattern with a star for every variable of the policy."""
    for text, _, _ in variables_of(pattern):
        pattern = pattern.replace(text, "*")
    return pattern


@lru_cache(maxsize=65_536)
def _both(a: str, b: str, segments: Segments | None) -> tuple[str, ...]:
    """Patterns of what both match; with `segments` in the strict reading. Variables of a policy are stars."""
    a = loosened(a) if VARIABLE in a else a
    if a in (b, "*"):
        return (b,)
    if b == "*":
        return (a,)
    try:
        return tuple(sorted(segments.intersect(a, b))) if segments is not None else intersect(a, b)
    except GlobTooLarge:
        return ()


def _starred(template: str) -> str:
    return WORD.sub("*", template) if "{" in template else template


def _brings(need: Need, words: Words) -> Need:
    """The need with the words of its context; a key whose word has no value may have any."""
    if not any("{" in value for _, values in need.context for value in values):
        return need
    context = [(key, _filled(values, words)) for key, values in need.context]
    return replace(need, context=tuple((key, values) for key, values in context if values is not None))


def _filled(point: tuple[str, ...], words: Words) -> tuple[str, ...] | None:
    """The point with its words; None when one of them has no value."""
    filled = []
    for template in point:
        for word in WORD.findall(template) if "{" in template else ():
            value = words.get(word)
            if not value:
                return None
            template = template.replace("{" + word + "}", value)
        filled.append(template)
    return tuple(filled)
