"""Questions about one identity or two policies, answered by the algebra with the statements that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import (
    Decision,
    Permissions,
    Request,
)
from nhilint.engine.analysis import Analysis
from nhilint.engine.entries import Entry, via
from nhilint.engine.heads import Row, identity_head
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.snapshot import permissions_of


class QueryError(NhilintError):
    """A question that can not be put: no such identity, a malformed request, an unreadable policy."""


def find_identity(analysis: Analysis, name: str) -> Identity:
    """The identity with this key, name, alias or address; QueryError when there is none or more than one."""
    identities = analysis.snapshot.identities
    exact = identities.get(IdentityKey(name))
    if exact is not None:
        return exact
    found = [i for i in identities.values() if name in (i.name, i.address, *i.aliases) or i.key.endswith(f"/{name}")]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(f"`{i.key}`" for i in found[:5])
        raise QueryError(f"`{name}` names {len(found)} identities", help=f"use one of the keys: {keys}")
    names = [*identities, *(i.name for i in identities.values())]
    near = get_close_matches(name, names, n=3)
    help = f"did you mean {', '.join(f'`{n}`' for n in near)}?" if near else "`nhilint inventory` lists every identity"
    raise QueryError(f"there is no identity `{name}` in this tree", help=help)


def can(analysis: Analysis, identity: str, action: str, resource: str, context: Mapping[str, Sequence[str]]) -> Row:
    """One request (`nhilint.can/1`): the decision, each layer's vote, and the statements that decided."""
    who = find_identity(analysis, identity)
    language = analysis.dialects[who.platform]
    parsed = import_module(f"nhilint.platforms.{who.platform}.requests").parse_request(action, resource)
    keys = tuple(sorted((key.lower(), tuple(values)) for key, values in context.items()))
    request = Request(action=parsed.action, point=parsed.point, context=keys)
    permissions = permissions_of(analysis.snapshot, who.key, language.dimensions)
    decision = decide(permissions, request)
    unread = analysis.snapshot.unread.get(who.key, ())
    verdict, reason = decision.verdict, decision.reason
    if unread and verdict == "implicitly-denied":
        verdict, reason = "undecided", f"{unread[0].what}: {unread[0].why}"
    return {
        "schema": "nhilint.can/1",
        "identity": identity_head(who),
        "request": {"action": action, "resource": resource, "context": {k: list(v) for k, v in context.items()}},
        "decision": verdict,
        "reason": reason,
        "statements": _decided_by(analysis, who, decision),
        "layers": _layers(analysis, who, request, language.dimensions),
    }


def _decided_by(analysis: Analysis, who: Identity, decision: Decision) -> list[Entry]:
    names = {grant.key: grant.name for grant in analysis.snapshot.grants.get(who.key, ())}
    rows: list[Entry] = []
    for statement in decision.because:
        for row in via((statement,)) or [{"path": "", "line": 0, "end_line": 0, "grant": "", "label": ""}]:
            name = names.get(row["grant"], row["grant"])
            rows.append({"effect": statement.effect, **row, "name": name})
    return rows


def _layers(analysis: Analysis, who: Identity, request: Request, dimensions: tuple[str, ...]) -> list[Entry]:
    rows: list[Entry] = []
    for layer in ("identity", "resource", "boundary"):
        grants = [g for g in analysis.snapshot.grants.get(who.key, ()) if g.layer == layer and not g.inert]
        if not grants:
            rows.append({"layer": layer, "vote": "absent", "grants": []})
            continue
        statements = tuple(s for g in grants for s in g.statements)
        vote = decide(Permissions(dimensions=dimensions, statements=statements), request).verdict
        rows.append({"layer": layer, "vote": vote, "grants": [g.name for g in grants]})
    return rows
