"""Turns this reader's trees into the two forms of the peer `@cdktn/hcl2json`, and says where they differ.

The peer gives a JSON of a whole file (blocks, labels, names, the values of strings) and a tree of one expression
(kinds, texts, places). What it can not say is left out of both sides: the places of a template's literal pieces and of
its opening quote, the place of a splat or an index before its bracket.
"""

from __future__ import annotations

import json
from typing import Any

from nhilint.sources.terraform.syntax import Block, Body

Expr = tuple[Any, ...]
Peer = list[Any]
OPERATORS = {
    "||": "logicalOr", "&&": "logicalAnd", "==": "equal", "!=": "notEqual", ">": "greaterThan",
    ">=": "greaterThanOrEqual", "<": "lessThan", "<=": "lessThanOrEqual", "+": "add", "-": "subtract",
    "*": "multiply", "/": "divide", "%": "modulo",
}  # fmt: skip
UNARY = {"-": "negate", "!": "logicalNot"}
FIRST = {"bin": 4, "cond": 3, "attr": 3, "index": 3, "splat": 3, "asplat": 3}
"""Where a node has its leftmost part, which begins where the node begins unless parentheses stand around it."""


class Refused(Exception):
    """The peer's conversion refuses this file although it is HCL."""


def in_parentheses(expr: Expr, text: str) -> bool:
    if text[expr[1]] != "(":
        return False
    return expr[0] not in FIRST or expr[FIRST[expr[0]]][1] != expr[1]


def is_text(expr: Expr) -> bool:
    """A string without interpolations."""
    return expr[0] == "str" or (expr[0] == "tmpl" and all(isinstance(part, str) for part in expr[3]))


class Trees:
    """Our expressions as the peer writes them: [kind, first character, text, details, children]."""

    def __init__(self, text: str) -> None:
        self.text = text

    def tree(self, expr: Expr, bare: bool = False) -> Peer:
        """One node; `bare`: without the parentheses around it."""
        if not bare and in_parentheses(expr, self.text):
            return ["", expr[1], None, {}, [self.tree(expr, bare=True)]]
        kind, details, children = getattr(self, "_" + expr[0])(expr)
        written = None if in_parentheses(expr, self.text) else self.text[expr[1] : expr[2]]
        # The peer places a directive at its condition.
        return [kind, None if expr[0] == "tif" else expr[1], written, details, children]

    def _str(self, expr: Expr) -> Peer:
        return ["template", {}, []]

    def _lit(self, expr: Expr) -> Peer:
        return ["literalValue", {}, []]

    def _name(self, expr: Expr) -> Peer:
        return ["scopeTraversal", {"traversal": [["nameTraversal", expr[3]]]}, []]

    def _attr(self, expr: Expr) -> Peer:
        return self._steps(expr[3], ["nameTraversal", expr[4]])

    def _index(self, expr: Expr) -> Peer:
        key = expr[4]
        if not in_parentheses(key, self.text) and (is_text(key) or key[0] == "lit"):
            return self._steps(expr[3], self._key(key))
        return ["index", {}, [self.tree(expr[3]), self.tree(key)]]

    def _key(self, key: Expr) -> list[Any]:
        if key[0] == "lit":
            value = key[3]
            return ["indexTraversal", "" if value is None or isinstance(value, bool) else f"{value:.10g}"]
        return ["indexTraversal", '"' + (key[3] if key[0] == "str" else "".join(key[3])) + '"']

    def _steps(self, inner: Expr, step: list[Any]) -> Peer:
        before = self.tree(inner)
        if before[0] in ("scopeTraversal", "relativeTraversal"):
            return [before[0], {"traversal": [*before[3]["traversal"], step]}, before[4]]
        return ["relativeTraversal", {"traversal": [step]}, [before]]

    def _splat(self, expr: Expr) -> Peer:
        return ["splat", {}, [self.tree(expr[3]), self._each(expr[4])]]

    _asplat = _splat

    def _each(self, ops: tuple[Any, ...]) -> Peer:
        node: Peer = ["", None, None, {}, []]
        for kind, what in ops:
            if kind in ("splat", "asplat"):
                node = ["splat", None, None, {}, [node, self._each(what)]]
            elif kind == "index" and not is_text(what) and what[0] != "lit":
                node = ["index", None, None, {}, [node, self.tree(what)]]
            else:
                step = ["nameTraversal", what] if kind == "attr" else self._key(what)
                if node[0] == "relativeTraversal":
                    node[3]["traversal"].append(step)
                else:
                    node = ["relativeTraversal", None, None, {"traversal": [step]}, [node]]
        return node

    def _call(self, expr: Expr) -> Peer:
        details = {"name": expr[3], "expandedFinalArgument": expr[5]}
        return ["function", details, [self.tree(argument) for argument in expr[4]]]

    def _list(self, expr: Expr) -> Peer:
        return ["tuple", {}, [self.tree(item) for item in expr[3]]]

    def _obj(self, expr: Expr) -> Peer:
        children: Peer = []
        for key, value in expr[3]:
            plain = key[0] == "str" and self.text[key[1]] not in '"('
            children.append(["", key[1], None, {}, [] if plain else [self.tree(key)]])
            children.append(self.tree(value))
        return ["object", {}, children]

    def _forlist(self, expr: Expr) -> Peer:
        return self._for(*expr[3:6], None, *expr[6:8], False)

    def _forobj(self, expr: Expr) -> Peer:
        return self._for(*expr[3:])

    def _for(self, key: Any, name: str, coll: Expr, key_body: Any, body: Expr, condition: Any, group: bool) -> Peer:
        details = {"keyVar": key or "", "valVar": name, "groupedValue": group}
        parts = [part for part in (coll, key_body, body, condition) if part is not None]
        return ["for", details, [self.tree(part) for part in parts]]

    def _cond(self, expr: Expr) -> Peer:
        return ["conditional", {}, [self.tree(part) for part in expr[3:6]]]

    def _un(self, expr: Expr) -> Peer:
        return ["unaryOp", {"operator": UNARY[expr[3]]}, [self.tree(expr[4])]]

    def _bin(self, expr: Expr) -> Peer:
        return ["binaryOp", {"operator": OPERATORS[expr[3]]}, [self.tree(expr[4]), self.tree(expr[5])]]

    def _tmpl(self, expr: Expr) -> Peer:
        parts = expr[3]
        one = parts[0] if len(parts) == 1 and not isinstance(parts[0], str) else None
        if one is not None and one[0] not in ("tif", "tfor"):
            return ["templateWrap", {}, [self.tree(one)]]
        return ["template", {}, self._parts(parts)]

    def _parts(self, parts: tuple[Any, ...]) -> list[Peer]:
        return [self.tree(part) for part in parts if not isinstance(part, str)]

    def _tif(self, expr: Expr) -> Peer:
        branches = [["template", None, None, {}, self._parts(parts)] for parts in expr[4:6]]
        return ["conditional", {}, [self.tree(expr[3]), *branches]]

    def _tfor(self, expr: Expr) -> Peer:
        body = ["template", None, None, {}, self._parts(expr[6])]
        details = {"keyVar": expr[3] or "", "valVar": expr[4], "groupedValue": False}
        loop = ["for", None, None, details, [self.tree(expr[5]), body]]
        return ["templateJoin", {}, [loop]]


def differences(ours: Peer, theirs: Peer, byte_of: Any, route: str = "") -> list[str]:
    """Where the two trees of one expression differ; `byte_of` turns our characters into their bytes."""
    kind, begin, written, details, children = ours
    while groups(theirs) > groups(ours):
        theirs = theirs[4][0]  # parentheses in parentheses are one node here
    if kind != theirs[0]:
        return [f"{route}: kind {kind!r}, theirs {theirs[0]!r}"]
    route = f"{route}/{kind or 'group'}"
    found = []
    for name, value in details.items():
        if theirs[3].get(name) != value and not (name == "traversal" and same_steps(value, theirs[3].get(name))):
            found.append(f"{route}: {name} {value!r}, theirs {theirs[3].get(name)!r}")
    if written is not None:
        if theirs[2] != written:
            found.append(f"{route}: text {written!r}, theirs {theirs[2]!r}")
        if begin is not None and not placed_elsewhere(theirs) and theirs[1] != byte_of(begin):
            found.append(f"{route}: begins at {byte_of(begin)}, theirs {theirs[1]}")
    other = [child for child in theirs[4] if not (kind == "template" and is_piece(child))]
    if len(children) != len(other):
        return [*found, f"{route}: {len(children)} parts, theirs {len(other)}"]
    for number, (mine, peer) in enumerate(zip(children, other, strict=True)):
        found.extend(differences(mine, peer, byte_of, f"{route}.{number}"))
    return found


def groups(node: Peer) -> int:
    """How many parentheses (or the key of an object) stand directly around what has a kind."""
    return 1 + groups(node[4][0]) if not node[0] and node[4] else 0


def is_piece(node: Peer) -> bool:
    """Literal text of a template."""
    return bool(node[0] == "literalValue" and node[3].get("type") == "string")


def placed_elsewhere(node: Peer) -> bool:
    """Whether the peer places the node behind its beginning: at its bracket, its first piece, or what it leans on."""
    if node[0] in ("splat", "index", "template", ""):
        return True
    return (
        node[0] in ("binaryOp", "conditional", "relativeTraversal") and bool(node[4]) and placed_elsewhere(node[4][0])
    )


def same_steps(ours: Any, theirs: Any) -> bool:
    """Whether two traversals are the same when numbers are compared as numbers."""
    if not isinstance(theirs, list) or len(ours) != len(theirs):
        return False
    for mine, peer in zip(ours, theirs, strict=True):
        if mine != peer and not (mine[0] == peer[0] and _number(mine[1]) == _number(peer[1]) is not None):
            return False
    return True


def _number(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None


class Converted:
    """Our file as the peer's JSON."""

    def __init__(self, text: str) -> None:
        self.text = text

    def body(self, body: Body) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for block in body.blocks:
            self._block(block, out)
        for name, attribute in body.attributes.items():
            out[name] = self.expression(attribute.expr)
        return out

    def _block(self, block: Block, out: dict[str, Any]) -> None:
        key = block.type
        for label in block.labels:
            out = out.setdefault(key, {})
            if not isinstance(out, dict):
                raise Refused
            key = label
        value = self.body(block.body)
        rows = out.setdefault(key, [])
        if not isinstance(rows, list):
            raise Refused
        rows.append(value)

    def expression(self, expr: Expr) -> Any:
        if in_parentheses(expr, self.text):
            return self._wrapped(expr)
        match expr[0]:
            case "lit":
                return expr[3]
            case "un" if expr[4][0] == "lit" and not in_parentheses(expr[4], self.text):
                return self._negated(expr[3], expr[4][3])
            case "str":
                return _escaped(expr[3])
            case "tmpl":
                parts = expr[3]
                if len(parts) == 1 and not isinstance(parts[0], str) and parts[0][0] not in ("tif", "tfor"):
                    return self.expression(parts[0])
                return self._pieces(parts)
            case "list":
                return [self.expression(item) for item in expr[3]]
            case "obj":
                return {self._key(key): self.expression(value) for key, value in expr[3]}
        return self._wrapped(expr)

    def _negated(self, operator: str, value: Any) -> Any:
        if value is None or isinstance(value, bool) != (operator == "!"):
            raise Refused  # the peer evaluates these
        return not value if operator == "!" else -value

    def _source(self, expr: Expr) -> str:
        # The peer adds a closing parenthesis that stands directly behind.
        end = expr[2] + (self.text[expr[2] : expr[2] + 1] == ")")
        return self.text[expr[1] : end]

    def _wrapped(self, expr: Expr) -> str:
        return "${" + self._source(expr) + "}"

    def _key(self, key: Expr) -> str:
        if key[0] == "str" and self.text[key[1]] not in '"(':
            return "null" if key[3] == "null" else self._source(key) if key[3] not in ("true", "false") else key[3]
        if not in_parentheses(key, self.text) and Trees(self.text).tree(key)[0] == "scopeTraversal":
            return self._source(key)
        return self._piece(key)

    def _pieces(self, parts: tuple[Any, ...]) -> str:
        return "".join(_escaped(part) if isinstance(part, str) else self._piece(part) for part in parts)

    def _piece(self, part: Expr) -> str:
        if part[0] not in ("tif", "tfor") and in_parentheses(part, self.text):
            return self._wrapped(part)
        match part[0]:
            case "lit":
                return "null" if part[3] is None else json.dumps(part[3])
            case "str":
                return _escaped(part[3])
            case "tmpl":
                return self._pieces(part[3])
            case "tif" | "cond":
                then, other = (self._branch(branch, part[0]) for branch in part[4:6])
                return f"%{{if {self._source(part[3])}}}{then}" + (f"%{{else}}{other}" if other else "") + "%{endif}"
            case "tfor":
                names = f"{part[3]}, {part[4]}" if part[3] else part[4]
                return f"%{{for {names} in {self._source(part[5])}}}{self._pieces(part[6])}%{{endfor}}"
        return self._wrapped(part)

    def _branch(self, branch: Any, kind: str) -> str:
        return self._pieces(branch) if kind == "tif" else self._piece(branch)


def _escaped(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


def equal(ours: Any, theirs: Any) -> bool:
    """Whether two JSON values are the same, numbers up to the precision of a float."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(equal(value, theirs[key]) for key, value in ours.items())
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(equal(a, b) for a, b in zip(ours, theirs, strict=True))
    if isinstance(ours, bool) or isinstance(theirs, bool) or not isinstance(ours, int | float):
        return bool(ours == theirs) and type(ours) is type(theirs)
    return isinstance(theirs, int | float) and abs(ours - theirs) <= 1e-9 * max(abs(ours), abs(theirs))
