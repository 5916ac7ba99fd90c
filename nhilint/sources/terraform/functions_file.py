"""Functions that read files: inside the tree only, every refusal named."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from nhilint.model.errors import NhilintError
from nhilint.model.jsontext import parse_json
from nhilint.model.node import Encoded, Map, Node, Scalar, Text
from nhilint.model.span import Span
from nhilint.sources.terraform.functions_string import string_arg, value_of
from nhilint.sources.terraform.registry import Call, Function, Table
from nhilint.sources.terraform.typed import STRING
from nhilint.sources.terraform.values import Failure, SetValue, describe
from nhilint.sources.terraform.worlds import each_option

if TYPE_CHECKING:
    from nhilint.sources.terraform.scope import Scope


def _path(call: Call, node: Node) -> str | None:
    written = value_of(string_arg(node))
    return None if written is None else call.scope.module.tree_path(written)


def _file(call: Call, args: list[Node]) -> Node:
    path = _path(call, args[0])
    if path is None:
        return call.unknown(args, "string", "the file's name is not known")
    content = call.scope.module.program.read_text(path)
    return policy_text(Scalar(content, Span(path, 1)))


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

    return Function(run)


def _file_exists(call: Call, args: list[Node]) -> Node:
    path = _path(call, args[0])
    if path is None:
        return call.unknown(args, "any")
    return Scalar(call.scope.module.program.exists(path), call.span)


def _fileset(call: Call, args: list[Node]) -> Node:
    folder, pattern = _path(call, args[0]), value_of(string_arg(args[1]))
    if folder is None or pattern is None:
        return SetValue((), call.span, f"fileset({', '.join(describe(arg) for arg in args)})")
    found = [p for p in call.scope.module.program.files_under(folder) if glob_matches(pattern, p)]
    return SetValue(tuple(Scalar(p, call.span) for p in sorted(found)), call.span, "", STRING)


def glob_matches(pattern: str, path: str) -> bool:
    """Terraform's file globs: `*` stays inside a folder, `**` crosses folders, `{a,b}` are alternatives."""
    start = pattern.find("{")
    end = pattern.find("}", start)
    if 0 <= start < end and pattern.count("{") <= 4:
        choices = pattern[start + 1 : end].split(",")
        return any(glob_matches(pattern[:start] + one + pattern[end + 1 :], path) for one in choices)
    return _match_segments(pattern.split("/"), path.split("/"))


def _match_segments(pattern: list[str], path: list[str]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_match_segments(pattern[1:], path[i:]) for i in range(len(path) + 1))
    return bool(path) and fnmatch.fnmatchcase(path[0], pattern[0]) and _match_segments(pattern[1:], path[1:])


def _templatefile(call: Call, args: list[Node]) -> Node:
    path = _path(call, args[0])
    variables = args[1]
    if path is None or not isinstance(variables, Map):
        return call.unknown(args, "string", "the template's name is not known")
    program = call.scope.module.program
    return render_file(path, program.read_text(path), variables, call)


def render_file(path: str, content: str, variables: Map, call: Call) -> Node:
    """A template file with its variables; it may use functions, but no other names."""
    from nhilint.sources.terraform.evaluate import evaluate
    from nhilint.sources.terraform.templates import render

    program = call.scope.module.program
    if path in program.rendering:
        raise Failure(f"the template `{path}` includes itself")
    program.rendering.append(path)
    try:
        file, parts = program.template(path, content)
        scope: Scope = type(call.scope)(program.no_module, file, names=dict(variables.entries))
        return each_option(policy_text, render(parts, scope, Span(path, 1), evaluate))
    finally:
        program.rendering.pop()


def _templatestring(call: Call, args: list[Node]) -> Node:
    written, variables = value_of(string_arg(args[0])), args[1]
    if written is None or not isinstance(variables, Map):
        return call.unknown(args, "string")
    return render_file(args[0].span.path, written, variables, call)


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


FUNCTIONS: Table = {
    "file": Function(_file),
    "fileexists": Function(_file_exists),
    "fileset": Function(_fileset),
    "filebase64": _over_bytes(_base64),
    "filemd5": _over_bytes(_md5),
    "filesha1": _over_bytes(lambda data: hashlib.sha1(data, usedforsecurity=False).hexdigest()),
    "filesha256": _over_bytes(lambda data: hashlib.sha256(data).hexdigest()),
    "filesha512": _over_bytes(lambda data: hashlib.sha512(data).hexdigest()),
    "filebase64sha256": _over_bytes(lambda data: _base64(hashlib.sha256(data).digest())),
    "filebase64sha512": _over_bytes(lambda data: _base64(hashlib.sha512(data).digest())),
    "templatefile": Function(_templatefile),
    "templatestring": Function(_templatestring),
    "basename": _path_text(posixpath.basename),
    "dirname": _path_text(_dirname),
    "abspath": _path_text(lambda path: path),
    "pathexpand": _path_text(lambda path: path),
}
