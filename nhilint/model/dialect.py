"""What the floors above need to know of a platform: its dimensions, its action names, its way of speaking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhilint.algebra.compact import Axes, Part, compact
from nhilint.algebra.segments import Segments
from nhilint.algebra.values import Condition, Permissions, Residue, Statement
from nhilint.model.facts import Identity, Unresolved
from nhilint.model.risk import Aspect, Held
from nhilint.model.technique import Technique

if TYPE_CHECKING:
    from nhilint.algebra.universe import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One policy or role given as a document of its own."""

    kind: str
    """`identity`, `trust`, `resource`, `role`: what it can be held against."""
    title: str
    """The kind for people, with its article: "a trust policy"."""
    dimensions: tuple[str, ...]
    statements: tuple[Statement, ...]
    unresolved: tuple[Unresolved, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A part of a comparison as a document that can be pasted."""

    body: Mapping[str, object]
    unsaid: tuple[str, ...]
    """Patterns whose later actions belong to it although the document names only the known ones."""


def _nothing(identity: Identity) -> Mapping[str, str]:
    return {}


def _no_clauses(identity: Identity) -> tuple[Condition, ...]:
    return ()


def _no_key(key: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One platform, seen from above. All members are pure."""

    platform: str
    dimensions: tuple[str, ...]
    vocabulary: Vocabulary
    fill: Callable[[str, str, tuple[str, ...]], Sequence[str]] | None
    """Readable candidates for a generic witness: dimension, pattern, (action, *point). Each is verified."""
    describe: Callable[[Part], Mapping[str, object]]
    """The platform's words for one compacted part of a delta: `actions`, `resources`, `access_levels`, `witness`,
    `sensitive`, `inert`, `why` and whatever else the review's schema allows there."""
    aspects: Callable[[Residue, Held], Iterator[Aspect]]
    """What one gain of permissions means: classes of power, access levels, open wildcards, with their breadth."""
    trust_aspects: Callable[[Residue, Held], Iterator[Aspect]]
    """Whom one gain of trust lets in."""
    guard: Callable[[str], bool]
    """Whether a condition key says who calls, from where or how sure it is."""
    admin: tuple[tuple[str, tuple[str, ...]], ...]
    """The action glob and the scope globs of an administrator: who holds all of it is one."""
    administrator_becomes: str = ""
    """How an administrator becomes any other identity, before its name: "may run a Pod as"; empty: not at all."""
    gives_nothing: Callable[[Statement], bool] | None = None
    """Whether a statement grants nothing where it stands; what it seems to grant is shown by itself."""
    axes: Axes = ()
    """Dimensions that people read together, as `compact` takes them; empty: each for itself."""
    techniques: tuple[Technique, ...] = ()
    always: frozenset[str] = frozenset()
    """Condition keys that no request lacks, whoever makes it, lower case."""
    signed: frozenset[str] = frozenset()
    """Condition keys that no request of somebody authenticated lacks, besides those."""
    signing: frozenset[str] = frozenset()
    """The kinds of documents and identities whose permissions only somebody authenticated uses."""
    segments: Segments | None = None
    """A dimension whose stars may be meant to stay inside their segment."""
    normal: Callable[[Permissions, Permissions], Permissions] | None = None
    """Trust with its principals as exact patterns, for a comparison with the other one."""
    write: Callable[[Sequence[Part], Sequence[Statement]], Draft | None] | None = None
    """Compacted residue, and the candidate's denies, as a policy document; None where it has no written form."""
    variables: Callable[[Identity], Mapping[str, str]] = _nothing
    """The words of techniques for an identity: `arn`, `name`, `namespace`; one that is not known is left out."""
    caller: Callable[[Identity], tuple[Condition, ...]] = _no_clauses
    """What holds for every request of an identity: its name, that it is no user."""
    catalogued: bool = True
    """Whether being outside the catalog is a finding even where the catalog has no role for the platform at all."""
    chosen: Callable[[str], bool] = _no_key
    """Whether whoever asks sets a condition key (lower case) as it likes, such as the region it calls."""

    def parts(self, residue: Iterable[Residue]) -> tuple[Part, ...]:
        """The residue as the fewest readable parts."""
        return compact(residue, self.axes, self.gives_nothing)

    def present(self, kind: str) -> frozenset[str]:
        """The condition keys that every request judged by an identity, or a document, of this kind carries."""
        return self.always | self.signed if kind in self.signing else self.always
