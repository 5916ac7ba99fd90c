"""Functions that read files: inside the tree only, every refusal named."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from nhilint.model.errors import NhilintError
from nhilint.model.jsontext import parse_json
from nhilint.model.node import Encoded, Map, Node, Scalar, Symbol, Text
from nhilint.model.span import Span
from nhilint.sources.terraform.convert import to_string
from nhilint.sources.terraform.functions_string import string_arg, value_of
from nhilint.sources.terraform.registry import Beyond, Call, Function, Implementation, Table
from nhilint.sources.terraform.typed import STRING
from nhilint.sources.terraform.values import Failure, SetValue, describe, known, nfc, symbol
from nhilint.sources.terraform.worlds import each_option

if TYPE_CHECKING:
    from nhilint.sources.terraform.scope import Scope

ABSOLUTE = "abspath("
"""What the name of the symbol for an absolute path begins with."""
IDENTIFIER = re.compile(r"[^\W\d][\w-]*")
MAX_BRACES = 4


def _path(call: Call, node: Node) -> str | None:
    """The file of the tree that an argument names; None when it is not known, `Beyond` when it lies outside."""
    written = _absolute(string_arg(node))
    if written is None:
        return None
    try:
        return call.scope.module.tree_path(written)
    except Failure as problem:
        raise Beyond(problem.message) from None


def _absolute(node: Node) -> str | None:
    """A known path; the absolute form of a relative one leads to the same file."""
    head = node.parts[0] if isinstance(node, Text) else None
    if isinstance(node, Text) and isinstance(head, Symbol) and head.name.startswith(ABSOLUTE):
        rest = "".join(part for part in node.parts[1:] if isinstance(part, str))
        if len(node.parts) <= 2:
            return str(json.loads(head.name[len(ABSOLUTE) : -1])) + rest
    return value_of(node)


def _reading(run: Implementation) -> Function:
    """A function that reads files; what lies outside the tree is refused, and the result unknown."""

    def guarded(call: Call, args: list[Node]) -> Node:
        try:
            return run(call, args)
        except Beyond as problem:
            return call.unknown(args, "any", str(problem))

    return Function(guarded)


def _file(call: Call, args: list[Node]) -> Node:
    path = _path(call, args[0])
    if path is None:
        return call.unknown(args, "string", "the file's name is not known")
    content = call.scope.module.program.read_text(path)
    return policy_text(Scalar(nfc(content), Span(path, 1)))


def policy_text(node: Node) -> Node:
    """The content of a file; a policy keeps its structure, so that each statement leads to its own line."""
    written = node.parts if isinstance(node, Text) else (node.value,) if isinstance(node, Scalar) else ()
    if isinstance(node, (Scalar, Text)) and any(isinstance(part, str) and '"Statement"' in part for part in written):
        try:
            parsed = parse_json(node, first_line=1)
        except NhilintError:
            return node
        if isinstance(parsed, Map):
            return Encoded(parsed, node.span)
    return node


def _over_bytes(function: Callable[[bytes], str]) -> Function:
    def run(call: Call, args: list[Node]) -> Node:
        path = _path(call, args[0])
        if path is None:
            return call.unknown(args, "string", "the file's name is not known")
        return Scalar(function(call.scope.module.program.read_bytes(path)), call.span)

    return _reading(run)


def _file_exists(call: Call, args: list[Node]) -> Node:
    path = _path(call, args[0])
    if path is None:
        return call.unknown(args, "any")
    program = call.scope.module.program
    if not program.exists(path) and (path == "" or program.files_under(path)):
        raise Failure(f"`{path}` is a folder, not a file")
    return Scalar(program.exists(path), call.span)


def _fileset(call: Call, args: list[Node]) -> Node:
    folder, pattern = _path(call, args[0]), value_of(string_arg(args[1]))
    if folder is None or pattern is None:
        return SetValue((), call.span, f"fileset({', '.join(describe(arg) for arg in args)})")
    whole = posixpath.normpath(posixpath.join(folder or ".", pattern.lstrip("/") or "."))
    if whole.startswith("../"):
        raise Beyond(f"the files `{pattern}` are outside the tree")
    try:
        alternatives = [_segments(one) for one in _braced(whole)]
    except Failure:
        if call.scope.module.program.files_under(folder):
            raise
        alternatives = []  # where there is no file, nobody looks at the pattern
    files = [path for path in call.scope.module.program.files_under("") if _matches_any(alternatives, path)]
    found = sorted(posixpath.relpath(path, folder or ".") for path in files)
    return SetValue(tuple(Scalar(nfc(path), call.span) for path in found), call.span, "", STRING)


def _matches_any(alternatives: list[list[re.Pattern[str] | None]], path: str) -> bool:
    return any(_match_segments(segments, path.split("/")) for segments in alternatives)


def _braced(pattern: str) -> list[str]:
    """The pattern once for each choice of its alternatives."""
    start = pattern.find("{")
    end = pattern.find("}", start)
    if not 0 <= start < end or pattern.count("{") > MAX_BRACES:
        return [pattern]
    choices = pattern[start + 1 : end].split(",")
    return [done for one in choices for done in _braced(pattern[:start] + one + pattern[end + 1 :])]


def _segments(pattern: str) -> list[re.Pattern[str] | None]:
    """One expression for each part of the path; None stands for any number of folders."""
    return [None if part == "**" else re.compile(_segment(part), re.DOTALL) for part in pattern.split("/")]


def _segment(part: str) -> str:
    out, at = "", 0
    while at < len(part):
        letter = part[at]
        at += 1
        if letter == "*":
            out += "" if out.endswith(".*") else ".*"
        elif letter == "?":
            out += "."
        elif letter == "[":
            end = part.find("]", at + 1)
            if end < 0:
                raise Failure("a class of the file pattern is not closed")
            inner = part[at:end]
            negated = inner[:1] in ("^", "!")
            out += (
                f"[{'^' if negated else ''}{inner[negated:].replace(chr(92), chr(92) * 2).replace('[', chr(92) + '[')}]"
            )
            at = end + 1
        elif letter == "\\" and at < len(part):
            out += re.escape(part[at])
            at += 1
        else:
            out += re.escape(letter)
    return out


def _match_segments(pattern: list[re.Pattern[str] | None], path: list[str]) -> bool:
    if not pattern:
        return not path
    first = pattern[0]
    if first is None:
        return any(_match_segments(pattern[1:], path[i:]) for i in range(len(path) + 1))
    return bool(path) and first.fullmatch(path[0]) is not None and _match_segments(pattern[1:], path[1:])


def _templatefile(call: Call, args: list[Node]) -> Node:
    path = _path(call, args[0])
    variables = _variables(call, args[1])
    if path is None or variables is None:
        return call.unknown(args, "string", "the template's name is not known")
    program = call.scope.module.program
    return render_file(path, program.read_text(path), variables, call)


def _variables(call: Call, node: Node) -> Map | None:
    """The variables of a template; None when they are not known."""
    if call.scope.module.program.rendering:
        raise Failure(f"`{call.name}` can not be called inside a template")
    if isinstance(node, Map):
        for name in node.entries if isinstance(node.entries, dict) else ():
            if not IDENTIFIER.fullmatch(name) and known(node):
                raise Failure(f"`{name}` is no name for a variable of a template")
        return node
    if known(node):
        raise Failure(f"`{call.name}` needs a map of variables")
    return None


def render_file(path: str, content: str, variables: Map, call: Call) -> Node:
    """A template file with its variables; it may use functions, but no other names."""
    from nhilint.sources.terraform.evaluate import evaluate
    from nhilint.sources.terraform.templates import render

    program = call.scope.module.program
    program.rendering.append(path)
    try:
        file, parts = program.template(path, content)
        scope: Scope = type(call.scope)(program.no_module, file, names=dict(variables.entries))
        if len(parts) == 1 and not isinstance(parts[0], str) and parts[0][0] not in ("tif", "tfor"):
            return evaluate(parts[0], scope)  # a template that is nothing but one value has its type
        return each_option(policy_text, render(parts, scope, Span(path, 1), evaluate))
    finally:
        program.rendering.pop()


def _templatestring(call: Call, args: list[Node]) -> Node:
    written, variables = value_of(string_arg(args[0])), _variables(call, args[1])
    if written is None or variables is None:
        return call.unknown(args, "string")
    return to_string(render_file(args[0].span.path, written, variables, call))


def _path_text(function: Callable[[str], str]) -> Function:
    def run(call: Call, args: list[Node]) -> Node:
        written = value_of(string_arg(args[0]))
        return call.unknown(args, "string") if written is None else Scalar(function(written), args[0].span)

    return Function(run)


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _dirname(path: str) -> str:
    return posixpath.normpath(posixpath.dirname(path)) if path else "."


def _basename(path: str) -> str:
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


def _abspath(call: Call, args: list[Node]) -> Node:
    """An absolute path is made clean; a relative one depends on the machine."""
    node = string_arg(args[0])
    written = value_of(node)
    if written is None:
        return call.unknown(args, "string")
    if written.startswith("/"):
        return Scalar("/" + posixpath.normpath(written).lstrip("/"), node.span)
    return symbol(f"{ABSOLUTE}{json.dumps(posixpath.normpath(written))})", node.span)


def _pathexpand(call: Call, args: list[Node]) -> Node:
    written = value_of(string_arg(args[0]))
    return call.unknown(args, "string") if written is None or written.startswith("~") else args[0]


FUNCTIONS: Table = {
    "file": _reading(_file),
    "fileexists": _reading(_file_exists),
    "fileset": _reading(_fileset),
    "filebase64": _over_bytes(_base64),
    "filemd5": _over_bytes(_md5),
    "filesha1": _over_bytes(lambda data: hashlib.sha1(data, usedforsecurity=False).hexdigest()),
    "filesha256": _over_bytes(lambda data: hashlib.sha256(data).hexdigest()),
    "filesha512": _over_bytes(lambda data: hashlib.sha512(data).hexdigest()),
    "filebase64sha256": _over_bytes(lambda data: _base64(hashlib.sha256(data).digest())),
    "filebase64sha512": _over_bytes(lambda data: _base64(hashlib.sha512(data).digest())),
    "templatefile": _reading(_templatefile),
    "templatestring": Function(_templatestring),
    "basename": _path_text(_basename),
    "dirname": _path_text(_dirname),
    "abspath": Function(_abspath),
    "pathexpand": Function(_pathexpand),
}
