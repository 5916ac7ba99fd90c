"""The charts that Terraform installs (`helm_release`), as far as they lie in the tree.

https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Choice, Encoded, Node, Scalar, Text
from nhilint.model.node import Sequence as ListNode
from nhilint.sources.manifests.deliveries import ELSEWHERE, Delivery, data, rows
from nhilint.sources.manifests.files import Files
from nhilint.sources.manifests.helm_chart import CHART
from nhilint.sources.manifests.helm_values import plain, put, read_text, typed

_TYPE = "helm_release"
_SETS = ("set", "set_list", "set_sensitive")


def read(document: Document, files: Files) -> Iterator[Delivery | Unresolved]:
    """What a resource installs; one that installs nothing from the tree is named."""
    if document.type != _TYPE or document.kind != "resource":
        return
    what = f"`{document.address}`"
    chart = plain(document.body.get("chart"))
    folder = _place(document, files, str(chart)) if isinstance(chart, str) else None
    if folder is None:
        where, version = _word(document, "repository"), _word(document, "version")
        name = f"chart `{' '.join(filter(None, (str(chart or '?'), version)))}`" + (f" of `{where}`" if where else "")
        yield Unresolved(what=f"{what} ({name})", why=ELSEWHERE, span=document.span, cause="remote")
        return
    unknown: dict[str, str] = {}
    problems: list[Unresolved] = []
    layers = list(_layers(document, unknown, problems))
    _, _, environment = document.root.partition("@")
    name = _known(document.body.get("name"), unknown)
    namespace = _known(document.body.get("namespace"), unknown) or "default"
    yield Delivery(
        what=what,
        span=document.span,
        path=folder,
        hints=tuple(filter(None, (environment, name, posixpath.basename(document.root), document.address))),
        namespace=namespace,
        release=name,
        layers=tuple(layers),
        unknown=unknown,
        problems=tuple(problems),
    )


def _place(document: Document, files: Files, chart: str) -> str | None:
    """The folder of the chart: Terraform names it from the root module."""
    root = document.root.partition("@")[0]
    for base in (root, posixpath.dirname(document.span.path), ""):
        path = files.resolve(base, chart)
        if path is not None and posixpath.join(path, CHART) in files.entries:
            return path
    return None


def _layers(document: Document, unknown: dict[str, str], problems: list[Unresolved]) -> Iterator[Mapping[str, Any]]:
    """The values: those of `values` in order, then what is set one by one."""
    written = document.body.get("values")
    for item in written.items if isinstance(written, ListNode) else ():
        try:
            yield _values(item, unknown)
        except NhilintError as error:
            problems.append(_problem(document, f"some of its values can not be read: {error.message}"))
    if isinstance(written, ListNode) and written.open:
        problems.append(_problem(document, f"there may be more values: {written.open}"))
    found: dict[str, Any] = {}
    for key in _SETS:
        for row in rows(document.body.get(key)):
            value = data(row.get("value"), unknown)
            text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
            kept = isinstance(value, list) or _text(row.get("type")) == "string"
            try:
                put(
                    found, _text(row.get("name")), (value if isinstance(value, list) else text) if kept else typed(text)
                )
            except NhilintError as error:
                problems.append(_problem(document, error.message))
    yield found


def _values(node: Node, unknown: dict[str, str]) -> Mapping[str, Any]:
    """One element of `values`: the text of a YAML map, known in full or in part."""
    match node:
        case Encoded():
            found = data(node.node, unknown)
            return found if isinstance(found, dict) else {}
        case Scalar(value=str()) | Text():
            return read_text(node.span.path, str(data(node, unknown)))
        case Scalar(value=None):
            return {}
        case Choice():
            raise NhilintError(f"it depends on {node.condition}")
        case _:
            raise NhilintError("it is not known")


def _known(node: Node | None, unknown: dict[str, str]) -> str:
    """A name, with a word that stands for what is not known of it."""
    found = data(node, unknown)
    return "" if found is None else str(found)


def _word(document: Document, key: str) -> str:
    found = plain(document.body.get(key))
    return found if isinstance(found, str) else ""


def _text(node: Node | None) -> str:
    return str(node.value) if isinstance(node, Scalar) and node.value is not None else ""


def _problem(document: Document, why: str) -> Unresolved:
    return Unresolved(what=f"`{document.address}`", why=why, span=document.span, cause="values")
