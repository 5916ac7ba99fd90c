"""Small wrong changes to one module's source, one at a time, as compiled code; knows no tests."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Lt: (ast.LtE,), ast.LtE: (ast.Lt,), ast.Gt: (ast.GtE,),
    ast.GtE: (ast.Gt,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "reversed": "list"}
_METHODS = {
    "startswith": "endswith", "endswith": "startswith", "find": "rfind", "partition": "rpartition",
    "rpartition": "partition", "removeprefix": "removesuffix", "removesuffix": "removeprefix", "pop": "copy",
}  # fmt: skip
_DROPPED = ("lower", "upper", "casefold", "swapcase", "lstrip", "strip")
_SILENT = ("annotation", "returns", "decorator_list", "type_params")
"""Fields whose text decides nothing at run time, or nothing that is ours."""
_SAID = ("text", "says", "why", "strict")
"""Arguments that are words for people, or only assert that two things are as long as each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change."""

    function: str
    """Qualified name of the function it is in; empty: it is in what the module does when it is imported."""
    statement: int
    """Line of the innermost statement around it."""
    line: int
    column: int
    kind: str
    was: str
    now: str
    code: CodeType = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """What it changes; the same for the same change in two places of a function."""
        return f"{self.function or '(module)'}: {self.kind}: {self.was} -> {self.now}"


def mutants(source: str, path: str) -> Iterator[Mutant]:
    """Every mutant of the module, in the order of its text."""
    tree = ast.parse(source)
    for place in _places(tree, "", 0):
        original = place.get()
        for kind, new in _changes(original, place):
            place.set(ast.fix_missing_locations(ast.copy_location(new, original)))
            try:
                code = compile(tree, path, "exec")
            except (SyntaxError, ValueError, TypeError):
                continue
            finally:
                place.set(original)
            yield Mutant(
                function=place.function,
                statement=place.statement,
                line=original.lineno,
                column=original.col_offset,
                kind=kind,
                was=_short(original),
                now=_short(new),
                code=code,
            )


def probed(source: str) -> ast.Module:
    """The module with `__hits__[line] = 1` before every statement of its functions."""
    tree = ast.parse(source)
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        for node in [function, *(n for statement in function.body for n in ast.walk(statement))]:
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and (node is function or not isinstance(node, ast.FunctionDef)):
                    marked = (part for statement in block for part in (*_mark(statement), statement))
                    setattr(node, name, list(marked))
    return ast.fix_missing_locations(tree)


def _mark(statement: ast.stmt) -> list[ast.stmt]:
    mark = ast.parse(f"__hits__[{statement.lineno}] = 1").body[0]
    return [ast.copy_location(mark, statement)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a node hangs."""

    parent: ast.AST
    name: str
    index: int | None
    function: str
    statement: int
    boolean: bool
    """The function around it promises a bool."""

    def get(self) -> ast.AST:
        value = getattr(self.parent, self.name)
        return value if self.index is None else value[self.index]

    def set(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.index] = node


def _places(
    parent: ast.AST, function: str, statement: int, boolean: bool = False, prefix: str = ""
) -> Iterator[_Place]:
    for name, value in ast.iter_fields(parent):
        if name in _SILENT or (isinstance(parent, ast.keyword) and parent.arg in _SAID):
            continue
        inside = isinstance(parent, ast.FunctionDef) and name == "body"
        own = f"{prefix}{parent.name}" if inside and not function else function
        promises = ast.unparse(parent.returns) == "bool" if inside and parent.returns else boolean
        for index, node in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(node, ast.AST) or _is_silent(node):
                continue
            at = node.lineno if isinstance(node, ast.stmt) else statement
            if hasattr(node, "lineno") and not isinstance(parent, ast.JoinedStr):
                yield _Place(parent=parent, name=name, index=index, function=own, statement=at, boolean=promises)
            below = f"{prefix}{node.name}." if isinstance(node, ast.ClassDef) else prefix
            yield from _places(node, own, at, promises, below)


def _is_silent(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.Import() | ast.ImportFrom() | ast.Assert():
            return not isinstance(node, ast.Raise)
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]) | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(int())) if name.isupper():
            return True  # a limit: one more or one less of it is as good
        case ast.Assign(targets=[ast.Name(id=name)]) if name.lstrip("_").istitle():
            return True  # the name of a type
        case ast.Call(func=ast.Name(id="cast" | "TypeVar" | "NewType")):
            return True
    return False


def _changes(node: ast.AST, place: _Place) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare():
            for i, operator in enumerate(node.ops):
                for other in _COMPARE[type(operator)]:
                    yield "comparison", _with(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])
            for i, side in enumerate(node.comparators):
                if isinstance(side, ast.Tuple | ast.List) and isinstance(node.ops[i], ast.In | ast.NotIn):
                    for less in _without(side, "elts"):
                        yield (
                            "element",
                            _with(node, comparators=[*node.comparators[:i], less, *node.comparators[i + 1 :]]),
                        )
        case ast.BoolOp():
            for i in range(len(node.values)):
                rest = node.values[:i] + node.values[i + 1 :]
                yield "operand", rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield "sign", node.operand
        case ast.BinOp():
            yield "operand", node.left
            yield "operand", node.right
            if isinstance(node.op, ast.BitAnd | ast.BitOr):
                yield "operator", _with(node, op=ast.BitOr() if isinstance(node.op, ast.BitAnd) else ast.BitAnd())
        case ast.If() | ast.IfExp():
            for truth in (True, False):
                if not isinstance(node.test, ast.Constant):
                    yield "branch", _with(node, test=ast.Constant(truth))
        case ast.While():
            yield "branch", _with(node, test=ast.Constant(False))
        case ast.For():
            yield "loop", _with(node, iter=ast.Tuple([], ast.Load()))
        case ast.Match():
            yield from (("case", less) for less in _without(node, "cases"))
        case ast.ExceptHandler():
            yield "handler", _with(node, body=[ast.Raise()])
            if isinstance(node.type, ast.Tuple):
                yield from (("element", _with(node, type=less)) for less in _without(node.type, "elts"))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            for i, part in enumerate(node.generators):
                for less in _without(part, "ifs", least=0):
                    yield "filter", _with(node, generators=[*node.generators[:i], less, *node.generators[i + 1 :]])
        case ast.Constant():
            yield from _constants(node, place)
        case ast.Return() if node.value is not None and not isinstance(node.value, ast.Constant):
            for value in (True, False) if place.boolean else (None,):
                yield "return", _with(node, value=ast.Constant(value))
        case ast.Expr() | ast.AugAssign() | ast.Delete() | ast.Raise() | ast.Break() | ast.Continue():
            yield "statement", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) if place.function:
            yield "statement", ast.Pass()
        case ast.Call():
            yield from _calls(node)
        case ast.Slice():
            for name in ("lower", "upper", "step"):
                if getattr(node, name) is not None:
                    yield "slice", _with(node, **{name: None})
        case ast.Set():
            yield from (("element", less) for less in _without(node, "elts"))
        case ast.Tuple() | ast.List() if any(isinstance(element, ast.Starred) for element in node.elts):
            yield from (("element", less) for less in _without(node, "elts"))
        case ast.Dict() if not place.function:
            for i in range(len(node.keys)):
                yield (
                    "entry",
                    _with(node, keys=node.keys[:i] + node.keys[i + 1 :], values=node.values[:i] + node.values[i + 1 :]),
                )


def _constants(node: ast.Constant, place: _Place) -> Iterator[tuple[str, ast.AST]]:
    match node.value:
        case bool():
            yield "constant", ast.Constant(not node.value)
        case int():
            yield "constant", ast.Constant(node.value + 1)
            yield "constant", ast.Constant(node.value - 1)
        case str() if " " not in node.value.strip() and not isinstance(place.parent, ast.JoinedStr):
            yield "constant", ast.Constant(node.value + "~")


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    match node.func:
        case ast.Name(id=name) if name in _NAMES:
            other = _with(node, func=ast.Name(_NAMES[name], ast.Load()))
            yield "call", _with(other, keywords=[]) if _NAMES[name] == "list" else other
        case ast.Attribute(attr=name) if name in _METHODS:
            yield "call", _with(node, func=_with(node.func, attr=_METHODS[name]))
        case ast.Attribute(attr=name) if name in _DROPPED and not node.args:
            yield "call", node.func.value
    for at, less in enumerate(_without(node, "keywords", least=0)):
        if node.keywords[at].arg not in _SAID:
            yield "argument", less


def _without(node: ast.AST, name: str, least: int = 1) -> Iterator[ast.AST]:
    """The node with one of a list of children less, as long as `least` are left."""
    children = getattr(node, name)
    if len(children) > least:
        for i in range(len(children)):
            yield _with(node, **{name: children[:i] + children[i + 1 :]})


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _short(node: ast.AST) -> str:
    if isinstance(node, ast.Pass):
        return "(removed)"
    text = ast.unparse(node)
    # Of a compound statement its first line: the rest stays as it is.
    text = text.partition("\n")[0] if isinstance(node, ast.If | ast.For | ast.While) else " ".join(text.split())
    return text if len(text) <= 110 else text[:107] + "..."
