"""Policy documents and roles given as files or inside a question: text to nodes, with the place of what is wrong."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from nhilint.app.inputs import InputError

if TYPE_CHECKING:
    from nhilint.model.node import Node


_MAX_BYTES = 2 * 1024 * 1024
"""Of one document. AWS takes at most 32 KiB (a key policy), a Kubernetes API server 1.5 MiB (one object)."""

_LIMIT = f"{_MAX_BYTES // 1024 // 1024} MiB"
_TOO_LARGE = "no platform accepts a policy or role of that size"


def read_file(path: str) -> Node:
    """The document of a JSON or YAML file; `InputError` or the reader's own error with line and column."""
    from nhilint.sources.folder import FolderTree

    if not os.path.isfile(path):
        raise InputError(f"there is no file `{path}`")
    if os.path.getsize(path) > _MAX_BYTES:
        raise InputError(f"`{path}` is larger than {_LIMIT}", help=_TOO_LARGE)
    folder, name = os.path.split(os.path.abspath(path))
    content = FolderTree(folder).read(name)
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"`{path}` is not text: byte {error.start} is not UTF-8") from None
    return read_text(source, path)


def read_text(source: str, path: str, *, first_line: int = 1) -> Node:
    """The one document of a text; YAML when the name says so, else JSON."""
    from nhilint.model.jsontext import parse_json
    from nhilint.model.node import Map, Scalar
    from nhilint.model.span import Span
    from nhilint.sources.yamldoc import parse_yaml

    if path.endswith((".yaml", ".yml")):
        parsed = parse_yaml(path, source)
        if parsed.errors:
            if "{{" in source:
                why = f"`{path}` is a template (`{{{{ … }}}}`) and has to be rendered before it can be read"
                raise InputError(why, span=parsed.errors[0].span)
            raise parsed.errors[0]
        nodes = list(parsed.documents)
        if len(nodes) != 1:
            raise InputError(f"`{path}` holds {len(nodes)} documents", help="give a file with one role")
        node: Node = nodes[0]
    else:
        node = parse_json(Scalar(source, Span(path, 1)), first_line=first_line)
    if not isinstance(node, Map):
        raise InputError(f"`{path}` does not hold an object", span=node.span)
    return node


def read_value(value: Any, path: str, line: int) -> Node:
    """A document inside a question of a batch: an object, or the text of one."""
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) > _MAX_BYTES:
        raise InputError(f"a document in line {line} of `{path}` is larger than {_LIMIT}", help=_TOO_LARGE)
    return read_text(text, path, first_line=line)


def platform_of(node: Node, path: str) -> str:
    """`aws` for a policy document, `kubernetes` for a Role or ClusterRole; `InputError` for anything else."""
    from nhilint.model.node import Map, Scalar

    assert isinstance(node, Map)
    kind = node.get("kind")
    if isinstance(kind, Scalar) and kind.value in ("Role", "ClusterRole"):
        return "kubernetes"
    if "Statement" not in node.entries:
        raise InputError(
            f"`{path}` is neither a policy document nor a Role",
            span=node.span,
            help="a policy document has `Statement`, a role has `kind: Role` or `kind: ClusterRole`",
        )
    return "aws"
