"""Reads a policy document into statements of the algebra; knows the grammar of IAM policies and nothing of Terraform.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. Element names are
case-sensitive; action prefixes and names and condition keys are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Literal, NamedTuple

from nhilint.algebra.values import SYMBOL_OPEN, Scope, Statement, display, exclusive, literal
from nhilint.data.aws import action
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved, Via
from nhilint.model.jsontext import parse_json
from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text, Unknown, assume, decided, undecided
from nhilint.model.span import Span
from nhilint.model.texts import fold
from nhilint.platforms.aws.conditions import read_conditions
from nhilint.platforms.aws.text import Piece, common, pieces, text_of, without
from nhilint.platforms.aws.words import inert_actions

Attached = Literal["identity", "trust", "resource"]

_VERSIONS = ("2012-10-17", "2008-10-17")
_ELEMENTS = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}
)
_ACCOUNT = re.compile(r"\d{12}")
_WHOLE = ("NotAction", "NotResource", "NotPrincipal", "Condition")
"""Elements of which all values count together: each way that they may be is a statement of its own."""
_MAX_WORLDS = 16
_EVERYTHING = Piece("*", Span("", 0), (), "")


def read_policy(
    node: Node, *, attached_to: Attached, grant: str
) -> tuple[tuple[Statement, ...], tuple[Unresolved, ...]]:
    """The statements of a policy document, and what of it could not be read.

    Dimensions: `identity` → (resource), `trust` → (principal), `resource` → (principal, resource). Never raises.
    """
    reader = _Reader(attached_to, grant)
    reader.document(node, ())
    return tuple(reader.statements), tuple(reader.unresolved)


@dataclass(slots=True)
class _Reader:
    attached_to: Attached
    grant: str
    statements: list[Statement] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    variables: bool = False

    def unread(self, what: str, why: str, span: Span, cause: str = "unknown-value") -> None:
        self.unresolved.append(Unresolved(what=what, why=why, span=span, cause=cause))

    def document(self, node: Node, may: tuple[str, ...]) -> None:
        match node:
            case Encoded(node=inner):
                self.document(inner, may)
            case Choice():
                self.cases(node, may, self.document)
            case Scalar(value=None) | Scalar(value=""):
                pass
            case Unknown():
                self.unread("a policy document", node.reason or f"`{node.expression}` is not known", node.span)
            case Text() if len(node.parts) == 1:
                self.unread("a policy document", f"`{_expression(node)}` is not known", node.span)
            case Scalar(value=str()) | Text():
                try:
                    inner = parse_json(node)
                except NhilintError as error:
                    self.unread("a policy document", error.message, error.span or node.span, "syntax")
                else:
                    if isinstance(inner, Scalar):
                        self.unread("a policy document", "it is not an object", node.span, "syntax")
                    else:
                        self.document(inner, may)
            case Map():
                self.policy(node, may)
            case Scalar() | Sequence():
                self.unread("a policy document", "it is not an object", node.span, "syntax")

    def cases(self, node: Choice, may: tuple[str, ...], read: Callable[[Node, tuple[str, ...]], None]) -> None:
        """Reads each option under the reason for it; a statement that all of them have stands without."""
        before, found = self.statements, []
        for index, option in enumerate(node.options):
            self.statements = []
            read(option, (*may, node.case(index)))
            found.append(self.statements)
        self.statements = before
        self.statements.extend(common(found, lambda s: replace(s, may=without(s.may, len(may)))))

    def policy(self, policy: Map, may: tuple[str, ...]) -> None:
        version = policy.get("Version")
        text = text_of(version) if version is not None else "2008-10-17"
        doubt = "" if text in _VERSIONS else f"unknown policy version `{display(text)}`"
        if doubt:
            self.unread("a policy document", doubt, (version or policy).span, "syntax")
        self.variables = text == "2012-10-17"
        for name, node in policy.entries.items():
            if name not in ("Version", "Id", "Statement"):
                self.unread("a policy document", f"unknown element `{name}`", node.span, "syntax")
        if policy.open:
            self.unread("a policy document", f"parts of it are not known: {policy.open}", policy.span)
        statements = policy.get("Statement")
        if statements is None:
            self.unread("a policy document", "it has no `Statement`", policy.span, "syntax")
        else:
            self.rows(statements, may, doubt)

    def rows(self, node: Node, may: tuple[str, ...], doubt: str) -> None:
        match node:
            case Sequence():
                for item in node.items:
                    self.rows(item, may, doubt)
                if node.open:
                    self.unread("statements of a policy", f"there may be more: {node.open}", node.span)
            case Choice():
                self.cases(node, may, lambda option, reasons: self.rows(option, reasons, doubt))
            case Map():
                self.statement(node, may, doubt)
            case Scalar(value=None):
                pass
            case Unknown():
                self.unread("a statement", node.reason or f"`{node.expression}` is not known", node.span)
            case _:
                self.unread("a statement", "it is not an object", node.span, "syntax")

    def statement(self, node: Map, may: tuple[str, ...], doubt: str) -> None:
        """One statement; where what it leaves out or asks for is undecided, one for each way that it may be."""
        open_questions = undecided(
            Map({name: node.entries[name] for name in _WHOLE if name in node.entries}, node.span)
        )
        if not open_questions or math.prod(map(len, open_questions.values())) > _MAX_WORLDS:
            self.settled(node, may, doubt)
            return
        condition, keys = next(iter(open_questions.items()))
        before, found = self.statements, []
        for key in keys:
            self.statements = []
            inner = assume(node, condition, key)
            assert isinstance(inner, Map)
            self.statement(inner, (*may, decided(condition, key)), doubt)
            found.append(self.statements)
        self.statements = before
        self.statements.extend(common(found, lambda s: replace(s, may=without(s.may, len(may)))))

    def settled(self, node: Map, may: tuple[str, ...], doubt: str) -> None:
        label = text_of(node.get("Sid"))
        what = f"statement `{label}`" if label else "a statement"
        for name, value in node.entries.items():
            if name not in _ELEMENTS:
                known = next((e for e in _ELEMENTS if e.lower() == name.lower()), "")
                help = f"; element names are case-sensitive, it is `{known}`" if known else ""
                doubt = doubt or f"unknown element `{name}`{help}"
                self.unread(what, f"unknown element `{name}`{help}", value.span, "syntax")
        if isinstance(node.get("Effect"), Sequence):
            self.unread(what, "its effect is a list, which AWS refuses", node.span, "syntax")
            return
        effects = list(pieces(node.get("Effect")))
        wrong = next((piece for piece in effects if piece.pattern not in ("Allow", "Deny")), None)
        if not effects or wrong is not None:
            text = wrong.pattern if wrong else ""
            why = f"its effect is `{display(text)}`" if text else "its effect is missing or not known"
            self.unread(what, why, node.span, "syntax" if text else "unknown-value")
            return
        actions, negated = self.either(node, "Action", what)
        scopes = self.scopes(node, what)
        conditions, condition_doubt, strange = read_conditions(node.get("Condition"), self.variables)
        if condition_doubt:
            self.unread(f"the condition of {what}", condition_doubt, (node.get("Condition") or node).span)
        for operator in strange:
            why = f"unknown condition operator `{display(operator)}`"
            self.unread(f"the condition of {what}", why, (node.get("Condition") or node).span, "unknown-operator")
        if actions is None or scopes is None:
            return
        first, *others = effects
        base = Statement(
            effect="allow" if first.pattern == "Allow" else "deny",
            actions=(),
            actions_negated=negated,
            scopes=(),
            conditions=conditions,
            may=tuple(dict.fromkeys((*may, *first.may))),
            undecided=doubt or condition_doubt,
            origin=Via(grant=self.grant, span=node.span, label=label),
        )
        for statement in _with_choices(base, actions, scopes):
            self.statements.extend(_without_inert(statement))
            # An effect that is not decided is both, each under its own condition.
            for other in others:
                effect: Literal["allow", "deny"] = "allow" if other.pattern == "Allow" else "deny"
                self.statements.append(replace(statement, effect=effect, may=(*may, *other.may)))

    def either(self, node: Map, element: str, what: str) -> tuple[list[Piece] | None, bool]:
        """The readable pieces of `Element` or `NotElement`; None when nothing of it is readable."""
        negated = f"Not{element}" in node.entries
        value = node.get(f"Not{element}" if negated else element)
        if value is None:
            self.unread(what, f"it has no `{element}`", node.span, "syntax")
            return None, False
        if negated and element in node.entries:
            why = f"it has both `{element}` and `Not{element}`, which AWS refuses"
            self.unread(what, why, node.span, "syntax")
            return None, True
        for why in dict.fromkeys(_refused(value)):
            self.unread(f"`{element}` of {what}", f"it holds {why}, which AWS refuses", value.span, "syntax")
        found = list(pieces(value, variables=self.variables and element == "Resource"))
        if isinstance(value, Scalar) and value.value is None:
            self.unread(f"`{element}` of {what}", "it is null", value.span)
            return None, False
        for piece in found:
            if piece.problem:
                self.unread(f"`{element}` of {what}", piece.problem, piece.span)
            elif element == "Action" and SYMBOL_OPEN in piece.pattern:
                why = f"`{display(piece.pattern)}` is not known, so what it allows is not judged"
                self.unread(f"`{element}` of {what}", why, piece.span)
        # Without one of its exceptions a negated list would say more than the author wrote: it is not judged then.
        if negated and any(piece.problem or piece.may for piece in found):
            self.unread(f"`Not{element}` of {what}", "it hangs on too much that is not known", value.span)
            return None, True
        good = [piece for piece in found if not piece.problem]
        if element == "Resource" and any(not piece.pattern for piece in good):
            # An empty resource names nothing; written alone it is a mistake that grants nothing.
            good = [piece for piece in good if piece.pattern]
            if not good:
                self.unread(
                    f"`{element}` of {what}", "it is empty, so the statement grants nothing", value.span, "syntax"
                )
        return (good or None) if found else [], negated

    def scopes(self, node: Map, what: str) -> tuple[_Axis, ...] | None:
        principal = self.principal(node, what) if self.attached_to != "identity" else None
        if self.attached_to == "trust":
            return None if principal is None else (principal,)
        if self.attached_to == "resource" and not {"Resource", "NotResource"} & node.entries.keys():
            # Some resource types (ECR repositories) leave the resource out: it is the one the policy is attached to.
            return None if principal is None else (principal, _Axis([_EVERYTHING], False))
        found, negated = self.either(node, "Resource", what)
        if found is None:
            return None
        resource = _Axis(found, negated)
        if self.attached_to == "identity":
            return (resource,)
        return None if principal is None else (principal, resource)

    def principal(self, node: Map, what: str) -> _Axis | None:
        negated = "NotPrincipal" in node.entries
        value = node.get("NotPrincipal" if negated else "Principal")
        if value is None:
            self.unread(what, "it has no `Principal`", node.span, "syntax")
            return None
        if negated and "Principal" in node.entries:
            why = "it has both `Principal` and `NotPrincipal`, which AWS refuses"
            self.unread(what, why, node.span, "syntax")
            return None
        found: list[Piece] = []
        broken = False
        for kind, piece in _principals(value):
            if piece.problem:
                broken = True
                self.unread(f"`Principal` of {what}", piece.problem, piece.span)
            else:
                found.append(piece._replace(pattern=_principal(kind, piece.pattern)))
        if negated and any(piece.may for piece in found):
            self.unread(f"`NotPrincipal` of {what}", "it hangs on too much that is not known", value.span)
            return None
        if (broken and negated) or (broken and not found):
            return None
        return _Axis(found, negated)


def _refused(value: Node) -> Iterator[str]:
    """What stands among actions or resources and is no string."""
    for item in value.items if isinstance(value, Sequence) else (value,):
        match item:
            case Scalar(value=None) if isinstance(value, Sequence):
                yield "`null`"
            case Scalar(value=bool()):
                yield "a truth value"
            case Scalar(value=int() | float()):
                yield "a number"
            case Sequence() if isinstance(value, Sequence):
                yield "a list in the list"


def _unknown(actions: list[Piece]) -> tuple[tuple[str, str], ...]:
    """The actions that the data does not know, with the author's spelling."""
    return tuple(
        (folded, piece.pattern)
        for piece in actions
        if "*" not in piece.pattern and "?" not in piece.pattern and action(folded := fold(piece.pattern)) is None
    )


class _Axis(NamedTuple):
    """What one element of a statement names."""

    pieces: list[Piece]
    negated: bool

    def scope(self, chosen: Iterable[Piece]) -> Scope:
        """The scope of some of the pieces."""
        return Scope(patterns=tuple(dict.fromkeys(piece.pattern for piece in chosen)), negated=self.negated)


def _with_choices(base: Statement, actions: list[Piece], axes: tuple[_Axis, ...]) -> Iterator[Statement]:
    """The statement with what it certainly names, and one for each group of names that may be there together."""
    grouped = [_groups(actions), *(_groups(axis.pieces) for axis in axes)]
    for (reasons, named), *rest in product(*grouped):
        may = tuple(dict.fromkeys((*base.may, *reasons, *(reason for other, _ in rest for reason in other))))
        if exclusive(may):
            continue
        assert isinstance(base.origin, Via)
        yield replace(
            base,
            actions=tuple(fold(piece.pattern) for piece in named),
            scopes=tuple(axis.scope(chosen) for axis, (_, chosen) in zip(axes, rest, strict=True)),
            may=may,
            origin=replace(base.origin, written=_unknown(named)),
        )


def _groups(found: list[Piece]) -> list[tuple[tuple[str, ...], list[Piece]]]:
    """Pieces by the reasons why they may be absent; an element without any is one empty group."""
    groups: dict[tuple[str, ...], list[Piece]] = {}
    for piece in found:
        groups.setdefault(piece.may, []).append(piece)
    return list(groups.items()) or [((), [])]


def _without_inert(statement: Statement) -> Iterator[Statement]:
    """The statement in at most two: actions that work on some of its resources, and those that work on none.

    A grant of an action on resources that it does not work on gives nothing; an action without resource-level
    permissions is requested on `*`. The second statement keeps them visible (they are shown as inert) without mixing
    them with what is really granted.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    resource = statement.scopes[-1]
    certain = statement.effect == "allow" and not statement.actions_negated and not resource.negated
    dead = inert_actions(resource.patterns, statement.actions) if certain else ()
    live = tuple(action for action in statement.actions if action not in dead)
    if not dead:
        yield statement
        return
    if live:
        yield replace(statement, actions=live)
    yield replace(statement, actions=dead)


def _principals(value: Node) -> Iterator[tuple[str, Piece]]:
    match value:
        case Map():
            for kind, inner in value.entries.items():
                for piece in pieces(inner):
                    yield kind, piece
            if value.open:
                yield "", Piece("", value.span, (), f"there may be more principals: {value.open}")
        case Choice():
            options = [
                [(kind, piece._replace(may=(value.case(i), *piece.may))) for kind, piece in _principals(option)]
                for i, option in enumerate(value.options)
            ]
            yield from common(options, lambda one: (one[0], one[1]._replace(span=value.span, may=one[1].may[1:])))
        case _:
            for piece in pieces(value):
                yield "AWS", piece


def _principal(kind: str, name: str) -> str:
    """`AWS:arn…`, `Service:…`, `Federated:…`; an account number is its root; `*` is everybody."""
    if name == "*":
        return "*"
    if kind == "AWS" and _ACCOUNT.fullmatch(name):
        name = f"arn:aws:iam::{name}:root"
    return f"{kind}:{literal(name)}"


def _expression(node: Text) -> str:
    return "".join(part if isinstance(part, str) else part.name for part in node.parts)
