"""Whether an identity lets in anybody whom its role does not: alternatives of trust against permitted callers, exactly.

Both are sets of tokens (an issuer, and conditions on claims), and the algebra decides the containment. Conditions that
the role does not ask for only narrow. A string that is not known is equal to itself only; where the trust would be
inside if it were something else, that is a doubt and not a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nhilint.algebra.values import (
    SYMBOL,
    SYMBOL_OPEN,
    Condition,
)
from nhilint.catalog.matching.exemptions import Exempted
from nhilint.catalog.model import PARAMETER, Role, TrustPermit
from nhilint.catalog.trust.caller_words import issuer_for, quoted, who, widened
from nhilint.catalog.trust.callers import (
    ACCOUNT_NAME,
    ACCOUNTS,
    AUDIENCE,
    POD_SERVICE,
    SERVICES,
    STS,
    Caller,
    callers_of,
)
from nhilint.catalog.trust.containment import chosen_subject, inside, meet, pieces, plain, reference_of
from nhilint.catalog.trust.own import caller_of, outside_itself, own_texts
from nhilint.catalog.trust.subjects import POSITIVE, Told, told
from nhilint.catalog.verdict import Held, Outsider
from nhilint.model.facts import Acceptance

_CONTEXT = ("branch", "tag", "environment", "event")
"""Fields that the end of a subject tells."""
Clauses = tuple[Condition, ...]
_NO_TRUST = "trust policy"


def trust_texts(role: Role, held: Held) -> Iterator[tuple[str, str]]:
    """(template, text) for every parameter of the role's trust: what it would have to be for the identity's own."""
    rows: dict[tuple[str, str], list[str]] = {}
    for permit in role.trust or ():
        for name, values in permit.fields.items():
            found = rows.setdefault((permit.issuer, name), [])
            found += [value for value in values if PARAMETER.search(value)]
    if not any(rows.values()):
        return
    said: Iterator[Told]
    if role.platform == "aws":
        said = (one for acceptance in held.acceptances if not acceptance.dead for one in told(acceptance))
    else:
        said = own_texts(held.identity)
    seen: dict[tuple[str, str], None] = {}
    for issuer, name, text in said:
        for template in rows.get((issuer, name), ()):
            seen[template, text.removeprefix("https://") if name == "issuer" else text] = None
    yield from seen


_WITHOUT_TRUST = {
    "anyone": "everybody",
    "iam_user": "whoever has a key or the password of this user",
    "iam_group": "the users of this group",
}
"""Identities that somebody is by something else than a trust policy, whom no caller of a role can be."""
_UNSAID = {
    "module_call": "who may become it is said inside of a module that is not read",
    "permission_set": "who is assigned to it is said by no trust policy",
}
_ELSEWHERE = "it is defined outside of this tree, which does not say who may become it"


def outside(role: Role, bindings: Mapping[str, tuple[str, ...]], held: Held) -> tuple[tuple[Outsider, ...], str]:
    """Whom the identity lets in and the role does not, and what keeps that from being known (empty: nothing)."""
    if role.trust is None:
        return (), ""
    if role.platform != "aws":
        return outside_itself(role.trust, bindings, held)
    identity = held.identity
    if identity.kind == "service":
        caller = TrustPermit(issuer="service", fields={"name": (identity.name,)}, span=identity.span)
        return (() if lets_in(role, bindings, caller) else (Outsider(who="the service", span=identity.span),)), ""
    if identity.kind in _WITHOUT_TRUST:
        return (Outsider(who=_WITHOUT_TRUST[identity.kind], span=identity.span),), ""
    found: dict[Outsider, None] = {}
    doubts: dict[str, None] = {}
    if not held.acceptances and (identity.external or identity.kind in _UNSAID):
        doubts[_UNSAID.get(identity.kind, _ELSEWHERE)] = None
    callers = tuple(caller for permit in role.trust for caller in callers_of(permit, bindings))
    for acceptance in held.acceptances:
        if acceptance.dead:
            continue
        sentence, doubt = _judged(acceptance, callers, held)
        found.update(dict.fromkeys(Outsider(who=one, span=acceptance.via.span) for one in sentence))
        if doubt:
            doubts[doubt] = None
    doubts.update(dict.fromkeys(f"its trust could not be read: {one}" for one in held.unread if _NO_TRUST in one))
    return tuple(found), next(iter(doubts), "")


def outside_both(
    role: Role, bindings: Mapping[str, tuple[str, ...]], held: Held, exempted: Exempted
) -> tuple[tuple[Outsider, ...], str, tuple[str, ...]]:
    """As `outside`, where exceptions let in others as well; and the ids of those without which it would be more."""
    outsiders, doubt = outside(role, bindings, held)
    needed: dict[str, None] = {}
    for id, permit in exempted.trust if role.trust is not None else ():
        if not (outsiders or doubt):
            break
        role = replace(role, trust=(*(role.trust or ()), permit))
        fewer = outside(role, bindings, held)
        if fewer != (outsiders, doubt):
            outsiders, doubt = fewer
            needed[id] = None
    return outsiders, doubt, tuple(needed)


def lets_in(role: Role, bindings: Mapping[str, tuple[str, ...]], caller: TrustPermit) -> bool | None:
    """Whether the role permits a caller whose fields are literal; None where that can not be decided."""
    if role.trust is None:
        return None
    if role.platform != "aws":
        return caller_of(role.trust, bindings, caller)
    callers = tuple(one for permit in role.trust for one in callers_of(permit, bindings))
    answers = [
        inside(issuer, clauses, (), reference_of(callers, issuer, clauses)) for issuer, clauses in _token(caller)
    ]
    return None if None in answers and True not in answers else True in answers


def _token(caller: TrustPermit) -> Iterator[tuple[str, Clauses]]:
    """The tokens of a literal caller, each as an issuer and its claims."""
    fields = dict(caller.fields)
    if caller.issuer in ("github", "kubernetes"):
        fields.setdefault(AUDIENCE, STS[:1])
    for one in callers_of(TrustPermit(issuer=caller.issuer, fields=caller.fields, span=caller.span), {}):
        clauses = [way for name, ways in one.fields if name != AUDIENCE for way in ways]
        if caller.issuer == "github":
            clauses = list(_github_claims(fields))
        elif any(name == AUDIENCE for name, _ in one.fields):
            clauses.append(Condition(operator="StringLike", key="aud", values=fields[AUDIENCE]))
        yield one.issuers[0], tuple(clauses)


def _github_claims(fields: Mapping[str, tuple[str, ...]]) -> Iterator[Condition]:
    """What GitHub states of a job of which these fields are known."""
    repository = fields.get("repository", ("*",))[0]
    refs = [f"refs/heads/{one}" for one in fields.get("branch", ())] + [
        f"refs/tags/{one}" for one in fields.get("tag", ())
    ]
    context = ""
    if environment := fields.get("environment"):
        context = f"environment:{environment[0].replace(':', '%3A')}"
    elif fields.get("event", ("",))[0] == "pull_request":
        context = "pull_request"
    elif refs:
        context = f"ref:{refs[0]}"
    stated = {"aud": fields[AUDIENCE][0], "repository": repository, "sub": f"repo:{repository}:{context or '*'}"}
    if refs:
        stated["ref"] = refs[0]
    for field, claim in (("environment", "environment"), ("event", "event_name")):
        if field in fields:
            stated[claim] = fields[field][0]
    if "workflow" in fields:
        path = fields["workflow"][0]
        own = path if path.count("/") > 3 else f"{repository}/{path if '/' in path else '.github/workflows/' + path}"
        stated["job_workflow_ref"] = own if "@" in own else f"{own}@{refs[0] if refs else '*'}"
    for claim, value in stated.items():
        yield Condition(operator="StringLike", key=claim, values=(value,))


def _judged(acceptance: Acceptance, callers: tuple[Caller, ...], held: Held) -> tuple[tuple[str, ...], str]:
    """Whom one alternative lets in besides these callers, for people, and the doubt."""
    clauses = tuple(plain(clause, acceptance.issuer) for clause in acceptance.clauses)
    if acceptance.audiences and all(clause.key != "aud" for clause in clauses):
        # Who takes the tokens takes none for anybody else.
        clauses = (*clauses, Condition(operator="StringEquals", key="aud", values=acceptance.audiences))
    acceptance = replace(acceptance, clauses=clauses)
    nobody = not clauses and acceptance.issuer == "*"
    answer = False if nobody else _decided(acceptance, clauses, callers)
    if acceptance.undecided and not nobody:
        return (), f"it can not be told who {who(acceptance, clauses, ())} is: {acceptance.undecided}"
    if answer:
        return (), ""
    found: dict[str, None] = {}
    doubts: dict[str, None] = {}
    for piece in pieces(clauses):
        answer = _decided(acceptance, piece, callers)
        if answer or _never(acceptance, piece):
            continue
        doubt = "" if nobody else _doubt(acceptance, piece, callers, held, answer)
        if doubt:
            doubts[doubt] = None
        elif doubt is not None:
            found[_who(acceptance, piece, callers)] = None
    return tuple(found), next(iter(doubts), "")


def _decided(acceptance: Acceptance, clauses: Clauses, callers: tuple[Caller, ...]) -> bool | None:
    reference = reference_of(callers, acceptance.issuer, clauses)
    return inside(acceptance.issuer, clauses, acceptance.unless, reference)


def _never(acceptance: Acceptance, clauses: Clauses) -> bool:
    """Whether no token of the documented issuer has such claims, so that the alternative lets nobody in."""
    issuer = issuer_for(acceptance)
    if issuer is None:
        return False
    return any(
        not any(issuer.gives(clause.key, widened(value))[0] for value in clause.values)
        for clause in clauses
        if clause.operator in POSITIVE and not clause.if_exists and clause.qualifier != "ForAllValues" and clause.values
    )


def _doubt(
    acceptance: Acceptance, clauses: Clauses, callers: tuple[Caller, ...], held: Held, answer: bool | None
) -> str | None:
    """Why it can not be told that the role does not let it in (empty: it can); None: it is judged elsewhere."""
    if _pods(acceptance, clauses) and any(ACCOUNTS in caller.issuers for caller in callers):
        # The service acts for whom associations name, and each of these is an alternative of its own.
        named = any(one.issuer == ACCOUNTS and not one.dead for one in held.acceptances)
        return None if named else "no Pod Identity association of the tree says which service account gets it"
    if acceptance.issuer == ACCOUNTS and all(clause.key != "iss" for clause in clauses) and _associated(clauses):
        rest = reference_of(callers, acceptance.issuer, clauses, frozenset({"issuer"}))
        if inside(acceptance.issuer, clauses, acceptance.unless, rest):
            return f"which issuer the cluster has whose {who(acceptance, clauses, ())} gets it is not known"
    if answer is None:
        return f"it can not be decided whether the role lets in {who(acceptance, clauses, ())}"
    unknown = [v for c in clauses for v in c.values if SYMBOL_OPEN in v]
    if SYMBOL_OPEN in acceptance.issuer:
        unknown.append(acceptance.issuer)
    for issuer, guess in _guesses(acceptance, clauses, callers) if unknown else ():
        if inside(issuer, guess, acceptance.unless, reference_of(callers, issuer, guess)):
            return f"it lets in {who(acceptance, clauses, ())}, and what {quoted(unknown)} is, is not known"
    return ""


def _associated(clauses: Clauses) -> bool:
    """Whether an association of Pod Identity names the account, in one cluster."""
    return any(clause.key == "aud" and clause.values == (POD_SERVICE,) for clause in clauses)


def _pods(acceptance: Acceptance, clauses: Clauses) -> bool:
    """Whether it is the service behind Pod Identity, for whichever service account."""
    service = any(POD_SERVICE in clause.values for clause in clauses if clause.key == "service")
    return acceptance.issuer == SERVICES and service and all(clause.key != ACCOUNT_NAME for clause in clauses)


def _guesses(acceptance: Acceptance, clauses: Clauses, callers: Sequence[Caller]) -> Iterator[tuple[str, Clauses]]:
    """The alternative with unknown strings as what one of the callers would have there."""
    issuers = {acceptance.issuer: None}
    if SYMBOL_OPEN in acceptance.issuer:
        issuers = dict.fromkeys(one for caller in callers for one in caller.issuers if "*" not in one)
    globs: dict[str, dict[str, None]] = {}
    for issuer in issuers:
        for statement in reference_of(callers, issuer, clauses):
            for way in statement.conditions:
                globs.setdefault(way.key, {}).update(dict.fromkeys(way.values))
    tables: list[dict[str, str]] = [{}]
    for clause in clauses:
        for value in clause.values:
            if SYMBOL_OPEN in value:
                found = (_substitutes(value, glob) for glob in globs.get(clause.key, ()))
                tables += [{**tables[0], **one} for one in found if one]
    for issuer in issuers:
        for table in (*tables, {name: text for one in tables for name, text in one.items()}):
            yield issuer, tuple(_replaced(clause, table) for clause in clauses)


def _substitutes(value: str, glob: str) -> dict[str, str]:
    """What the unknown strings of a value would be if it were the glob's text."""
    parts = re.split(f"({SYMBOL})", value)
    pattern = "".join("(.+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    found = re.fullmatch(pattern, glob, re.DOTALL)
    return dict(zip(parts[1::2], found.groups(), strict=True)) if found else {}


def _replaced(clause: Condition, table: Mapping[str, str]) -> Condition:
    values = []
    for value in clause.values:
        for name, text in table.items():
            value = value.replace(name, text)
        values.append(value)
    operator = "StringLike" if clause.operator == "StringEquals" else clause.operator
    return replace(clause, values=tuple(values), operator=operator)


def _who(acceptance: Acceptance, clauses: Clauses, callers: tuple[Caller, ...]) -> str:
    """Who it is, with what of the nearest caller is left open."""
    claims, made = frozenset(clause.key for clause in clauses), chosen_subject(acceptance.issuer, clauses)
    for caller in callers:
        if not any(meet(one, acceptance.issuer) for one in caller.issuers):
            continue
        fields = tuple(_left_open(replace(acceptance, clauses=clauses), caller, claims))
        rest = caller.statements(claims, frozenset(fields), made=made)
        if fields and inside(acceptance.issuer, clauses, acceptance.unless, rest):
            return who(acceptance, clauses, fields)
    audience = next((c.values for c in clauses if c.key == "aud" and c.operator in POSITIVE), ())
    for caller in callers if audience else ():
        rest = caller.statements(claims, frozenset({AUDIENCE}), made=made)
        if inside(acceptance.issuer, clauses, acceptance.unless, rest):
            return f"{who(acceptance, clauses, ())}, with a token for {quoted(audience)}"
    return who(acceptance, clauses, ())


def _left_open(acceptance: Acceptance, caller: Caller, claims: frozenset[str]) -> Iterator[str]:
    """The fields that the trust does not ask for, and whose absence the words for its subject do not tell."""
    said = {name for _, name, _ in told(acceptance)}
    context = said & set(_CONTEXT)
    for name, _ in caller.fields:
        if name in said or (name == AUDIENCE and "aud" in claims):
            continue
        # A subject of a branch is one of no environment, and a subject of any context says so itself.
        if name in _CONTEXT and "sub" in claims and context != {"environment"}:
            continue
        yield name
