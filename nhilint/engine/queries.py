"""Questions about one identity of a tree, answered with the statements that decided."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Decision, Request
from nhilint.engine.analysis import Analysis
from nhilint.engine.authorization import SCHEMA, can_in_tree
from nhilint.engine.dialects import CLAIMS_ONLY
from nhilint.engine.entries import Entry, place, via
from nhilint.engine.heads import Row, identity_head
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Identity, IdentityKey, Via
from nhilint.model.snapshot import permissions_of
from nhilint.platforms.aws.questions import Policies, Question

_UNBOUND = "somebody is bound to it, though nobody in this tree is"


class QueryError(NhilintError):
    """A question that can not be put: no such identity, a malformed request, an unreadable policy."""


def find_identity(analysis: Analysis, name: str) -> Identity:
    """The identity with this key, name, alias or address; QueryError when there is none or more than one."""
    identities = analysis.snapshot.identities
    exact = identities.get(IdentityKey(name))
    if exact is not None:
        return exact
    found = [
        i
        for i in identities.values()
        if name in (i.name, i.address, *i.aliases) or i.key.endswith(f"/{name}") or i.name.endswith(f"/{name}")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(f"`{i.key}`" for i in found[:5])
        raise QueryError(f"`{name}` names {len(found)} identities", help=f"use one of the keys: {keys}")
    names = [*identities, *(i.name for i in identities.values())]
    near = get_close_matches(name, names, n=3)
    help = f"did you mean {', '.join(f'`{n}`' for n in near)}?" if near else "`nhilint inventory` lists every identity"
    raise QueryError(f"there is no identity `{name}` in this tree", help=help)


def can(analysis: Analysis, identity: str, question: Question, policies: Policies) -> Row:
    """One request (`nhilint.can/1`): the decision, each layer's vote, and the statements that decided.

    `policies` are documents that add layers to what the tree says; they are only known for AWS.
    """
    who = find_identity(analysis, identity)
    if who.platform == "aws":
        row = can_in_tree(analysis.snapshot, who, question, policies)
    elif policies != Policies():
        raise QueryError(f"`{who.key}` is not an AWS identity", help="policies given as files are those of AWS")
    else:
        row = _can(analysis, who, question)
    # Nobody knows whose these are: they make no answer undecided, and a denial must not hide them.
    unread = [u for u in analysis.snapshot.unresolved if u.identity is None]
    if row["decision"] == "implicitly-denied" and unread:
        first = f"{unread[0].what}: {unread[0].why} ({unread[0].span.path}:{unread[0].span.line})"
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        row["assumed"].append(f"what could not be read gives it nothing: {first}{more}")
    return row


def _can(analysis: Analysis, who: Identity, question: Question) -> Row:
    language = analysis.dialects[who.platform]
    if who.platform in CLAIMS_ONLY:
        why = f"what `{who.key}` may do is not known: the permissions of `{who.platform}` are not read"
        raise QueryError(why, help="ask who may become it: `nhilint path FROM TO`")
    requests = import_module(f"nhilint.platforms.{who.platform}.requests")
    parsed = requests.parse_request(question.action, question.resource)
    keys = tuple(sorted((key.lower(), tuple(values)) for key, values in question.context.items()))
    request = Request(action=parsed.action, point=parsed.point, context=keys)
    decision = decide(permissions_of(analysis.snapshot, who.key, language.dimensions), request)
    held = analysis.snapshot.grants.get(who.key, ())
    # A role that is not there grants nothing until somebody creates it: that overturns no denial.
    unread = [question for question in analysis.snapshot.unread.get(who.key, ()) if question.cause != "dangling"]
    verdict, reason = decision.verdict, decision.reason
    if verdict == "implicitly-denied" and unread:
        verdict, reason = "undecided", f"{unread[0].what}: {unread[0].why}"
    elif verdict == "implicitly-denied":
        reason = "; ".join(dict.fromkeys(f"{grant.name}: {grant.inert}" for grant in held if grant.inert))
    grants = [grant for grant in held if not grant.inert]
    return {
        "schema": SCHEMA,
        "identity": identity_head(who),
        "principal": "",
        "request": {
            "action": question.action,
            "resource": question.resource,
            "context": {key: list(values) for key, values in question.context.items()},
        },
        "decision": verdict,
        "reason": reason,
        "assumed": [*([] if who.bound else [_UNBOUND]), *requests.assumptions(request)],
        "statements": _decided_by(analysis, who, decision),
        "layers": [
            {
                "layer": "identity",
                "vote": decision.verdict if grants else "absent",
                "why": "",
                "grants": [grant.name for grant in grants],
            }
        ],
        "unread": [{"layer": "identity", "what": u.what, "why": u.why, "location": place(u.span)} for u in unread],
    }


def _decided_by(analysis: Analysis, who: Identity, decision: Decision) -> list[Entry]:
    # What comes from a group says the group's grant as its origin, and is named as what the member holds.
    held = analysis.snapshot.grants.get(who.key, ())
    origins = [(s.origin, grant.name) for grant in held for s in grant.statements]
    names = {origin.grant: name for origin, name in origins if isinstance(origin, Via)}
    rows: list[Entry] = []
    for statement in decision.because:
        for row in via((statement,)) or [{"path": "", "line": 0, "end_line": 0, "grant": "", "label": ""}]:
            name = names.get(row["grant"], row["grant"])
            rows.append({"effect": statement.effect, "layer": "identity", **row, "name": name})
    return rows
