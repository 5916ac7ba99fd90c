"""Manifests that Terraform holds as text: the `yaml_body` of the kubectl provider, and files cut into documents.

https://registry.terraform.io/providers/gavinbunney/kubectl/latest/docs
"""

from __future__ import annotations

from nhilint.model.node import Encoded, Map, Node, Scalar, Symbol, Text, Unknown
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span

MANIFEST = "kubectl_manifest"
DOCUMENTS = "kubectl_file_documents"
_STAND_IN = "nhilint-symbol-{}-"


def with_manifest(body: Map) -> Map:
    """A resource of the provider, with its text read as `manifest`."""
    written = body.get("yaml_body")
    if written is None or "manifest" in body.entries:
        return body
    return Map({**body.entries, "manifest": _read(written)}, body.span, body.open)


def computed(content: Node, name: str, span: Span) -> Node | None:
    """An attribute of the data source that cuts a file: its documents in order, or by what they are."""
    text = content.value if isinstance(content, Scalar) else None
    if not isinstance(text, str) or name not in ("documents", "manifests"):
        return None
    from nhilint.sources.yamldoc import pieces

    found = [piece.strip() for _, piece in pieces(text)]
    texts = [piece for piece in found if piece.strip("- \n")]
    if name == "documents":
        return ListNode(tuple(Scalar(piece, span) for piece in texts), span)
    return Map({_link(piece, span): Scalar(piece, span) for piece in texts}, span)


def _link(text: str, span: Span) -> str:
    """The address of an object in a cluster, by which the provider names it."""
    body = _parsed(text, span)
    if not isinstance(body, Map):
        return text[:40]
    meta = body.get("metadata")

    def word(node: Node | None) -> str:
        return str(node.value) if isinstance(node, Scalar) and node.value is not None else ""

    version, kind = word(body.get("apiVersion")), word(body.get("kind")).lower()
    name, space = (word(meta.get(key)) if isinstance(meta, Map) else "" for key in ("name", "namespace"))
    top = "/apis/" if "/" in version else "/api/"
    return f"{top}{version}/{f'namespaces/{space}/' if space else ''}{kind}s/{name}"


def _read(written: Node) -> Node:
    match written:
        case Encoded():
            return written.node
        case Scalar(value=str() as text):
            return _parsed(text, written.span)
        case Text():
            names: dict[str, Symbol] = {}
            text = ""
            for part in written.parts:
                if isinstance(part, Symbol):
                    stand_in = _STAND_IN.format(len(names))
                    names[stand_in] = part
                    text += stand_in
                else:
                    text += part
            return _named(_parsed(text, written.span), names)
        case _:
            return written


def _parsed(text: str, span: Span) -> Node:
    from nhilint.sources.yamldoc import parse_yaml

    parsed = parse_yaml(span.path, text, first_line=span.line - 1, loose=True)
    if parsed.errors:
        return Unknown("yaml_body", parsed.errors[0].message, span)
    return parsed.documents[0] if parsed.documents else Unknown("yaml_body", "it is empty", span)


def _named(node: Node, names: dict[str, Symbol]) -> Node:
    """The node with the symbols back in their places."""
    match node:
        case Map():
            return Map({key: _named(value, names) for key, value in node.entries.items()}, node.span)
        case ListNode():
            return ListNode(tuple(_named(item, names) for item in node.items), node.span)
        case Scalar(value=str() as text):
            parts: list[str | Symbol] = [text]
            for stand_in, symbol in names.items():
                parts = [piece for part in parts for piece in _cut(part, stand_in, symbol)]
            whole = [part for part in parts if part != ""]
            return Text(tuple(whole), node.span) if any(isinstance(p, Symbol) for p in whole) else node
        case _:
            return node


def _cut(part: str | Symbol, stand_in: str, symbol: Symbol) -> list[str | Symbol]:
    if isinstance(part, Symbol):
        return [part]
    found: list[str | Symbol] = []
    for index, piece in enumerate(part.split(stand_in)):
        found += [symbol, piece] if index else [piece]
    return found
