"""What binds an identity of a tree when it asks for something, layer by layer; knows no files and no reports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nhilint.algebra.glob import matches
from nhilint.algebra.values import ANY, SYMBOL_OPEN, Condition, Scope, Statement, display, symbol
from nhilint.model.facts import AttachedPolicy, Identity, Unresolved
from nhilint.model.snapshot import Snapshot
from nhilint.platforms.aws.authorize import Layers
from nhilint.platforms.aws.organizations import Level, levels
from nhilint.platforms.aws.questions import Question
from nhilint.platforms.aws.requests import parse_request
from nhilint.platforms.aws.unknown import may_be

_Same = Mapping[str, str]
"""Unknown strings of the tree to what they are taken for."""
_REGION = symbol("region")
_OWN = symbol("account")
_ASKS = re.compile(r"arn:[^:]*:(?:iam::[^:]*:(?:user|role)/|sts::).*")
_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The caller's ARN, its layers, and what was taken for granted (sentences without a full stop)."""

    principal: str
    layers: Layers
    assumed: tuple[str, ...] = ()
    unsure: tuple[Level, ...] = ()
    """Levels of the organisation of which the tree does not say whether they are above the caller's account."""
    unread: tuple[tuple[str, Unresolved], ...] = ()
    """What of these layers could not be read: the layer, and the part of it."""

    def beside(self, level: Level) -> Layers:
        """The layers, if that level binds as well."""
        scps = () if level.scp is None else (level.scp,)
        rcps = () if level.rcp is None else (level.rcp,)
        return replace(self.layers, scps=(*self.layers.scps, *scps), rcps=(*self.layers.rcps, *rcps))


def held(snapshot: Snapshot, who: Identity, question: Question) -> Held:
    """The layers of the tree for an AWS identity of it that asks this question.

    Where the tree does not say its account or region and the question is about a resource of a certain one, that is
    taken for the same. Raises `RequestError` for a question that names no action or resource.
    """
    principal, supposed = _principal(who)
    request = parse_request(question.action, question.resource)
    resource, account = request.point[-1], (principal.split(":") + [""] * 5)[4]
    same, assumed = _taken(account, resource, question)
    by_layer: dict[str, list[Statement]] = {"identity": [], "boundary": [], "resource": []}
    service = request.action.partition(":")[0]
    policies = [policy for policy in snapshot.policies if policy.layer == "resource" and policy.service == service]
    whole = tuple(f"|{policy.key}" for policy in policies)
    bounded = False
    for grant in snapshot.grants.get(who.key, ()):
        bounded = bounded or grant.layer == "boundary"
        if not grant.inert and not (grant.layer == "resource" and grant.key.endswith(whole)):
            by_layer[grant.layer] += grant.statements
    mine = Scope(patterns=(f"AWS:{principal}",))
    on_it = [replace(s, scopes=(mine, *s.scopes)) for s in by_layer["resource"] if _about(s, resource, same)]
    placed = [policy for policy in policies if any(may_be(_known(t, same), resource) for t in policy.targets)]
    for policy in placed:
        on_it += _standing(policy, resource, same)
    if request.action.startswith("sts:assumerole"):
        on_it += _trust(snapshot, resource, same)
    # A permission set is for the accounts that it is assigned to.
    root = None if who.kind == "permission_set" else who.root
    organisation = levels(snapshot.policies, _known(account, same), root)
    layers = Layers(
        identity=_bound(by_layer["identity"], same),
        boundary=_bound(by_layer["boundary"], same) if bounded else None,
        resource=_bound(on_it, same) if on_it or placed else None,
        scps=tuple(_bound(level.scp, same) for level in organisation.sure if level.scp is not None),
        rcps=tuple(_bound(level.rcp, same) for level in organisation.sure if level.rcp is not None),
    )
    said = (*supposed, *assumed, *organisation.assumed)
    unread = [("resource", part) for policy in placed if _surely(policy, resource, same) for part in policy.unread]
    unread += [("rcp" if level.scp is None else "scp", part) for level in organisation.sure for part in level.unread]
    return Held(
        principal=_known(principal, same),
        layers=layers,
        assumed=said,
        unsure=organisation.unsure,
        unread=tuple(unread),
    )


def _principal(who: Identity) -> tuple[str, tuple[str, ...]]:
    """Who asks, and what is supposed where the identity is none that can ask by itself."""
    arn = next((alias for alias in who.aliases if _ASKS.fullmatch(alias)), "")
    if arn:
        return arn, ()
    if who.kind in ("service", "anyone"):
        return "*" if who.kind == "anyone" else who.name, ()
    if who.kind == "account":
        number = who.key.rpartition("/")[2]
        return f"arn:aws:iam::{number}:root", ("the account's own policies allow it",)
    place = next((alias for alias in who.aliases if alias.startswith("arn:")), f"arn:aws:iam::{_OWN}:").split(":")[4]
    kind = "user" if who.kind in ("iam_user", "iam_group") else "role"
    if who.kind in ("iam_role", "iam_user"):
        return f"arn:aws:iam::{place}:{kind}/{who.name}", ()
    return f"arn:aws:iam::{place}:{kind}/{who.name}", (f"a {kind} asks that has these permissions and no others",)


def _taken(account: str, resource: str, question: Question) -> tuple[_Same, tuple[str, ...]]:
    """The unknown account and region, and what they are taken for; with the sentences that say so."""
    region, number = (resource.split(":") + [""] * 5)[3:5]
    same: dict[str, str] = {}
    assumed = []
    if SYMBOL_OPEN in account and _ACCOUNT.fullmatch(number) and not question.account:
        same[account] = number
        assumed.append(f"the caller's account `{display(account)}` is {number}, the resource's")
    if region and SYMBOL_OPEN not in region:
        same[_REGION] = region
        assumed.append(f"`{display(_REGION)}` is {region}, the resource's")
    return same, tuple(assumed)


def _about(statement: Statement, resource: str, same: _Same) -> bool:
    scope = statement.scopes[-1]
    return scope.negated or any(may_be(_known(pattern, same), resource) for pattern in scope.patterns)


def _surely(policy: AttachedPolicy, resource: str, same: _Same) -> bool:
    """Whether the policy is known to stand on the resource."""
    return any(matches(_known(target, same), resource) for target in policy.targets)


def _standing(policy: AttachedPolicy, resource: str, same: _Same) -> Iterator[Statement]:
    """The statements of a policy that may stand on the resource; a `NotResource` hangs on whether it does."""
    surely, doubt = _surely(policy, resource, same), f"the {policy.name} stands on this resource"
    for statement in policy.statements:
        unsure = statement.scopes[-1].negated and not surely
        yield replace(statement, may=(*statement.may, doubt)) if unsure else statement


def _trust(snapshot: Snapshot, resource: str, same: _Same) -> Iterator[Statement]:
    """The trust of the role that is to be assumed, as a policy on it; perhaps, where the role's name is not known."""
    roles = [(key, {_known(alias, same) for alias in role.aliases}) for key, role in snapshot.identities.items()]
    sure = [key for key, names in roles if resource in names]
    unsure = [key for key, names in roles if any(n.startswith("arn:") and may_be(n, resource) for n in names)]
    for key in sure or unsure:
        for trust in snapshot.trusts.get(key, ()):
            for statement in trust.statements:
                doubt = () if sure else (f"the role is `{snapshot.identities[key].name}`",)
                yield replace(statement, scopes=(statement.scopes[0], ANY), may=(*statement.may, *doubt))


def _bound(statements: Sequence[Statement], same: _Same) -> tuple[Statement, ...]:
    """The statements with what the unknown strings are taken for."""
    if not same:
        return tuple(statements)
    return tuple(
        replace(
            statement,
            scopes=tuple(replace(s, patterns=tuple(_known(p, same) for p in s.patterns)) for s in statement.scopes),
            conditions=tuple(_condition(clause, same) for clause in statement.conditions),
        )
        for statement in statements
    )


def _condition(clause: Condition, same: _Same) -> Condition:
    return replace(clause, values=tuple(_known(value, same) for value in clause.values))


def _known(text: str, same: _Same) -> str:
    for unknown, known in same.items():
        text = text.replace(unknown, known)
    return text
