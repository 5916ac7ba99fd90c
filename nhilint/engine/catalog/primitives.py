"""Which known techniques a set of permissions makes possible before anybody has it: on strangers, or on whom it names.

Each claim has one request per need that the evaluator of the algebra allows. A technique is *open* when it works on a
stranger: somebody whose name is no part of the permissions and who carries no tag that they ask for. Otherwise its
words are met with the patterns of the permissions, which gives the names that they know (`role/app-*`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product

from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import is_wild
from nhilint.algebra.values import Permissions, Request, Statement, display
from nhilint.engine.catalog.targets import Subject, subjects
from nhilint.graph.build import is_admin
from nhilint.graph.needs import Doubt, Holdings, Met
from nhilint.graph.speaking import WORD, all_starred, asked, both, named, near
from nhilint.model.dialect import Dialect
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.span import Span
from nhilint.model.technique import Need, Technique

MAX_NAMES = 64
"""So many names are tried for one word, and so many combinations of words."""
ADMINISTRATOR = "administrator"
"""Stands where a technique has its id: all of the platform is allowed, no way has to be looked for."""

_TARGET_KEYS = frozenset(
    {
        *("ecs:cluster", "ec2:instanceprofile", "ec2:resourceid", "kms:resourcealiases", "lambda:functionarn"),
        *("secretsmanager:secretid", "secretsmanager:name", "iam:associatedresourcearn", "eks:clustername"),
    }
)
"""Condition keys that tell one target from another; of tags it is known by their keys."""
_TAGS = ("resourcetag/", "cluster-tag/", "db-tag/")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "aws": ("iam_role", "iam_user"),
    "kubernetes": ("service_account",),
    "github": ("workflow_job",),
}
"""What can hold the permissions; a technique is asked for the first of them that can use it."""

_ANYBODY: Mapping[str, str] = {
    "aws": "any role",
    "kubernetes": "any service account of the cluster",
    "github": "another job",
}
_SOMEBODY: Mapping[str, str] = {"aws": "another role", "kubernetes": "somebody else", "github": "another job"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A technique that the permissions make possible, with one request per need."""

    technique: str
    yields: str
    title: str
    """What one may do with it, for people."""
    open: bool
    """Whether it works on somebody whom the permissions do not name."""
    mild: bool = False
    """Whether that is a thing which a role may accept all the same."""
    requests: tuple[Request, ...]
    may: tuple[str, ...] = ()
    """What has to hold besides, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Primitives:
    """Everything that was found."""

    claims: tuple[Claim, ...]
    """All of them, in the order of the table."""
    undecided: tuple[tuple[str, str], ...] = ()
    """Techniques of which it could not be decided, with the reason."""


def primitives(permissions: Permissions, dialect: Dialect, *, bounded: bool = False) -> Primitives:
    """All techniques; `bounded`: whoever has the permissions has a boundary, which cuts what it adds to itself.

    Cost: for each technique whose services are named, some decisions; nothing for the others.
    """
    kinds = _KINDS[dialect.platform]
    if is_admin(permissions, dialect, dialect.present(kinds[0])):
        return Primitives(claims=(_everything(permissions, dialect),))
    asking = {kind: _Asking(permissions, dialect, kind) for kind in kinds}
    claims: dict[str, Claim] = {}
    doubts: dict[str, str] = {}
    for subject in subjects(dialect.platform, dialect.techniques):
        technique = subject.technique
        kind = next((kind for kind in kinds if not technique.kinds or kind in technique.kinds), "")
        if not kind or (technique.changes_self and bounded):
            continue
        for open in (True, False):
            known = claims.get(technique.id)
            if known is not None and known.open >= open:
                break
            answer = asking[kind].answer(subject, open)
            if isinstance(answer, Claim):
                also = () if kind == kinds[0] else ("an IAM user holds it",)
                claims[technique.id] = replace(answer, may=(*also, *answer.may))
            elif answer is not None:
                doubts.setdefault(technique.id, answer.why)
    open_doubts = tuple((id, why) for id, why in doubts.items() if id not in claims)
    return Primitives(claims=tuple(claims.values()), undecided=open_doubts)


def _everything(permissions: Permissions, dialect: Dialect) -> Claim:
    ((action, globs), *_) = dialect.admin
    texts = dialect.fill("resource", "*", ("iam:createuser",)) if dialect.fill and len(globs) == 1 else ()
    point = tuple(texts[:1]) or tuple("example" if glob == "*" else glob.replace("*", "example") for glob in globs)
    request = Request(action="iam:createuser" if len(globs) == 1 else action, point=point)
    return Claim(
        technique=ADMINISTRATOR, yields=ADMINISTRATOR, title="may do everything", open=True, requests=(request,)
    )


class _Asking:
    """Permissions as one kind of identity has them."""

    def __init__(self, permissions: Permissions, dialect: Dialect, kind: str) -> None:
        somebody = Identity(
            key=IdentityKey(f"{dialect.platform}:{kind}/holder"),
            platform=dialect.platform,
            kind=kind,
            name="the-holder",
            span=Span("", 0),
        )
        self._holdings = Holdings(
            permissions=permissions,
            dialect=dialect,
            always=dialect.present(kind),
            chosen=dialect.chosen,
            caller=dialect.caller(somebody),
        )
        self._dialect = dialect
        self._globs: dict[str, str] = {}
        """Names that were made up, to the globs that they are of."""
        keys = sorted({key for statement in permissions.statements for key in asked((statement,))})
        self._stranger = tuple(
            (key, () if any(tag in key for tag in _TAGS) else ("any-other-name",))
            for key in keys
            if key in _TARGET_KEYS or any(tag in key for tag in _TAGS)
        )

    def answer(self, subject: Subject, open: bool) -> Claim | Doubt | None:
        """The technique on a stranger, or on whom the permissions name."""
        if not open and subject.reach:
            return None
        if not self._holdings.names(_services(subject.technique)):
            return None
        if not all(map(self._holdings.might, subject.needs)):
            return None
        best: Claim | Doubt | None = None
        for words in self._words(subject, open):
            answer = self._attempt(subject, words, open)
            if isinstance(answer, Claim) and not answer.may:
                return answer
            if answer is not None and not isinstance(best, Claim):
                best = answer
        return best

    def _attempt(self, subject: Subject, words: Mapping[str, str], open: bool) -> Claim | Doubt | None:
        found: list[Met] = []
        doubt: Doubt | None = None
        for need in subject.needs:
            if open:
                brought = {key for key, _ in need.context}
                more = tuple(row for row in self._stranger if row[0] not in brought)
                need = replace(need, context=(*need.context, *more))
            answer = self._holdings.meet(need, words)
            if answer is None:
                return None
            if isinstance(answer, Doubt):
                doubt = answer
            else:
                found.append(answer)
        return doubt or self._claim(subject, words, found, open)

    def _claim(self, subject: Subject, words: Mapping[str, str], found: list[Met], open: bool) -> Claim:
        technique = subject.technique
        whom = self._whom(technique, words, open)
        may = [reason.replace("{target}", whom) for reason in (*technique.may, *_besides(technique, open))]
        may += [reason for met in found for reason in met.may]
        for met in found:
            decision = decide(self._holdings.permissions, met.request)
            if decision.verdict != "allowed" and not met.may:
                may.append(decision.reason or "it is allowed at all")
        return Claim(
            technique=technique.id,
            yields=technique.yields,
            title=technique.title.replace("{target}", whom),
            open=open,
            mild=subject.mild,
            requests=tuple(dict.fromkeys(met.request for met in found)),
            may=tuple(dict.fromkeys(may)),
        )

    def _whom(self, technique: Technique, words: Mapping[str, str], open: bool) -> str:
        """Whom the technique leads to, for people."""
        platform = self._dialect.platform
        if open:
            return technique.any_target or _ANYBODY[platform]
        for word in ("target.role", "target.user", "target.group"):
            if word in words:
                name = self._globs.get(words[word], words[word])
                return f"`{display(name).split(':', 5)[-1]}`"
        space = words.get("target.namespace") or words.get("workload.namespace")
        if platform == "kubernetes" and space:
            name = words.get("target.name", "")
            who = f"`{display(name)}`" if name and self._globs.get(name) != "*" else "a service account"
            return f"{who} of any namespace" if space.startswith("any-") else f"{who} of `{display(space)}`"
        return _SOMEBODY[platform]

    # --- names that the permissions know -------------------------------------------------------------------------

    def _words(self, subject: Subject, open: bool) -> Iterator[Mapping[str, str]]:
        """Values for the words: of a stranger, or of what the permissions name; each is allowed by all needs of it."""
        for forms in subject.strangers if open else (subject.forms,):
            names: dict[str, list[str]] = {}
            for word, form in forms.items():
                globs = self._met(word, form, subject.needs)
                if globs is None and not open:
                    continue
                globs = (form,) if globs is None else globs
                names[word] = list(dict.fromkeys(self._concrete(glob, word, subject, open) for glob in globs))
            for values in islice(product(*names.values()), MAX_NAMES):
                yield dict(zip(names, values, strict=True))

    def _met(self, word: str, form: str, needs: Iterable[Need]) -> tuple[str, ...] | None:
        """The form met with the patterns of every need that has the word; None when only contexts have it."""
        globs: frozenset[str] = frozenset({form})
        asked_for = False
        for need in needs:
            spots = [
                (action, at, starred, dimension)
                for action in need.actions
                for at, starred in zip(need.points, all_starred(need), strict=True)
                for dimension, text in enumerate(at)
                if WORD.findall(text) == [word]
            ]
            if not spots:
                continue
            asked_for = True
            met = frozenset(
                glob
                for action, _, starred, dimension in spots
                for pattern in self._patterns(action, starred, dimension)
                for known in globs
                for glob in both(known, pattern, self._dialect.segments if len(starred) == 1 else None)
            )
            # Another point of the need may do without the word.
            globs = met | globs if len({at for _, at, _, _ in spots}) < len(need.points) else met
        return tuple(sorted(globs)[:MAX_NAMES]) if asked_for else None

    def _patterns(self, action: str, point: tuple[str, ...], dimension: int) -> Iterator[str]:
        for statement in self._holdings.permissions.statements:
            if statement.effect == "allow" and named(statement, action) and near(statement, point):
                scope = statement.scopes[dimension]
                yield from ("*",) if scope.negated else scope.patterns

    def _concrete(self, glob: str, word: str, subject: Subject, open: bool) -> str:
        """One name of the glob, a readable one where there is one."""
        if not is_wild(glob):
            return glob
        if glob == "*" and (open or not word.endswith(("name", "pod", "escape"))):
            return next(iter(subject.strangers), subject.forms).get(word, "example")
        dimension = "resource" if len(self._holdings.permissions.dimensions) == 1 else "name"
        texts = self._dialect.fill(dimension, glob, ("",)) if self._dialect.fill is not None else ()
        name = next((text for text in texts if not is_wild(text)), glob.replace("*", "example").replace("?", "x"))
        self._globs[name] = glob
        return name


def _besides(technique: Technique, open: bool) -> Iterator[str]:
    """What has to hold besides for whoever has the permissions, where the table leaves it to the graph."""
    if technique.becoming:
        yield "the trust of {target} lets it in"
    if technique.own and not open:
        yield "one of those that it names is its own"
    if technique.target == "self" and not open:
        yield "it is one of those that it names itself"
    if any("{workload.escape}" in point for need in technique.needs for point in need.points):
        yield "a Pod that it reaches has its node"
    if "boundary" in technique.target_kinds:
        yield "it has a permissions boundary"


def _services(technique: Technique) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(action.partition(":")[0] for action in need.actions) for need in technique.needs)


def statement_of(permissions: Permissions, request: Request) -> Statement | None:
    """The first statement that allows a request."""
    return next(iter(decide(permissions, request).because), None)


def minimal(claims: Iterable[Claim]) -> tuple[tuple[Claim, tuple[str, ...]], ...]:
    """The claims that need least, each with the ids of those that ask for the same requests.

    Who can do a part of what another technique needs and has the same from it gains nothing by that other one.
    """
    rows = list(claims)
    kept: dict[tuple[bool, str, frozenset[Request]], list[Claim]] = {}
    for row in rows:
        asked_for = frozenset(row.requests)
        less = (o for o in rows if o.open >= row.open and o.yields == row.yields and set(o.may) <= set(row.may))
        if not any(frozenset(other.requests) < asked_for for other in less):
            kept.setdefault((row.open, row.yields, asked_for), []).append(row)
    found = []
    for group in kept.values():
        first = min(group, key=lambda row: len(row.may))
        found.append((first, tuple(row.technique for row in group)))
    return tuple(found)
