"""Every way to widen one statement of a role by one step, for each platform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nhilint.algebra.values import Condition, Permissions, Scope, Statement, display, literal
from nhilint.catalog.compile import compile_role
from nhilint.catalog.model import Parameter, Role
from nhilint.data.aws import AwsVocabulary, action
from nhilint.data.github import actions as github_actions
from nhilint.platforms.aws.breadth import applies
from tests.unit.catalog.starter import examples

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate", "escalate")
MAX_OF_ONE_KIND = 6
"""So many actions or patterns of one statement are widened each for itself."""
LOOSE = {"StringEquals": "StringLike", "ArnEquals": "ArnLike"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A role's permissions, wider in one place."""

    what: str
    permissions: Permissions
    statement: int
    """Which one it is."""


def mutations(role: Role, permissions: Permissions) -> Iterator[Mutation]:
    """All of them; some widen nothing, which the algebra has to prove."""
    widen = {"aws": _aws, "kubernetes": _kubernetes, "github": _github}[role.platform]
    siblings = dict(_siblings(role))
    for index, statement in enumerate(permissions.statements):
        for what, wider in widen(statement):
            yield _with(permissions, index, f"statement {index}: {what}", wider)
        for what, scopes in siblings.get(index, ()):
            yield _with(permissions, index, f"statement {index}: {what}", replace(statement, scopes=scopes))


def pins(role: Role) -> frozenset[int]:
    """Statements that say together what every parameter is: for each the first that names it."""
    base = compile_role(role, examples(role)).statements
    found = set()
    for name, (value,) in examples(role).items():
        other = sibling(role.parameters[name], value)
        changed = compile_role(role, {**examples(role), name: (other,)}).statements
        rows = enumerate(zip(base, changed, strict=True))
        found.update([index for index, (one, two) in rows if one != two][:1])
    return frozenset(found)


def part(mutation: Mutation, indexes: frozenset[int]) -> Permissions:
    """Only what is widened and those statements: a binding that covers all of it covers this as well."""
    kept = indexes | {mutation.statement}
    statements = mutation.permissions.statements
    return replace(mutation.permissions, statements=tuple(s for i, s in enumerate(statements) if i in kept))


def sibling(parameter: Parameter, value: str) -> str:
    """Another value of the parameter, one that its pattern allows where it is easy to find."""
    others = (*parameter.examples[1:], *(one for one in parameter.enum if one != value), f"{value}2", f"x{value}")
    digits = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), value)
    allowed = [o for o in (*others, digits) if o != value and re.fullmatch(parameter.pattern or ".*", o)]
    return allowed[0] if allowed else f"{value}2"


def _with(permissions: Permissions, index: int, what: str, wider: Statement) -> Mutation:
    statements = (*permissions.statements[:index], wider, *permissions.statements[index + 1 :])
    return Mutation(what=what, permissions=replace(permissions, statements=statements), statement=index)


def _siblings(role: Role) -> Iterator[tuple[int, list[tuple[str, tuple[Scope, ...]]]]]:
    """By statement, its scopes with what another value of one parameter adds to them."""
    base = compile_role(role, examples(role)).statements
    rows: dict[int, list[tuple[str, tuple[Scope, ...]]]] = {}
    for name, (value,) in examples(role).items():
        other = sibling(role.parameters[name], value)
        changed = compile_role(role, {**examples(role), name: (other,)}).statements
        for index, (one, two) in enumerate(zip(base, changed, strict=True)):
            if one.scopes != two.scopes:
                scopes = tuple(
                    Scope(patterns=tuple(dict.fromkeys((*a.patterns, *b.patterns))))
                    for a, b in zip(one.scopes, two.scopes, strict=True)
                )
                rows.setdefault(index, []).append((f"{name} also {other}", scopes))
    yield from rows.items()


def _scoped(statement: Statement, index: int, patterns: tuple[str, ...]) -> Statement:
    scopes = (*statement.scopes[:index], Scope(patterns=patterns), *statement.scopes[index + 1 :])
    return replace(statement, scopes=scopes)


# --- AWS -------------------------------------------------------------------------------------------------------------


def _aws(statement: Statement) -> Iterator[tuple[str, Statement]]:
    for name in (*_other_actions(statement), *_wild_actions(statement)):
        yield f"action {name}", replace(statement, actions=(*statement.actions, name))
    patterns = statement.scopes[0].patterns
    if "*" not in patterns:
        yield "resource *", _scoped(statement, 0, (*patterns, "*"))
    for pattern in patterns[:MAX_OF_ONE_KIND]:
        for wider in dict.fromkeys(_wider_arns(pattern)):
            yield f"resource {display(wider)}", _scoped(statement, 0, (*patterns, wider))
    for index, clause in enumerate(statement.conditions):
        rest = (*statement.conditions[:index], *statement.conditions[index + 1 :])
        yield f"without {clause.operator} {clause.key}", replace(statement, conditions=rest)
        for what, looser in _looser(clause):
            yield f"{clause.key} {what}", replace(statement, conditions=(*rest, looser))


def _other_actions(statement: Statement) -> Iterator[str]:
    """Two more actions of each service that work on the same resources: a near one and the one that does most."""
    vocabulary = AwsVocabulary()
    known = {name for pattern in statement.actions for name in vocabulary.expand(pattern)}
    levels = {"Permissions management": 0, "Write": 1, "Tagging": 2, "Read": 3, "List": 4}
    for service in sorted({name.partition(":")[0] for name in known}):
        patterns = statement.scopes[0].patterns
        rest = [n for n in vocabulary.expand(f"{service}:*") if n not in known]
        rest = [n for n in rest if any(applies(pattern, n) for pattern in patterns)]
        worst = min(rest, key=lambda n: (levels.get(row.level if (row := action(n)) else "", 9), n), default="")
        yield from dict.fromkeys(name for name in (*rest[:1], worst) if name)


def _wild_actions(statement: Statement) -> Iterator[str]:
    yield "*"
    yield from dict.fromkeys(f"{name.partition(':')[0]}:*" for name in statement.actions)
    yield from (f"{name}*" for name in statement.actions[:MAX_OF_ONE_KIND] if not name.endswith("*"))


def _wider_arns(pattern: str) -> Iterator[str]:
    if not pattern.endswith("*"):
        yield f"{pattern}*"
    parts = pattern.split(":", 5)
    if len(parts) < 6:
        return
    for at, other in ((1, "aws-cn"), (3, "ap-southeast-7"), (4, literal("999999999999"))):
        for value in (other, "*"):
            if parts[at] not in ("", "*", value):
                yield ":".join((*parts[:at], value, *parts[at + 1 :]))
    head, cut, tail = parts[5].rpartition("/") if "/" in parts[5] else parts[5].rpartition(":")
    if tail != "*":
        yield ":".join((*parts[:5], f"{head}{cut}other-{tail}"))
    yield ":".join((*parts[:5], f"{head}{cut}*"))
    kind = re.match(r"[A-Za-z-]+[/:]", parts[5])
    yield ":".join((*parts[:5], f"{kind[0] if kind else ''}*"))


def _looser(clause: Condition) -> Iterator[tuple[str, Condition]]:
    if not clause.if_exists and clause.operator != "Null":
        yield "IfExists", replace(clause, if_exists=True)
    if clause.qualifier != "ForAllValues":
        yield "ForAllValues", replace(clause, qualifier="ForAllValues")
    if clause.operator == "Null":
        return
    wild = replace(clause, operator=LOOSE.get(clause.operator, clause.operator))
    if "Like" in wild.operator or "Arn" in wild.operator:
        yield "any value", replace(wild, values=(*clause.values, "*"))
        yield "a prefix", replace(wild, values=tuple(f"{value}*" for value in clause.values))
    if "String" in clause.operator or "Arn" in clause.operator:
        yield "another value", replace(clause, values=(*clause.values, f"other-{clause.values[0]}"))
    if "Not" in clause.operator:
        for value in clause.values:
            rest = tuple(other for other in clause.values if other != value)
            yield f"not {display(value)}", replace(clause, values=rest or ("nothing-like-it",))


# --- Kubernetes ------------------------------------------------------------------------------------------------------

_VERB, _GROUP, _RESOURCE, _NAME, _SPACE = range(5)


def _kubernetes(statement: Statement) -> Iterator[tuple[str, Statement]]:
    for index, others in _kubernetes_others(statement):
        patterns = statement.scopes[index].patterns
        for other in dict.fromkeys(others):
            if other not in patterns and "*" not in patterns:
                yield f"dimension {index} {other}", _scoped(statement, index, (*patterns, other))


def _kubernetes_others(statement: Statement) -> Iterator[tuple[int, tuple[str, ...]]]:
    verbs, groups, resources, names, spaces = (scope.patterns for scope in statement.scopes)
    yield _VERB, ("*", *(verb for verb in VERBS if verb not in verbs))
    yield _GROUP, ("g:*", "g:rbac.authorization.k8s.io", "g:apps" if "g:" in groups else "g:")
    subs = (f"{name}/{sub}" for name in resources[:3] for sub in ("status", "exec") if "/" not in name)
    yield _RESOURCE, ("*", "secrets", "pods/exec", *subs, *(f"*/{r.partition('/')[2]}" for r in resources if "/" in r))
    yield _NAME, ("*", *(f"{name}2" for name in names if name not in ("*", "")))
    yield _SPACE, ("*", "kube-system", *(f"{space}2" for space in spaces if space not in ("*", "")))


# --- GitHub ----------------------------------------------------------------------------------------------------------


def _github(statement: Statement) -> Iterator[tuple[str, Statement]]:
    patterns = statement.scopes[0].patterns
    for name in _github_actions(statement):
        yield f"permission {name}", replace(statement, actions=(*statement.actions, name))
    for wider in ("*", "repository/acme/other", "repository/*"):
        yield f"on {wider}", _scoped(statement, 0, (*patterns, wider))
    for pattern in patterns:
        head, _, name = pattern.rpartition("secret/")
        if name:
            for wider in ("secret/*", f"{head}secret/*", f"{head}secret/{name}_2", f"secret/{name}", f"{pattern}*"):
                if wider != pattern:
                    yield f"reads {wider}", _scoped(statement, 0, (*patterns, wider))


def _github_actions(statement: Statement) -> Iterator[str]:
    yield "*"
    for name in statement.actions:
        scope, _, level = name.partition(":")
        if level == "read":
            yield f"{scope}:write"
        yield f"{scope}:*"
    yield from [name for name in github_actions() if name not in statement.actions][:8]
