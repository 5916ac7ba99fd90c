"""Which known techniques lead whom to what: the tables of the platforms against what everybody may do.

A technique with a target is asked first for *any* target; who may do it to anybody reaches the goal at once, and the
single targets are not listed. Otherwise it is asked for each target that the permissions name. Steps that several
callers can share are put together to a fix-point, once it is known who becomes whom.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from nhilint.algebra.glob import is_wild
from nhilint.algebra.values import display, exclusive
from nhilint.graph.edges import Edge
from nhilint.graph.needs import Doubt, Holdings, Met
from nhilint.graph.speaking import WORD, Words, single_words
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Carrier, Identity, IdentityKey, Via, Workload
from nhilint.model.snapshot import Snapshot
from nhilint.model.technique import Technique

GROUP = 8
"""So many targets that one step leads to alike are one node, from where it goes on to each of them."""
MAX_EDGES = 200_000
"""Where the search for techniques stops, and says so."""
WILD = "*"
"""The place of targets whose word is a glob, in an index by the word's value."""
MAX_WAYS = 3
"""How many certain ways from one to another are enough: who holds all of a namespace has every one of the table."""


class Target(NamedTuple):
    """Whom a technique leads to."""

    key: str
    """The identity's key, or the goal."""
    name: str
    """For people, in the title of the technique."""
    words: Words
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Part of a technique that one caller can do for one target; its other steps have to be found elsewhere."""

    technique: Technique
    target: Target
    step: int
    met: tuple[Met, ...]


@dataclass(slots=True)
class Escalation:
    """Edges of all techniques of a snapshot."""

    snapshot: Snapshot
    dialects: Mapping[str, Dialect]
    holdings: Callable[[IdentityKey], Holdings]
    successors: Mapping[str, Iterable[str]]
    """Whom each identity may become by trust."""
    services: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Identity to the services that its trust lets in, each with what has to hold for it."""
    skipped: frozenset[str] = frozenset()
    """Administrators: nothing leads them to more."""
    edges: list[Edge] = field(default_factory=list)
    undecided: list[tuple[IdentityKey, str]] = field(default_factory=list)
    partial: defaultdict[tuple[str, str], list[tuple[IdentityKey, Step]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """(technique, target) to who can do one of its steps."""
    truncated: str = ""
    _services: dict[str, tuple[frozenset[frozenset[str]], ...]] = field(default_factory=dict)
    groups: dict[str, tuple[Target, ...]] = field(default_factory=dict)
    """Node of a group to its members."""
    _ways: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many certain ways lead from one to another."""
    _words: dict[str, Words] = field(default_factory=dict)
    _targets: dict[tuple[str, str, frozenset[str]], tuple[Target, ...]] = field(default_factory=dict)
    _by_word: dict[tuple[str, str, frozenset[str], str], dict[str, tuple[Target, ...]]] = field(default_factory=dict)

    def collect(self) -> None:
        """One pass over all identities that hold something."""
        for key, identity in self.snapshot.identities.items():
            if not identity.bound or key not in self.snapshot.grants or key in self.skipped:
                continue
            dialect = self.dialects[identity.platform]
            if not dialect.techniques:
                continue
            holdings = self.holdings(key)
            for technique in dialect.techniques:
                if technique.kinds and identity.kind not in technique.kinds:
                    continue
                self._use(identity, holdings, technique)
                if len(self.edges) > MAX_EDGES:
                    self.truncated = (
                        f"more than {MAX_EDGES} steps of techniques were found; the rest was not looked for"
                    )
                    return

    def _use(self, identity: Identity, holdings: Holdings, technique: Technique) -> None:
        if technique.id not in self._services:
            self._services[technique.id] = _services(technique)
        if not any(map(holdings.names, self._services[technique.id])):
            return
        possible = [need for need in technique.needs if holdings.might(need)]
        steps = {need.step for need in technique.needs}
        whole = {step for step in steps if all(n in possible for n in technique.needs if n.step == step)}
        if not whole:
            return
        own = self._own(identity)
        if technique.unbounded and self._unbounded(identity, holdings, technique, own, whole):
            return
        ways: dict[str, bool] = {}
        for target in self._grouped(identity, holdings, technique):
            # One way to a goal, or to whom many things run as, is enough: the first certain one, else the first.
            known = ways.get(target.key)
            if self._ways[identity.key, target.key] >= MAX_WAYS:
                continue
            if known or not self._attempt(identity, holdings, technique, target, own, whole):
                continue
            certain = self.edges[-1].certain
            if known is False and not certain:
                self.edges.pop()
            ways[target.key] = certain

    def _unbounded(
        self, identity: Identity, holdings: Holdings, technique: Technique, own: Words, whole: set[int]
    ) -> bool:
        """Whether it works for any target; then it leads to the goal."""
        goal = f"{identity.platform}:{technique.unbounded_yields}"
        target = Target(goal, technique.any_target, dict(technique.unbounded))
        return self._attempt(identity, holdings, technique, target, own, whole)

    def _attempt(
        self,
        identity: Identity,
        holdings: Holdings,
        technique: Technique,
        target: Target,
        own: Words,
        whole: set[int],
    ) -> bool:
        """One technique on one target: an edge where one caller does it all, else the steps that it can do."""
        if technique.changes_self and holdings.permissions.ceilings:
            return False
        words = {**own, **target.words}
        done: dict[int, tuple[Met, ...]] = {}
        for step in sorted(whole):
            met = self._step(identity, holdings, technique, step, words)
            if met is not None:
                done[step] = met
        steps = {need.step for need in technique.needs}
        if done.keys() == steps:
            found = edge(identity.key, technique, target, [m for s in sorted(done) for m in done[s]])
            if exclusive(found.may):
                why = "its needs are met under reasons that exclude each other"
                self.undecided.append((identity.key, f"{technique.id}: {why}"))
                return False
            self.edges.append(found)
            if found.certain and technique.yields == "target":
                self._ways[identity.key, target.key] += 1
            return True
        for step, met in done.items():
            part = Step(technique=technique, target=target, step=step, met=met)
            self.partial[technique.id, target.key].append((identity.key, part))
        return False

    def _step(
        self, identity: Identity, holdings: Holdings, technique: Technique, step: int, words: Words
    ) -> tuple[Met, ...] | None:
        met: list[Met] = []
        doubts: list[str] = []
        for need in technique.needs:
            if need.step != step:
                continue
            answer = holdings.meet(need, words)
            if answer is None:
                return None
            if isinstance(answer, Doubt):
                doubts.append(answer.why)
            else:
                met.append(answer)
        if doubts:
            self.undecided.append((identity.key, f"{technique.id}: {doubts[0]}"))
            return None
        return tuple(met)

    def _grouped(self, identity: Identity, holdings: Holdings, technique: Technique) -> Iterable[Target]:
        """The targets, those that the needs can not tell apart as one if they are many."""
        targets = self._candidates(identity, holdings, technique)
        if technique.yields != "target":
            return targets
        words = _telling_words(technique, holdings)
        rows: defaultdict[tuple[object, ...], list[Target]] = defaultdict(list)
        for target in targets:
            rows[*(target.words.get(word) for word in words), target.may].append(target)
        found: list[Target] = []
        for members in rows.values():
            if len(members) < GROUP or any("arn" in word for word in words):
                found += members
            else:
                found.append(self._group(identity, technique, words, members))
        return found

    def _group(self, identity: Identity, technique: Technique, words: tuple[str, ...], members: list[Target]) -> Target:
        first = members[0]
        known = [(word.partition(".")[2], first.words[word]) for word in words if word in first.words]
        said = " and ".join(f"{word} `{display(value)}`" for word, value in known)
        filtered = technique.id if technique.accepts or technique.becoming else ""
        kinds = ", ".join(sorted(technique.target_kinds)) or identity.platform
        rest = [part for part in (filtered, identity.realm, "; ".join(first.may)) if part]
        key = f"group:{identity.platform}:{kinds} with {said}{''.join(f' ({part})' for part in rest)}"
        every = {target.key: target for target in (*self.groups.get(key, ()), *members)}
        self.groups[key] = tuple(every.values())
        return Target(
            key, f"any of {len(members)} with {said}" if said else f"any of {len(members)}", first.words, first.may
        )

    # --- targets -------------------------------------------------------------------------------------------------

    def _candidates(self, identity: Identity, holdings: Holdings, technique: Technique) -> Iterable[Target]:
        goal = f"{identity.platform}:{technique.yields}"
        if technique.target == "":
            return (Target(goal, "", {}),)
        if technique.target == "self":
            return (
                Target(goal if technique.yields != "target" else identity.key, "itself", self._as_target(identity)),
            )
        targets = self._narrowed(identity.platform, technique, holdings)
        found = (t for t in targets if (t.key == identity.key) == technique.own and self._near(identity, t.key))
        if technique.becoming:
            near = set(self.successors.get(identity.key, ()))
            found = (t for t in targets if t.key in near)
        if technique.accepts:
            found = (
                t._replace(may=(*t.may, *may)) for t in found if (may := self._accepts(t.key, technique)) is not None
            )
        if technique.yields == "target":
            return found
        return (Target(goal, t.name, t.words, t.may) for t in found)

    def _near(self, identity: Identity, key: str) -> bool:
        """False when both are known to be of different deployments: each has a namesake in the other's place."""
        other = self.snapshot.identities.get(IdentityKey(key))
        return other is None or not identity.realm or not other.realm or identity.realm == other.realm

    def _accepts(self, key: str, technique: Technique) -> tuple[str, ...] | None:
        """What has to hold for the target to let one of the services in; None when it does not."""
        known = self.services.get(key)
        if known is None:
            identity = self.snapshot.identities.get(IdentityKey(key))
            if identity is not None and (identity.external or key not in self.snapshot.trusts):
                return (f"the trust of `{identity.name}`, which is not in this tree, lets in `{technique.accepts[0]}`",)
            return None
        found = [known[service] for service in technique.accepts if service in known]
        return min(found, key=len, default=None)

    def _narrowed(self, platform: str, technique: Technique, holdings: Holdings) -> Iterable[Target]:
        """The targets that the permissions can be about: by the word that leaves fewest of those whose value all allows
        of a need give. A target without a word that is all of a dimension is none.
        """
        best: Iterable[Target] = self._everybody(platform, technique)
        fewest = -1
        for need in technique.needs:
            for dimension, word in single_words(need):
                index = self._index(platform, technique, word)
                values = holdings.patterns(need, dimension)
                if values is not None and not values:
                    continue  # A need of a step that somebody else does.
                known = index if values is None else [value for value in (*sorted(values), WILD) if value in index]
                size = sum(len(index[value]) for value in known)
                if fewest < 0 or size < fewest:
                    best, fewest = [target for value in known for target in index[value]], size
        return best

    def _index(self, platform: str, technique: Technique, word: str) -> dict[str, tuple[Target, ...]]:
        """The targets that have a word by its value, all those whose value is a glob under `WILD`."""
        key = (platform, technique.target, technique.target_kinds, word)
        if key not in self._by_word:
            rows: defaultdict[str, list[Target]] = defaultdict(list)
            for target in self._everybody(platform, technique):
                value = target.words.get(word, "")
                rows[WILD if is_wild(value) else value].append(target)
            self._by_word[key] = {value: tuple(targets) for value, targets in rows.items() if value}
        return self._by_word[key]

    def _everybody(self, platform: str, technique: Technique) -> tuple[Target, ...]:
        key = (platform, technique.target, technique.target_kinds)
        if key not in self._targets:
            make = {"workload": self._workloads, "carrier": self._carriers}.get(technique.target, self._identities)
            self._targets[key] = tuple(make(platform, technique.target_kinds))
        return self._targets[key]

    def _identities(self, platform: str, kinds: frozenset[str]) -> Iterator[Target]:
        for key, identity in self.snapshot.identities.items():
            if identity.platform == platform and identity.kind in kinds:
                yield Target(key, f"`{identity.name}`", self._as_target(identity), identity.may)

    def _workloads(self, platform: str, kinds: frozenset[str]) -> Iterator[Target]:
        for key, workloads in self.snapshot.workloads.items():
            identity = self.snapshot.identities.get(key)
            if identity is None or identity.platform != platform:
                continue
            for workload in workloads:
                if workload.variables and (not kinds or workload.kind in kinds):
                    words = {**self._as_target(identity), **_workload_words(workload)}
                    yield Target(key, f"`{identity.name}` ({workload.kind} `{workload.name}`)", words, identity.may)

    def _carriers(self, platform: str, kinds: frozenset[str]) -> Iterator[Target]:
        for carrier in self.snapshot.carriers:
            identity = self.snapshot.identities.get(carrier.identity)
            if identity is not None and identity.platform == platform and carrier.kind in kinds:
                words = {**self._as_target(identity), **_carrier_words(carrier)}
                yield Target(identity.key, f"`{identity.name}`", words, (*identity.may, *carrier.may))

    def _as_target(self, identity: Identity) -> Words:
        return {word.replace("self.", "target.", 1): value for word, value in self._own(identity).items()}

    def _own(self, identity: Identity) -> Words:
        if identity.key not in self._words:
            variables = self.dialects[identity.platform].variables(identity)
            self._words[identity.key] = {f"self.{name}": value for name, value in variables.items()}
        return self._words[identity.key]


def edge(source: str, technique: Technique, target: Target, met: Iterable[Met], more: tuple[Via, ...] = ()) -> Edge:
    """The step of a technique."""
    rows = list(met)
    via = {(v.grant, v.span): v for row in rows for v in row.via}
    named = (reason.replace("{target}", target.name) for reason in technique.may)
    may = [*target.may, *named, *(reason for row in rows for reason in row.may)]
    return Edge(
        source=source,
        target=target.key,
        kind="escalates",
        why=technique.title.replace("{target}", target.name),
        via=(*via.values(), *more),
        technique=technique.id,
        witness=tuple(row.request for row in rows),
        may=tuple(dict.fromkeys(may)),
    )


def shared(escalation: Escalation, reach: Callable[[IdentityKey], Iterable[str]]) -> list[Edge]:
    """Techniques whose steps several callers do: one of them becomes the others. `reach` says whom one becomes."""
    found: list[Edge] = []
    for rows in escalation.partial.values():
        technique = rows[0][1].technique
        steps = {need.step for need in technique.needs}
        able: defaultdict[int, dict[str, Step]] = defaultdict(dict)
        for key, step in rows:
            able[step.step][key] = step
        if able.keys() != steps:
            continue
        for key in dict.fromkeys(key for key, _ in rows):
            others = set(reach(key))
            met: list[Met] = []
            for step_number in sorted(steps):
                holders = able[step_number]
                who = key if key in holders else next((o for o in holders if o in others), None)
                if who is None:
                    break
                met += holders[who].met
            else:
                found.append(edge(key, technique, rows[0][1].target, met))
    return found


def _services(technique: Technique) -> tuple[frozenset[frozenset[str]], ...]:
    """Of each step, for every need, the parts of its actions before the colon."""
    steps: defaultdict[int, set[frozenset[str]]] = defaultdict(set)
    for need in technique.needs:
        steps[need.step].add(frozenset(action.partition(":")[0] for action in need.actions))
    return tuple(map(frozenset, steps.values()))


def _telling_words(technique: Technique, holdings: Holdings) -> tuple[str, ...]:
    """The words of the target on which it hangs whether these permissions meet the needs, sorted."""
    texts = [text for need in technique.needs for _, values in need.context for text in values]
    for need in technique.needs:
        alike = {at for at, _ in single_words(need) if holdings.unlimited(need, at)}
        texts += [text for point in need.points for at, text in enumerate(point) if at not in alike]
    return tuple(sorted({word for text in texts for word in WORD.findall(text) if not word.startswith("self.")}))


def _carrier_words(carrier: Carrier) -> Words:
    return {f"carrier.{name}": value for name, value in carrier.variables}


def _workload_words(workload: Workload) -> Words:
    return {f"workload.{name}": value for name, value in workload.variables}
