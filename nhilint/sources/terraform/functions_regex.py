"""`regex`, `regexall`, and `replace` with a pattern."""

from __future__ import annotations

from collections.abc import Callable

from nhilint.algebra.regex_match import Program, Slots, compiled, every, group_text, replaced
from nhilint.algebra.regex_syntax import InvalidPattern, UnknownPattern
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.span import Span
from nhilint.sources.terraform.registry import Call, Function, Table
from nhilint.sources.terraform.typed import STRING, ListValue, NullOf, Type, object_of
from nhilint.sources.terraform.values import Failure, nfc


def substitute(call: Call, args: list[Node], pattern: str, replacement: str, subject: str) -> Node:
    """The subject with every match of the pattern replaced."""
    return _guarded(call, args, lambda: Scalar(nfc(replaced(compiled(pattern), subject, replacement)), args[0].span))


def _guarded(call: Call, args: list[Node], compute: Callable[[], Node]) -> Node:
    """The result; a pattern that RE2 refuses is a failure, one that nhilint can not follow makes it unknown."""
    try:
        return compute()
    except InvalidPattern as problem:
        raise Failure(f"`{call.name}`: {problem}") from None
    except UnknownPattern as problem:
        return call.unknown(args, "list" if call.name == "regexall" else "any", str(problem))


def _result_type(program: Program) -> Type:
    groups = program.pattern.groups
    if not groups:
        return STRING
    if all(groups):
        return object_of(dict.fromkeys(groups, STRING))
    if any(groups):
        raise InvalidPattern("named and unnamed groups can not be mixed")
    return Type("tuple", items=(STRING,) * len(groups))


def _result(program: Program, subject: str, match: Slots, span: Span) -> Node:
    def part(name: str) -> Node:
        found = group_text(program, subject, match, name)
        return NullOf(None, span, STRING) if found is None else Scalar(nfc(found), span)

    groups = program.pattern.groups
    if not groups:
        return part("0")
    if groups[0]:
        return Map({name: part(name) for name in sorted(groups)}, span)
    return Sequence(tuple(part(str(number + 1)) for number in range(len(groups))), span)


def _regex(call: Call, args: list[Node]) -> Node:
    pattern, subject = args
    if not isinstance(pattern, Scalar) or not isinstance(subject, Scalar):
        return call.unknown(args, "list" if call.name == "regexall" else "string")
    span = subject.span

    def compute() -> Node:
        program = compiled(str(pattern.value))
        kind = _result_type(program)
        matches = every(program, str(subject.value))
        if call.name == "regexall":
            items = tuple(_result(program, str(subject.value), match, span) for match in matches)
            return ListValue(items, call.span, "", kind)
        if not matches:
            raise Failure("the regular expression does not match")
        return _result(program, str(subject.value), matches[0], span)

    return _guarded(call, args, compute)


FUNCTIONS: Table = {"regex": Function(_regex), "regexall": Function(_regex)}
