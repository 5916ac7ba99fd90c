"""Reads `*.tf.json` and `*.tfvars.json` into the same syntax tree as HCL, with places; evaluates nothing.

JSON does not say what is a nested block and what an attribute, and providers' schemas are not at hand: inside resources
an object, or a list of objects, is a block unless its name is one of the well-known map attributes.
https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from typing import Any

from nhilint.sources.terraform.arithmetic import literal
from nhilint.sources.terraform.syntax import Attribute, Block, Body, SourceFile, SyntaxProblem

Expr = tuple[Any, ...]
MAX_DEPTH = 200
MAX_PROBLEMS = 100
Problems = list[SyntaxProblem]
LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "provider": 1, "variable": 1, "output": 1, "check": 1}
PLAIN = frozenset({"locals", "variable", "output", "module", "moved", "removed", "import", "terraform"})
"""Blocks in which every property is an attribute."""
MAPS = frozenset(
    {
        "tags", "tags_all", "tags_as_map", "volume_tags", "labels", "annotations", "match_labels", "triggers",
        "keepers",
        "parameters", "variables", "data", "string_data", "binary_data", "request_parameters", "response_parameters",
        "for_each", "providers", "node_selector", "default_arguments", "environment_variables", "responses",
    }
)  # fmt: skip


class _Problem(Exception):
    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def parse_json_configuration(path: str, text: str) -> SourceFile:
    """The syntax tree of a JSON configuration or variable file; never raises."""
    empty = Body({}, (), 0, len(text))
    try:
        tree, end = _value(text, _space(text, 0), 0)
        if _space(text, end) < len(text):
            raise _Problem("there is text behind the JSON value", end)
        problems: list[SyntaxProblem] = []
        body = _variables(_root(tree)) if ".tfvars" in path else _file(_root(tree), problems)
    except _Problem as problem:
        error = SyntaxProblem(problem.message, problem.at, problem.at + 1, "check the file with a JSON parser")
        return SourceFile(path=path, text=text, body=empty, comments=(), errors=(error,))
    return SourceFile(path=path, text=text, body=body, comments=(), errors=tuple(problems[:MAX_PROBLEMS]))


def _root(tree: Expr) -> Expr:
    """The one object of a file; a list of objects means the same as one with all their properties."""
    if tree[0] == "jlist" and all(item[0] == "jobj" for item in tree[3]):
        return ("jobj", tree[1], tree[2], tuple(pair for item in tree[3] for pair in item[3]))
    if tree[0] != "jobj":
        raise _Problem("a Terraform JSON file is one object", tree[1])
    return tree


def _space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORDS = {"true": True, "false": False, "null": None}


def _value(text: str, at: int, depth: int) -> tuple[Expr, int]:
    """One JSON value: ("jstr" | "jlit" | "jlist" | "jobj", start, end, content) and where it ends."""
    if depth > MAX_DEPTH:
        raise _Problem("the JSON is nested too deeply", at)
    letter = text[at : at + 1]
    if letter == '"':
        value, end = _string(text, at)
        return ("jstr", at, end, value), end
    if letter == "{":
        return _object(text, at, depth)
    if letter == "[":
        return _array(text, at, depth)
    number = _NUMBER.match(text, at)
    if number:
        written = number[0]
        return ("jlit", at, number.end(), literal(written)), number.end()
    for word, constant in _WORDS.items():
        if text.startswith(word, at):
            return ("jlit", at, at + len(word), constant), at + len(word)
    raise _Problem("a JSON value is expected here", at)


def _string(text: str, at: int) -> tuple[str, int]:
    try:
        value, end = scanstring(text, at + 1, True)
    except JSONDecodeError as error:
        raise _Problem("the JSON string is not valid", error.pos) from None
    return str(value), int(end)


def _array(text: str, at: int, depth: int) -> tuple[Expr, int]:
    items: list[Expr] = []
    position = _space(text, at + 1)
    while text[position : position + 1] != "]":
        item, position = _value(text, position, depth + 1)
        items.append(item)
        position = _separator(text, position, "]")
    return ("jlist", at, position + 1, tuple(items)), position + 1


def _object(text: str, at: int, depth: int) -> tuple[Expr, int]:
    pairs: list[tuple[str, int, Expr]] = []
    position = _space(text, at + 1)
    while text[position : position + 1] != "}":
        if text[position : position + 1] != '"':
            raise _Problem("a property name is expected here", position)
        start = position
        key, position = _string(text, position)
        position = _space(text, position)
        if text[position : position + 1] != ":":
            raise _Problem("a colon is missing here", position)
        value, position = _value(text, _space(text, position + 1), depth + 1)
        pairs.append((key, start, value))
        position = _separator(text, position, "}")
    return ("jobj", at, position + 1, tuple(pairs)), position + 1


def _separator(text: str, at: int, closing: str) -> int:
    position = _space(text, at)
    if text[position : position + 1] == ",":
        position = _space(text, position + 1)
        if text[position : position + 1] == closing:
            raise _Problem("there is a comma too many", position)
        return position
    if text[position : position + 1] != closing:
        raise _Problem(f"a comma or `{closing}` is missing here", position)
    return position


def _expression(tree: Expr) -> Expr:
    """A JSON value as an expression; strings are templates."""
    tag, start, end, content = tree
    if tag == "jstr":
        return _template(content, start, end)
    if tag == "jlist":
        return ("list", start, end, tuple(_expression(item) for item in content))
    if tag == "jobj":
        _once(content)
        pairs = tuple((_template(key, at, at + len(key) + 2), _expression(value)) for key, at, value in content)
        return ("obj", start, end, pairs)
    return ("lit", start, end, content)


def _template(value: str, start: int, end: int) -> Expr:
    if "${" not in value and "%{" not in value:
        return ("str", start, end, value)
    from nhilint.sources.terraform.parser import parse_template

    parsed: Expr = _relocated(parse_template(value), start, end)
    if parsed[0] != "tmpl":
        return parsed
    if all(isinstance(part, str) for part in parsed[3]):
        return ("str", start, end, "".join(parsed[3]))
    return (*parsed[:4], False)


def _relocated(node: Any, start: int, end: int) -> Any:
    """The expression with every place replaced by that of the JSON string it stands in."""
    if not isinstance(node, tuple):
        return node
    if len(node) > 2 and isinstance(node[0], str) and isinstance(node[1], int) and isinstance(node[2], int):
        return (node[0], start, end, *(_relocated(part, start, end) for part in node[3:]))
    return tuple(_relocated(part, start, end) for part in node)


def _variables(tree: Expr) -> Body:
    attributes = {key: _attribute(key, at, value) for key, at, value in tree[3]}
    return Body(attributes, (), tree[1], tree[2])


def _attribute(key: str, at: int, value: Expr) -> Attribute:
    return Attribute(key, at, _expression(value), at, value[2])


def _file(tree: Expr, problems: Problems) -> Body:
    blocks: list[Block] = []
    for key, at, value in tree[3]:
        if key != "//":
            _blocks(key, at, value, (), LABELS.get(key, 0), blocks, problems)
    return Body({}, tuple(blocks), tree[1], tree[2])


def _blocks(
    kind: str, at: int, value: Expr, labels: tuple[str, ...], missing: int, found: list[Block], problems: Problems
) -> None:
    """Every block below a property; label levels are objects, and each level may be a list."""
    if value[0] == "jlist":
        for item in value[3]:
            _blocks(kind, at if not labels else item[1], item, labels, missing, found, problems)
    elif value[0] == "jobj" and missing:
        for key, start, inner in value[3]:
            if key != "//":
                _blocks(kind, start, inner, (*labels, key), missing - 1, found, problems)
    elif value[0] == "jobj":
        body = _body(value, kind in PLAIN, problems)
        found.append(Block(kind, labels, body, at, value[2], value[1]))
    elif value[0] != "jlit" or value[3] is not None:
        name = " ".join((kind, *labels))
        problems.append(SyntaxProblem(f"`{name}` is not an object", value[1], value[2], "a block is an object"))


def _body(tree: Expr, plain: bool, problems: Problems) -> Body:
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for key, at, value in tree[3]:
        if key == "//":
            continue
        if key == "dynamic" and not plain:
            _blocks("dynamic", at, value, (), 1, blocks, problems)
        elif not plain and _is_block(key, value):
            _blocks(key, at, value, (), 0, blocks, problems)
        else:
            attribute = _attribute(key, at, value)
            if key in attributes:
                why = f"the argument `{key}` is set twice"
                problems.append(SyntaxProblem(why, at, at + 1, "keep one of them"))
                attribute = attribute._replace(expr=("bad", value[1], value[2], why))
            attributes[key] = attribute
    return Body(attributes, tuple(blocks), tree[1], tree[2])


def _once(pairs: tuple[tuple[str, int, Expr], ...]) -> None:
    """Raises when a value has a key twice; block types may be repeated, as in Terraform."""
    seen: set[str] = set()
    for key, at, _ in pairs:
        if key in seen:
            raise _Problem(f"the key `{key}` stands twice in one object", at)
        seen.add(key)


def _is_block(key: str, value: Expr) -> bool:
    if key in MAPS:
        return False
    if value[0] == "jobj":
        return True
    return value[0] == "jlist" and bool(value[3]) and all(item[0] == "jobj" for item in value[3])
