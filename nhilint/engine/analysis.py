"""Documents of one revision to an analysis: snapshot, catalog verdicts, access graph and findings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from nhilint.algebra.values import Permissions
from nhilint.catalog.matching.match import Matcher
from nhilint.catalog.model import Catalog
from nhilint.catalog.verdict import Held, Match
from nhilint.engine.answers import Answering
from nhilint.engine.answers_aws import AwsAnswering
from nhilint.engine.dialects import Dialects, interpret
from nhilint.engine.options import Options
from nhilint.graph.access import AccessGraph
from nhilint.graph.build import build
from nhilint.graph.edges import Path
from nhilint.graph.offers import with_offers
from nhilint.model.document import Document
from nhilint.model.facts import Acceptance, Assumed, Identity, IdentityKey, Moved, Unresolved
from nhilint.model.finding import SEVERITIES, Finding
from nhilint.model.snapshot import Snapshot, permissions_of, unite
from nhilint.rules.base import View
from nhilint.rules.registry import rules


@dataclass(slots=True, kw_only=True)
class Analysis:
    """One revision, understood. The derived parts are computed when they are first asked for, and once."""

    snapshot: Snapshot
    catalog: Catalog
    options: Options
    _matches: dict[IdentityKey, Match] = field(default_factory=dict)
    _matcher: Matcher | None = None
    _accepted: dict[IdentityKey, tuple[Acceptance, ...]] | None = None
    _paths: tuple[Path, ...] | None = None
    _graph: AccessGraph | None = None
    _answering: dict[str, Answering | AwsAnswering] = field(default_factory=dict)
    _findings: tuple[Finding, ...] | None = None

    @property
    def dialects(self) -> Dialects:
        """Every platform's dialect."""
        return Dialects()

    @property
    def catalog_required(self) -> bool:
        """Whether being outside the catalog is a finding."""
        required = self.options.catalog_required
        return self.catalog.own if required is None else required

    def permissions(self, identity: Identity) -> Permissions:
        """All the identity has."""
        return permissions_of(self.snapshot, identity.key, self.dialects[identity.platform].dimensions)

    def match(self, identity: Identity) -> Match | None:
        """The catalog's verdict; None when the identity holds nothing."""
        known = self._matches.get(identity.key)
        if known is None:
            held = self.held(identity)
            if not held.permissions.statements:
                return None
            known = self.matcher.match(held)
            self._matches[identity.key] = known
        return known

    def judged_by(self, catalog: Catalog, options: Options) -> Analysis:
        """The same revision, held against another catalog."""
        return Analysis(
            snapshot=self.snapshot, catalog=catalog, options=options, _accepted=self._accepted, _graph=self._graph
        )

    @property
    def matcher(self) -> Matcher:
        """The catalog, ready for every identity."""
        if self._matcher is None:
            options = self.options
            self._matcher = Matcher(self.catalog, self.dialects, today=options.today, repository=options.repository)
        return self._matcher

    def held(self, identity: Identity) -> Held:
        """Everything of an identity that a role can say something about."""
        snapshot, key = self.snapshot, identity.key
        if self._accepted is None:
            self._accepted = {key: tuple(group) for key, group in groupby(snapshot.acceptances, lambda a: a.identity)}
        return Held(
            identity=identity,
            permissions=self.permissions(identity),
            acceptances=self._accepted.get(key, ()),
            boundaries=tuple(grant for grant in snapshot.grants.get(key, ()) if grant.layer == "boundary"),
            credentials=snapshot.credentials.get(key, ()),
            unread=tuple(f"{one.what}: {one.why}" for one in snapshot.unread.get(key, ())),
        )

    @property
    def graph(self) -> AccessGraph:
        """Who may become whom."""
        if self._graph is None:
            self._graph = build(self.snapshot, self.dialects)
        return self._graph

    def answering(self, platform: str) -> Answering | AwsAnswering:
        """The identities of a platform, and what they are offered, ready for many questions."""
        if platform not in self._answering:
            kind = AwsAnswering if platform == "aws" else Answering
            self._answering[platform] = kind(with_offers(self.snapshot), self.dialects[platform])
        return self._answering[platform]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The shortest way of everybody who can reach administrator or every secret."""
        if self._paths is None:
            self._paths = self.graph.paths() if self.options.paths else ()
        return self._paths

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say, most severe first."""
        if self._findings is None:
            self._findings = _judge(self)
        return self._findings


def analyze(
    documents: Sequence[Document],
    *,
    catalog: Catalog,
    options: Options,
    unresolved: Iterable[Unresolved] = (),
    moved: Iterable[Moved] = (),
    assumed: Iterable[Assumed] = (),
) -> Analysis:
    """The analysis of one revision's documents and of what the sources could not read."""
    snapshot = unite(interpret(documents), unresolved, moved, assumed)
    return Analysis(snapshot=snapshot, catalog=catalog, options=options)


def _judge(analysis: Analysis) -> tuple[Finding, ...]:
    matches: Mapping[IdentityKey, Match] = {}
    if analysis.catalog_required:
        covered = {role.platform for role in analysis.catalog.roles.values()}
        judged = {
            key: identity
            for key, identity in analysis.snapshot.identities.items()
            if identity.bound and (identity.platform in covered or analysis.dialects[identity.platform].catalogued)
        }
        verdicts = ((key, analysis.match(identity)) for key, identity in judged.items())
        matches = {key: verdict for key, verdict in verdicts if verdict is not None}
    view = View(
        snapshot=analysis.snapshot,
        dialects=analysis.dialects,
        matches=matches,
        catalog_required=analysis.catalog_required,
    )
    ignores = {
        key: tuple(ignore for ignore in identity.ignores if ignore.reason and ignore.until >= analysis.options.today)
        for key, identity in analysis.snapshot.identities.items()
        if identity.ignores
    }
    found: list[Finding] = []
    for rule in rules():
        if rule.ABOUT.id in analysis.options.disabled_rules:
            continue
        for finding in rule.judge(view):
            reason = next(
                (
                    ignore.reason
                    for ignore in (ignores.get(finding.identity, ()) if finding.identity else ())
                    if finding.rule in ignore.rules
                ),
                "",
            )
            found.append(replace(finding, suppressed=reason) if reason else finding)
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[int, str, str, str]:
    return (-SEVERITIES.index(finding.severity), finding.rule, finding.identity or "", finding.message)
