"""Whether what a technique needs is allowed: one request, found and proved by the algebra; knows no platform."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import is_wild
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
)
from nhilint.graph.speaking import (
    NONE,
    Index,
    Numbered,
    Words,
    all_starred,
    asked,
    both,
    bound,
    brings,
    brought,
    filled,
    first,
    hanging,
    indexed,
    named,
    near,
    overlap,
)
from nhilint.graph.unknown import may_be, tells, unknown, widened
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Via
from nhilint.model.technique import Need


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
    _index: Index | None = None
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
        meant = {key for part in parts for key in asked(part)}
        self._said = tuple((key, (display(text),)) for key, text in own.items() if text is not None and key in meant)
        self.permissions = replace(
            self.permissions,
            statements=tuple(bound(s, own) for s in self.permissions.statements),
            ceilings=tuple(tuple(bound(s, own) for s in ceiling) for ceiling in self.permissions.ceilings),
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
        mentioned = {key for part in (self.permissions.statements, *self.permissions.ceilings) for key in asked(part)}
        self.caller = tuple(clause for clause in self.caller if clause.key in mentioned)

    def names(self, services: Iterable[frozenset[str]]) -> bool:
        """Whether there is some statement about one service of each set."""
        if "*" in self._by_service:
            return True
        return all("*" in some or not some.isdisjoint(self._by_service) for some in services)

    def might(self, need: Need) -> bool:
        """False when it is plain that no target and no object can make the need met; asks no prover."""
        return any(
            statement.effect == "allow" and near(statement, point)
            for action in need.actions
            for point in all_starred(need)
            for statement in self._about(action, point)
        )

    def patterns(self, need: Need, dimension: int) -> frozenset[str] | None:
        """The literal values in one dimension of all allows that could meet the need; None when one is no literal."""
        found: set[str] = set()
        for action, point in product(need.actions, all_starred(need)):
            for statement in self._about(action, point):
                if statement.effect != "allow" or not near(statement, point):
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
            for action, point in product(need.actions, all_starred(need))
            for statement in self._about(action, point)
            if near(statement, point)
        )

    def meet(self, need: Need, words: Words) -> Answer:
        """The first request of the need that is allowed for certain; else one that may be, else a doubt, else None."""
        points = tuple(known for point in need.points if (known := filled(point, words)) is not None)
        need = brings(need, words)
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
        same = [f"`{display(a)}` is `{display(b)}`" for a, b in pairs if unknown(a) and overlap(widened(a), b)]
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
                if action == "*" or named(statement, action):
                    yield statement

    def _about(self, action: str, point: tuple[str, ...]) -> Iterable[Statement]:
        """The statements that speak of an action and may be near to a point, in their order.

        Where actions say nothing, as in Kubernetes, one literal dimension of the point leaves few of them.
        """
        if action != "*" or len(point) == 1:
            return self._speaking(action)
        if self._index is None:
            self._index = indexed(tuple(self._speaking(action)), len(point))
        best: tuple[Numbered, Numbered] | None = None
        fewest = 0
        for (literal, loose), glob in zip(self._index, point, strict=True):
            if is_wild(glob) or SYMBOL_OPEN in glob:
                continue
            found = literal.get(glob, NONE)
            size = len(found) + len(loose)
            if not size:
                return ()
            if best is None or size < fewest:
                best, fewest = (found, loose), size
        if best is None:
            return self._speaking(action)
        return [statement for _, statement in sorted((*best[0], *best[1]), key=first)]

    def _allowed(self, action: str, point: tuple[str, ...], need: Need) -> Answer:
        relevant = tuple(s for s in self._about(action, point) if near(s, point))
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
                *(brought(key, values) for key, values in need.context),
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
                witness = verdict.residue[0].witness
                if self._strays(point, witness):
                    return self._straight(action, point, need, relevant)
                return self._proved(witness, need, relevant)
            case Undecided():
                return Doubt(why=verdict.reasons[0].text)
            case _:
                return None

    def _strays(self, point: tuple[str, ...], request: Request) -> bool:
        """Whether the request is one of the need only if a star of the need crosses a separator, which none does."""
        by, at = self._segments, self._segmented
        return by is not None and by.crossable(point[at]) and not by.matches(point[at], request.point[at])

    def _straight(self, action: str, point: tuple[str, ...], need: Need, relevant: tuple[Statement, ...]) -> Answer:
        """The same with names for the stars before the last separator: those of the patterns that allow, or made up."""
        by, at = self._segments, self._segmented
        if by is None or self.dialect.fill is None:
            return None
        patterns = {
            p for s in relevant if s.effect == "allow" and not s.scopes[at].negated for p in s.scopes[at].patterns
        }
        best: Answer = None
        for glob in sorted({glob for pattern in patterns for glob in both(pattern, point[at], by)}):
            named = next(iter(self.dialect.fill(by.dimension, glob, (action,))), glob)
            parts = [b if is_wild(a) else a for a, b in zip(by.split(glob), by.split(named), strict=True)]
            straight = by.separator.join((*parts[:-1], by.split(glob)[-1]))
            if by.crossable(straight):
                continue
            answer = self._allowed(action, (*point[:at], straight, *point[at + 1 :]), need)
            if isinstance(answer, Met) and not answer.may:
                return answer
            best = best or answer
        return best

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
            if decision.verdict == "allowed" and all(map(overlap, point, request.point)):
                return self._met(request, decision.because, may)
        return None

    def _example(self, action: str, statement: Statement, point: tuple[str, ...]) -> tuple[str, ...]:
        """A readable point that the statement names and the globs of the point match."""
        found: list[str] = []
        for number, (scope, glob) in enumerate(zip(statement.scopes, point, strict=False)):
            strict = self._segments if number == self._segmented else None
            shared = next((part for pattern in scope.patterns for part in both(pattern, glob, strict)), glob)
            if is_wild(shared) and self.dialect.fill is not None:
                texts = self.dialect.fill(self.permissions.dimensions[number], shared, (action, *found))
                shared = next((text for text in texts if not is_wild(text) and overlap(shared, text)), "")
            found.append(shared)
        return (*found, *point[len(found) :])

    def _spoken_of(self, relevant: tuple[Statement, ...], point: tuple[str, ...]) -> bool:
        """Whether some allow speaks of the point although no star crosses a separator."""
        segments, at = self._segments, self._segmented
        if segments is None or not segments.crossable(point[at]):
            return True
        allows = [s.scopes[at] for s in relevant if s.effect == "allow"]
        return any(scope.negated or any(both(p, point[at], segments) for p in scope.patterns) for scope in allows)

    def _crossing(self, relevant: tuple[Statement, ...], point: tuple[str, ...]) -> str:
        """The doubt where only a star of the policy that crosses a separator would make an allow speak of the point."""
        segments, at = self._segments, self._segmented
        if segments is None:
            return ""
        for pattern in (p for s in relevant if s.effect == "allow" for p in s.scopes[at].patterns):
            # The stars of a need stay inside their segment.
            pairs = zip(segments.split(point[at]), segments.split(pattern), strict=True)
            guess = segments.separator.join((p if not is_wild(p) else "x") if n == "*" else n for n, p in pairs)
            if overlap(pattern, guess):
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
        may = [] if decision.verdict == "allowed" else list(hanging(decision.because, relevant))
        given = {key for key, _ in need.context} | {clause.key for clause in self.caller}
        may += [
            f"`{key}` is {' or '.join(f'`{display(v)}`' for v in values) or 'absent'}"
            for key, values in request.context
            if key not in given and key not in self.always and not self.chosen(key)
        ]
        return self._met(request, decision.because, may)
