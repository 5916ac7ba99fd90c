"""One identity held against the roles of its platform: proposals, proofs, and the verdict they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

from nhilint.algebra.values import Covered, Exceeds, Residue, Undecided, display, symbol
from nhilint.catalog.matching import sentences
from nhilint.catalog.matching.bind import Element, Fixed, Way, allowed, beyond_all, bindings
from nhilint.catalog.matching.constraints import broken, limit_texts
from nhilint.catalog.matching.cover import Option, smallest
from nhilint.catalog.matching.evidence import Faults, Nearest, Proposal, Shared
from nhilint.catalog.matching.exemptions import Exempted, exempted
from nhilint.catalog.matching.index import EXCEPTION, RoleForm
from nhilint.catalog.matching.unify import unify
from nhilint.catalog.model import PARAMETER, Catalog
from nhilint.catalog.trust.outside import outside_both, trust_texts
from nhilint.catalog.verdict import Bound, Cover, Held, Match
from nhilint.model.spellings import REPOSITORY

_PROOFS = 6
"""Proposals of equal rank that are proved before the search gives up."""
_NEAREST = 3
_LIKE = 3
"""A role that allows less than one in so many actions of the cells, wherever, does not come near."""


class Attempt:
    """The search for one identity's roles."""

    def __init__(self, shared: Shared, held: Held, *, catalog: Catalog, today: str, repository: str) -> None:
        self._shared, self._held = shared, held
        self._catalog, self._today, self._repository = catalog, today, repository
        self._words: dict[str, str | None] | None = None
        self._faults: dict[tuple[str, Bound], Faults] = {}
        self._known_exempted: Exempted | None = None
        self._proposed: dict[tuple[str, bool], list[Proposal]] = {}
        self._refuted: list[str] = []
        """Doubts of proposals that could be neither proved nor refuted."""
        self._cut: list[str] = []
        """Roles of which not every binding was tried."""
        self._asked: dict[str, list[Element]] = {}
        """What each role could cover, of those that were asked."""

    # What may be asked

    def verdict(self) -> Match:
        """The catalog's verdict."""
        if not self._shared.cells:
            return self._unread(Match(verdict="covered", sentence="nothing of what it is granted takes effect"))
        near = self._shared.index.near(self._shared.mask)
        usable = [form for form in near if not form.role.usable(self._today)]
        match = self._with(usable, doubtful=False) or self._with(usable, doubtful=True)
        if match is None and len(near) > len(usable):
            match = self._with(near, doubtful=False)
        return self._unread(match or self._exceeding(usable))

    def nearest(self) -> Iterator[Nearest]:
        """The roles in force that allow some of it, or the same elsewhere; the one that leaves least first."""
        near = self._shared.index.near(self._shared.mask)
        rows = self._ranked([form for form in near if not form.role.usable(self._today)])
        for batch in (rows[:_NEAREST], *([row] for row in rows[_NEAREST:])):
            found = [row for proposal in batch if (row := self._residue(proposal)) is not None]
            yield from sorted(found, key=_farness)

    # Proposals

    def _proposals(self, form: RoleForm, *, doubtful: bool) -> list[Proposal]:
        """The bindings of a role that cover most, the best first."""
        shared, role = self._shared, form.role
        mine = self._proposed.get((role.id, doubtful))
        if mine is not None:
            return mine
        fixed = self._fixed(form)
        pairs = tuple(dict.fromkeys((*trust_texts(role, self._held), *limit_texts(role, self._held))))
        key = (role.id, tuple(fixed.items()), pairs)
        elements = shared.elements.get(key)
        if elements is None:
            elements = [*shared.reach(form, fixed).elements, *self._besides(form, fixed, pairs)]
            shared.elements[key] = elements
        doubtful = doubtful and any(way.doubt for element in elements for way in element.ways)
        known = shared.proposals.get((*key, doubtful))
        if known is None:
            whole = shared.whole
            found, all_of_them = bindings(elements, fixed, doubtful=doubtful)
            if not all_of_them:
                shared.cut.add((*key, doubtful))
            found.sort(key=lambda b: (-(b.covered & whole).bit_count(), -b.covered.bit_count(), b.bound))
            known = shared.proposals[*key, doubtful] = [Proposal(form, binding) for binding in found]
        self._proposed[role.id, doubtful] = known
        if (*key, doubtful) in shared.cut:
            self._cut.append(role.id)
        self._asked[role.id] = elements
        return known

    def _besides(self, form: RoleForm, fixed: Fixed, pairs: Sequence[tuple[str, str]]) -> Iterator[Element]:
        """The texts of trust and constraints, which decide where permissions leave a choice.

        Templates of the same parameters are ways to take in one text; a namespace and an account of one name are two.
        """
        ways: dict[tuple[str, tuple[str, ...]], tuple[Way, ...]] = {}
        for template, text in pairs:
            key = (text, tuple(sorted(set(PARAMETER.findall(template)))))
            ways[key] = (*ways.get(key, ()), *allowed(form.role, unify(template, text), fixed))
        start = len(self._shared.cells) * self._shared.width
        for number, (_, found) in enumerate(sorted(ways.items())):
            if found:
                yield Element(1 << start + number, found)

    def _reach(self, form: RoleForm, *, doubtful: bool) -> int:
        """What no binding of the role covers more than; most roles are refuted by it, without a search."""
        shared = self._shared
        found = shared.reach(form, self._fixed(form))
        return (found.some if doubtful else found.sure) & shared.whole

    def _fixed(self, form: RoleForm) -> Fixed:
        """The values that identity and repository decide."""
        named = [parameter for parameter in form.role.parameters.values() if parameter.same]
        if not named:
            return {}
        if self._words is None:
            words = self._shared.dialect.variables(self._held.identity)
            # A job stands in this repository, and says so with an unknown string where the name is not known.
            job = self._held.identity.platform == "github"
            self._words = {
                "repository": self._repository or (REPOSITORY if job else None),
                "owner": self._repository.partition("/")[0] or (symbol("github.repository_owner") if job else None),
                "namespace": words.get("namespace"),
                "name": words.get("name"),
            }
        return {parameter.name: self._words[parameter.same] for parameter in named}

    # Covering

    def _with(self, forms: Sequence[RoleForm], *, doubtful: bool) -> Match | None:
        """The verdict when these roles cover it; first without exceptions and without anything against a role."""
        more = [*forms, *self._exceptions]
        for clean, some in ((True, forms), (True, more), (False, forms), (False, more)):
            if some is more and len(more) == len(forms):
                continue
            chosen = self._chosen(some, doubtful=doubtful, clean=clean)
            if chosen is not None:
                return self._judged(chosen)
        return None

    def _chosen(self, forms: Sequence[RoleForm], *, doubtful: bool, clean: bool) -> tuple[Proposal, ...] | None:
        """The fewest roles, then the narrowest ones, that are proved to cover all of it."""
        whole, hope = self._shared.whole, self._shared.hope
        alone = [form for form in forms if not whole & ~hope(form)]
        for some in (alone, forms):
            if not _reached(whole, map(hope, some)):
                continue
            reaches = [(form, self._reach(form, doubtful=doubtful)) for form in some]
            if some is alone:
                reaches = [(form, bits) for form, bits in reaches if not whole & ~bits]
            if not _reached(whole, (bits for _, bits in reaches)):
                continue
            rows = [
                one
                for form, bits in reaches
                if bits
                for one in self._proposals(form, doubtful=doubtful)
                if one.binding.covered & whole
                and (some is forms or not whole & ~one.binding.covered)
                and (doubtful or not one.binding.doubts)
            ]
            chosen = self._proved(rows, clean=clean)
            if chosen is not None:
                return chosen
        return None

    def _proved(self, rows: Sequence[Proposal], *, clean: bool) -> tuple[Proposal, ...] | None:
        """The best of the answers that these proposals give, proved. What stands against a role is only asked of
        those that are in an answer.
        """
        shared = self._shared
        options = [
            Option(one.form.role.id, one.binding.covered & shared.whole, self._weight(one, clean)) for one in rows
        ]
        while True:
            answers = [tuple(rows[n] for n in answer) for answer in smallest(options, shared.whole)[:_PROOFS]]
            faulty = {one.cover for answer in answers for one in answer if clean and self._against(one).some}
            for chosen in answers:
                if any(one.cover in faulty for one in chosen):
                    continue
                match shared.prove(chosen):
                    case Covered():
                        return chosen
                    case Undecided(reasons=reasons):
                        self._refuted.append(reasons[0].text)
                    case Exceeds():
                        pass
            if not faulty:
                return None
            kept = [number for number, one in enumerate(rows) if one.cover not in faulty]
            rows, options = [rows[number] for number in kept], [options[number] for number in kept]

    def _weight(self, one: Proposal, clean: bool) -> tuple[float, ...]:
        """What makes a role the worse choice: an exception, not in force, faults, doubts, breadth."""
        exception = one.form.role.id not in self._catalog.roles
        unusable = not exception and bool(one.form.role.usable(self._today))
        against = Faults() if clean else self._against(one)
        return (
            exception or bool(against.exemptions),
            unusable,
            against.some,
            len(one.binding.doubts),
            *self._shared.breadth(one),
        )

    def _against(self, one: Proposal) -> Faults:
        known = self._faults.get(one.cover)
        if known is None:
            role, values = one.form.role, dict(one.binding.bound)
            outsiders, doubt, needed = outside_both(role, values, self._held, self._exempted)
            limits, other = broken(role, values, self._held)
            known = self._faults[one.cover] = Faults(outsiders, limits, tuple(filter(None, (doubt, other))), needed)
        return known

    @property
    def _exempted(self) -> Exempted:
        if self._known_exempted is None:
            self._known_exempted = exempted(self._catalog, self._held, self._today)
        return self._known_exempted

    @property
    def _exceptions(self) -> list[RoleForm]:
        """The exceptions in force for this identity, as roles without parameters."""
        return [form for id in self._exempted.ids if (form := self._shared.index.exceptions.get(id)) is not None]

    # Verdicts

    def _judged(self, chosen: Sequence[Proposal]) -> Match:
        """The verdict when these roles and exceptions cover the permissions."""
        roles = sorted((one for one in chosen if one.form.role.id in self._catalog.roles), key=lambda one: one.cover)
        faults = [self._against(one) for one in roles]
        trusted = [id for row in faults for id in row.exemptions]
        unusable = [one.form.role for one in roles if one.form.role.usable(self._today)]
        doubts = tuple(doubt for one in roles for doubt in one.binding.doubts)
        match = Match(
            verdict="covered",
            covers=tuple(Cover(role=one.form.role.id, bindings=_shown(one.binding.bound)) for one in roles),
            exemptions=tuple(sorted({*(_exception(one) for one in chosen if one not in roles), *trusted})),
            outsiders=tuple(dict.fromkeys(who for row in faults for who in row.outsiders)),
            broken=tuple(dict.fromkeys(what for row in faults for what in row.broken)),
        )
        if unusable:
            return replace(match, verdict="not-in-force", sentence=sentences.not_in_force(match, unusable, self._today))
        if match.outsiders:
            itself = self._held.identity.platform != "aws"
            said = sentences.trust_outside(match, itself=itself)
            return replace(match, verdict="trust-outside", sentence=said)
        if match.broken:
            return replace(match, verdict="constraint-broken", sentence=sentences.constraint_broken(match))
        doubts += tuple(doubt for row in faults for doubt in row.doubts)
        if doubts:
            return replace(match, verdict="undecided", sentence=sentences.doubtful(match, doubts[0]))
        return replace(match, sentence=sentences.covered(match))

    def _unread(self, match: Match) -> Match:
        unread = self._held.unread
        if match.verdict != "covered" or not unread:
            return match
        return replace(match, verdict="undecided", sentence=sentences.unread(match, unread))

    # Not covered

    def _exceeding(self, forms: Sequence[RoleForm]) -> Match:
        """The nearest roles, or that there is none."""
        rows = self._ranked(forms)
        tried = []
        for proposal in rows[:_NEAREST]:
            match self._shared.prove((proposal, *self._helping())):
                case Covered():
                    return self._judged((proposal, *self._helping()))
                case Undecided(reasons=reasons):
                    self._refuted.append(reasons[0].text)
                case Exceeds(residue=residue):
                    tried.append((self._near(proposal, residue), proposal))
        tried.sort(key=lambda pair: _farness(pair[0]))
        expired = self._exempted.expired
        if tried and self._cut and not self._surely_outside(forms):
            return Match(verdict="undecided", sentence=sentences.cut_short(self._cut[0]))
        if tried:
            best, proposal = tried[0]
            near = _LIKE * self._shared.hope(proposal.form).bit_count() >= self._shared.actions()
            return Match(
                verdict="exceeds",
                covers=(Cover(role=best.role, bindings=_shown(best.bound)),),
                residue=best.residue,
                nearest=tuple((row.role, row.parts) for row, _ in tried),
                sentence=sentences.exceeds(best.role, best.parts, expired, near=near),
            )
        if self._refuted:
            return Match(verdict="undecided", sentence=f"undecided: {self._refuted[0]}")
        return Match(verdict="no-role", sentence=sentences.no_role(expired))

    def _surely_outside(self, forms: Sequence[RoleForm]) -> bool:
        """Whether no binding of these roles covers it, whichever were tried."""
        for form in (*forms, *self._exceptions):
            self._proposals(form, doubtful=False)
        return beyond_all(list(self._asked.values()), self._shared.whole)

    def _helping(self) -> tuple[Proposal, ...]:
        """The exceptions that count besides any role."""
        return tuple(one for form in self._exceptions for one in self._proposals(form, doubtful=False)[:1])

    def _residue(self, proposal: Proposal) -> Nearest | None:
        verdict = self._shared.prove((proposal, *self._helping()))
        return self._near(proposal, verdict.residue) if isinstance(verdict, Exceeds) else None

    def _near(self, proposal: Proposal, residue: tuple[Residue, ...]) -> Nearest:
        parts = self._shared.size((proposal, *self._helping()), residue)
        return Nearest(proposal.form.role.id, proposal.binding.bound, parts, residue)

    def _ranked(self, forms: Sequence[RoleForm]) -> list[Proposal]:
        """The best proposal of each role, the one that leaves fewest cells and actions first.

        What a role could cover at the most is known without a search, so that most roles need none.
        """
        hopes = [(self._missed(self._shared.hope(form)), 0, number) for number, form in enumerate(forms)]
        heapify(hopes)
        found: list[tuple[tuple[int, int], str, Proposal]] = []
        while hopes:
            hope, sure, number = heappop(hopes)
            if len(found) >= _NEAREST and hope > sorted(row[0] for row in found)[_NEAREST - 1]:
                break
            if not sure:
                heappush(hopes, (self._missed(self._reach(forms[number], doubtful=False)), 1, number))
                continue
            rows = self._proposals(forms[number], doubtful=False)
            best = min(rows, key=lambda one: self._missed(one.binding.covered))
            found.append((self._missed(best.binding.covered), forms[number].role.id, best))
        return [proposal for _, _, proposal in sorted(found, key=lambda row: row[:2])]

    def _missed(self, covered: int) -> tuple[int, int]:
        """How many cells and how many actions in cells are not covered."""
        shared = self._shared
        left = shared.whole & ~covered
        if left == shared.whole:
            return shared.most
        full = (1 << shared.width) - 1
        cells = sum(1 for number in range(len(shared.cells)) if left >> number * shared.width & full)
        return cells, left.bit_count()


def _reached(whole: int, parts: Iterable[int]) -> bool:
    """Whether the parts together are the whole."""
    for bits in parts:
        whole &= ~bits
        if not whole:
            return True
    return False


def _shown(bound: Bound) -> Bound:
    return tuple((name, tuple(map(display, values))) for name, values in bound)


def _farness(row: Nearest) -> tuple[int, int, str]:
    return row.parts, sum(len(part.actions) + len(part.future) for part in row.residue), row.role


def _exception(one: Proposal) -> str:
    return one.form.role.id.removeprefix(EXCEPTION)
