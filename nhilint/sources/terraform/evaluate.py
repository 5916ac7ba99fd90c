"""Evaluates expressions of the syntax tree to values; knows scopes, but not how modules and resources are made.

Every rule of the language is total over unknown values: what can't be known is a symbol, a `Choice`, or `Unknown`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform import operators
from nhilint.sources.terraform.convert import key_text, to_list, truth
from nhilint.sources.terraform.functions import call_function
from nhilint.sources.terraform.iterate import Items, items_of
from nhilint.sources.terraform.shapes import shape
from nhilint.sources.terraform.typed import ListValue, SetValue, type_of
from nhilint.sources.terraform.values import Cycle, Failure, checked, describe, is_null, nfc, pure_symbol, symbol
from nhilint.sources.terraform.worlds import Failed, choice, each_option, lift

if TYPE_CHECKING:
    from nhilint.sources.terraform.scope import Scope

Expr = tuple[Any, ...]
MAX_DEPTH = 600
"""Nesting of expressions, counted through references between values."""


def evaluate(expr: Expr, scope: Scope) -> Node:
    """The value of an expression; raises `Failure` where Terraform would stop."""
    program = scope.module.program
    program.depth += 1
    try:
        if program.depth > MAX_DEPTH:
            raise Failure("the expression is nested too deeply")
        program.spend()
        handler = _HANDLERS.get(expr[0])
        if handler is None:
            raise Failure("the expression could not be read")
        return handler(expr, scope)
    finally:
        program.depth -= 1


def attempt(expr: Expr, scope: Scope) -> Node:
    """The value of an expression; where Terraform would stop, `Unknown` with the reason."""
    try:
        return evaluate(expr, scope)
    except Failure as problem:
        return _without_defaults(expr, scope, problem)


def _without_defaults(expr: Expr, scope: Scope, problem: Failure) -> Node:
    """The value of an expression that fails: Terraform refuses it, so the defaults it fails with are not in use."""
    opened = scope.opened()
    if opened.module is not scope.module and not isinstance(problem, Cycle):
        try:
            return evaluate(expr, opened)
        except Failure:
            pass
    return Unknown(source_text(expr, scope), problem.message, span_of(expr, scope))


def span_of(expr: Expr, scope: Scope) -> Span:
    """The place of an expression."""
    return scope.file.span(expr[1], expr[2])


def source_text(expr: Expr, scope: Scope) -> str:
    """The expression as written, on one line, cut when long."""
    written = " ".join(scope.file.text[expr[1] : expr[2]].split())
    return written if len(written) <= 120 else written[:117] + "…"


def _scalar(expr: Expr, scope: Scope) -> Node:
    value = expr[3]
    return Scalar(nfc(value) if isinstance(value, str) else value, scope.file.span(expr[1], expr[2]))


def _name(expr: Expr, scope: Scope) -> Node:
    name = expr[3]
    if name in scope.names:
        return scope.names[name]
    raise Failure(f"`{name}` is not defined here")


def _attr(expr: Expr, scope: Scope) -> Node:
    inner, name = expr[3], expr[4]
    span = scope.file.span(expr[1], expr[2])
    if inner[0] == "name" and inner[3] not in scope.names:
        return scope.module.reference(inner[3], name, scope, span)
    if inner[0] == "attr" and inner[3][0] == "name":
        # `resource.TYPE.NAME` is the long form of `TYPE.NAME`, as `data.TYPE.NAME` is the only one.
        mode = inner[3][3]
        if mode in ("data", "resource", "ephemeral") and mode not in scope.names:
            return scope.module.resource_value(mode, inner[4], name, span)
    return operators.attribute(evaluate(inner, scope), name, span)


def _index(expr: Expr, scope: Scope) -> Node:
    value = evaluate(expr[3], scope)
    return operators.index(value, evaluate(expr[4], scope), scope.file.span(expr[1], expr[2]))


def _splat(expr: Expr, scope: Scope) -> Node:
    span = scope.file.span(expr[1], expr[2])
    return lift(lambda args: _splat_one(args[0], expr[4], scope, span), [evaluate(expr[3], scope)], span)


def _splat_one(value: Node, ops: tuple[Any, ...], scope: Scope, span: Span) -> Node:
    if is_null(value):
        if type_of(value).kind in ("list", "set", "tuple"):
            raise Failure("null has no elements")
        return Sequence((), span)
    if isinstance(value, Unknown) or pure_symbol(value):
        name = value.expression if isinstance(value, Unknown) else pure_symbol(value)
        item = _follow(symbol(f"{name}[*]", span), ops, scope, span)
        return Sequence((item,), span, name)
    if not isinstance(value, Sequence):
        if isinstance(value, Map) and value.open and not value.entries:
            return Sequence((), span, value.open)
        return Sequence((_follow(value, ops, scope, span),), span)
    found = items_of(value)
    items = tuple(_follow(item, ops, scope, span) for _, item in found.pairs)
    if isinstance(value, (ListValue, SetValue)) and not value.open:
        if ops and not items and value.element.kind in ("string", "number", "bool") and ops[0][0] != "splat":
            raise Failure("the elements would have no parts")
        if not ops:
            return ListValue(items, span, "", value.element)
        return to_list(Sequence(items, span))
    return Sequence(items, span, found.open)


def _follow(value: Node, ops: tuple[Any, ...], scope: Scope, span: Span) -> Node:
    for op in ops:
        if op[0] == "attr":
            value = operators.attribute(value, op[1], span)
        elif op[0] in ("splat", "asplat"):
            value = each_option(partial(_splat_one, ops=op[1], scope=scope, span=span), value)
        else:
            value = operators.index(value, evaluate(op[1], scope), span)
    return value


def _call(expr: Expr, scope: Scope) -> Node:
    return call_function(expr[3], expr[4], expr[5], scope, scope.file.span(expr[1], expr[2]), evaluate)


def _list(expr: Expr, scope: Scope) -> Node:
    return Sequence(tuple(_member(item, scope) for item in expr[3]), scope.file.span(expr[1], expr[2]))


def _member(expr: Expr, scope: Scope) -> Node:
    """An element of a literal: where it fails, the rest of the literal is still worth knowing."""
    try:
        return evaluate(expr, scope)
    except Cycle:
        raise
    except Failure as problem:
        if scope.module.program.strict:
            raise
        return _without_defaults(expr, scope, problem)


def _object(expr: Expr, scope: Scope) -> Node:
    span = scope.file.span(expr[1], expr[2])
    entries: dict[str, Node] = {}
    opened: list[str] = []
    for key, value in expr[3]:
        if key[0] == "str":
            entries[key[3]] = _member(value, scope)
            continue
        name = evaluate(key, scope)
        if isinstance(name, (Choice, Unknown)) and not isinstance(name, Unknown):
            opened.append(describe(name))
            for option in name.options:
                if isinstance(option, Failed):
                    continue
                entries[key_text(option)] = evaluate(value, scope)
            continue
        entries[key_text(name)] = _member(value, scope)
    return Map(entries, span, ", ".join(opened))


def _conditional(expr: Expr, scope: Scope) -> Node:
    span = scope.file.span(expr[1], expr[2])
    return lift(lambda args: _branch(args[0], expr, scope, span), [evaluate(expr[3], scope)], span)


def _branch(condition: Node, expr: Expr, scope: Scope, span: Span) -> Node:
    outcome = truth(condition)
    if outcome is not None:
        taken, other = (expr[4], expr[5]) if outcome else (expr[5], expr[4])
        return _converted(evaluate(taken, scope), other, scope)
    options: list[Node | None] = []
    failure: Failure | None = None
    program = scope.module.program
    program.strict += 1
    for branch in (expr[4], expr[5]):
        try:
            options.append(evaluate(branch, scope))
        except Cycle:
            program.strict -= 1
            raise
        except Failure as problem:
            failure = problem
            options.append(None)
    program.strict -= 1
    possible = [option for option in options if option is not None]
    if not possible:
        raise failure or Failure("neither branch has a value")
    if len(possible) == 1:
        return possible[0]
    name, negated = operators.decide(condition)
    return choice(reversed(possible) if negated else possible, name, span)


def _converted(value: Node, other: Expr, scope: Scope) -> Node:
    """The taken branch in the type that both branches have: a number beside a string becomes a string.

    Where Terraform finds no such type it stops; that matters only inside `try` and `can`.
    """
    strict = scope.module.program.strict > 0
    if not strict and (isinstance(value, (Text, Encoded, Unknown)) or (isinstance(value, Scalar) and _textual(value))):
        return value
    beside = shape(other, scope, evaluate)
    if beside is None:
        return value
    try:
        return operators.agreed(value, beside)
    except Failure:
        if strict:
            raise
        return value


def _textual(value: Scalar) -> bool:
    return value.value is None or isinstance(value.value, str)


def _unary(expr: Expr, scope: Scope) -> Node:
    return operators.unary(expr[3], evaluate(expr[4], scope), scope.file.span(expr[1], expr[2]))


def _binary(expr: Expr, scope: Scope) -> Node:
    left = evaluate(expr[4], scope)
    try:
        right = evaluate(expr[5], scope)
    except Cycle:
        raise
    except Failure:
        # Later versions of Terraform do not evaluate the right side when the left one decides.
        if expr[3] in ("&&", "||") and truth_or_none(left) is (expr[3] == "||"):
            return left
        raise
    return operators.binary(expr[3], left, right, scope.file.span(expr[1], expr[2]))


def truth_or_none(value: Node) -> bool | None:
    """A condition's outcome; None when it is unknown or hangs on a choice."""
    return None if isinstance(value, (Choice, Unknown)) else truth(value)


def _for_list(expr: Expr, scope: Scope) -> Node:
    _, start, end, key, val, coll, body, cond = expr
    span = scope.file.span(start, end)

    def run(args: list[Node]) -> Node:
        found = items_of(args[0])
        items: list[Node] = []
        for inner, unsure in _bound(found, key, val, cond, scope):
            item = evaluate(body, inner)
            if unsure:
                item = choice((item, Scalar(None, span)), unsure, span)
            items.append(item)
        return checked(Sequence(tuple(items), span, found.open))

    return lift(run, [evaluate(coll, scope)], span)


def _bound(found: Items, key: str | None, val: str, cond: Expr | None, scope: Scope) -> list[tuple[Scope, str]]:
    """The scopes of the elements that stay, each with the unknown condition it hangs on."""
    kept: list[tuple[Scope, str]] = []
    if cond is not None and not found.pairs and scope.module.program.strict:
        # Terraform tries the condition once with unknown names, before there is an element.
        nothing = Unknown(val, "there is no element", scope.file.span(cond[1], cond[2]))
        evaluate(cond, scope.bind({val: nothing} if key is None else {key: nothing, val: nothing}))
    for name, value in found.pairs:
        inner = scope.bind({val: value} if key is None else {key: name, val: value})
        unsure = ""
        if cond is not None:
            condition = evaluate(cond, inner)
            outcome = truth_or_none(condition)
            if outcome is False:
                continue
            unsure = describe(condition) if outcome is None else ""
        kept.append((inner, unsure))
    return kept


def _for_object(expr: Expr, scope: Scope) -> Node:
    _, start, end, key, val, coll, key_expr, val_expr, cond, grouping = expr
    span = scope.file.span(start, end)

    def run(args: list[Node]) -> Node:
        found = items_of(args[0])
        entries: dict[str, Node] = {}
        groups: dict[str, list[Node]] = {}
        opened = found.open
        for inner, unsure in _bound(found, key, val, cond, scope):
            name = evaluate(key_expr, inner)
            if isinstance(name, Choice):
                opened = opened or describe(name)
                names = [
                    key_text(option) for option in name.options if not (is_null(option) or isinstance(option, Failed))
                ]
            else:
                names = [key_text(name)]
            value = evaluate(val_expr, inner)
            if unsure:
                value = choice((value, Scalar(None, span)), unsure, span)
            for text_key in names:
                if grouping:
                    groups.setdefault(text_key, []).append(value)
                elif text_key in entries and not opened:
                    raise Failure(f"two different items have the key `{text_key}`")
                else:
                    entries[text_key] = value
        for name_key, values in groups.items():
            entries[name_key] = Sequence(tuple(values), span)
        return checked(Map(dict(sorted(entries.items())), span, opened))

    return lift(run, [evaluate(coll, scope)], span)


def _template(expr: Expr, scope: Scope) -> Node:
    from nhilint.sources.terraform.templates import render

    span = scope.file.span(expr[1], expr[2])
    parts = expr[3]
    if len(parts) == 1 and not expr[4] and not isinstance(parts[0], str) and parts[0][0] not in ("tif", "tfor"):
        return evaluate(parts[0], scope)
    return render(parts, scope, span, evaluate)


def _bad(expr: Expr, scope: Scope) -> Node:
    raise Failure(expr[3])


def _in_file(expr: Expr, scope: Scope) -> Node:
    """An expression that an override file put into a block of another file."""
    inner = scope.bind({})
    inner.file = expr[3]
    return evaluate(expr[4], inner)


_HANDLERS: dict[str, Callable[[Expr, Scope], Node]] = {
    "str": _scalar,
    "lit": _scalar,
    "tmpl": _template,
    "name": _name,
    "attr": _attr,
    "index": _index,
    "splat": _splat,
    "asplat": _splat,
    "call": _call,
    "list": _list,
    "obj": _object,
    "forlist": _for_list,
    "forobj": _for_object,
    "cond": _conditional,
    "un": _unary,
    "bin": _binary,
    "in": _in_file,
    "bad": _bad,
}
