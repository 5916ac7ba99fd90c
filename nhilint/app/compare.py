"""`nhilint compare`: does the candidate stay inside the reference?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from nhilint.model.node import Node


def command(
    reference: str = typer.Argument(help="A policy document (JSON), or a Role or ClusterRole (YAML)."),
    candidate: str = typer.Argument(help="Another of the same kind."),
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """Exit code 0: covered, 1: exceeds, 2: undecided or not readable."""
    from nhilint.app import output as delivery
    from nhilint.app.inputs import InputError
    from nhilint.engine import compare_documents
    from nhilint.reports import text

    (outer, kind), (inner, other) = _read(reference), _read(candidate)
    if kind != other:
        raise InputError("the two documents are of different kinds", help="compare two policies, or two roles")
    value = compare_documents(outer, inner, kind=kind)
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: text.compare(v, paint), "json": delivery.as_json})
    return {"covered": 0, "exceeds": 1, "undecided": 2}[value["verdict"]]


def _read(path: str) -> tuple[Node, str]:
    from nhilint.app.inputs import InputError
    from nhilint.model.jsontext import parse_json
    from nhilint.model.node import Map, Scalar
    from nhilint.model.span import Span
    from nhilint.sources.folder import FolderTree
    from nhilint.sources.load import MAX_BYTES
    from nhilint.sources.yamldoc import parse_yaml

    if not os.path.isfile(path):
        raise InputError(f"there is no file `{path}`")
    if os.path.getsize(path) > MAX_BYTES:
        raise InputError(f"`{path}` is larger than {MAX_BYTES // 1024 // 1024} MiB")
    folder, name = os.path.split(os.path.abspath(path))
    content = FolderTree(folder).read(name)
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"`{path}` is not text: byte {error.start} is not UTF-8") from None
    if path.endswith((".yaml", ".yml")):
        parsed = parse_yaml(path, source)
        if parsed.errors:
            raise parsed.errors[0]
        nodes = list(parsed.documents)
        if len(nodes) != 1:
            raise InputError(f"`{path}` holds {len(nodes)} documents", help="give a file with one role")
        node: Node = nodes[0]
    else:
        node = parse_json(Scalar(source, Span(path, 1)), first_line=1)
    if not isinstance(node, Map):
        raise InputError(f"`{path}` does not hold an object", span=node.span)
    kind = node.get("kind")
    kubernetes = isinstance(kind, Scalar) and kind.value in ("Role", "ClusterRole")
    if not kubernetes and "Statement" not in node.entries:
        raise InputError(
            f"`{path}` is neither a policy document nor a Role",
            span=node.span,
            help="a policy document has `Statement`",
        )
    return node, "kubernetes" if kubernetes else "aws"
