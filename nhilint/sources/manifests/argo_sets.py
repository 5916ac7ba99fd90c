"""The applications that an `ApplicationSet` of Argo CD makes, as far as its generators are written in the tree.

https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar, Sequence, Symbol, Text
from nhilint.sources.manifests.deliveries import at, called, rows
from nhilint.sources.manifests.files import Files, word
from nhilint.sources.manifests.helm_values import plain, read_values

MAX_APPLICATIONS = 2000
"""Of one set."""
_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_STEP = re.compile(r"[^.\[\]\"'\s]+")
_INDEX = re.compile(r"index\s+\.(\S+)((?:\s+(?:\"[^\"]*\"|\d+))+)")
_CLASS = {ord("\\"): "\\\\", ord("["): "\\["}


class _NotHere(Exception):
    """A generator whose rows this tree does not hold."""


def applications(document: Document, files: Files) -> Iterator[Document | Unresolved]:
    """Every application of a set."""
    spec = document.body.get("spec")
    template = at(spec, "template")
    if not isinstance(template, Map):
        return
    if at(spec, "templatePatch") is not None:
        yield _said(document, "what its `templatePatch` changes is not followed")
    reader = _Generators(document, files, _is_true(at(spec, "goTemplate")))
    count = 0
    for row in rows(at(spec, "generators")):
        try:
            for found in reader.read(row):
                count += 1
                if count > MAX_APPLICATIONS:
                    yield _said(
                        document, f"it makes more than {MAX_APPLICATIONS} applications; the others are not read"
                    )
                    return
                body = _filled(template, found, reader.go)
                assert isinstance(body, Map)
                yield replace(document, kind="Application", body=body)
        except _NotHere as problem:
            yield _said(document, str(problem))


def _said(document: Document, why: str) -> Unresolved:
    return Unresolved(what=called(document), why=why, span=document.span, cause="generator")


@dataclass(slots=True)
class _Generators:
    document: Document
    files: Files
    go: bool

    def read(self, row: Map) -> list[dict[str, Any]]:
        """The parameters of each application."""
        for key, value in row.entries.items():
            match key:
                case "list":
                    return [self._flat(plain(one)) for one in rows(at(value, "elements"))]
                case "git":
                    return self._git(value)
                case "clusters":
                    return [self._cluster(value)]
                case "matrix":
                    return self._matrix(list(rows(at(value, "generators"))))
                case "merge":
                    return self._merge(value)
                case "selector":
                    continue
                case _:
                    raise _NotHere(f"what its generator `{key}` finds is not in this tree")
        return []

    def _flat(self, values: Any) -> dict[str, Any]:
        if self.go or not isinstance(values, dict):
            return values if isinstance(values, dict) else {}
        return dict(_flattened(values, ""))

    def _cluster(self, value: Node) -> dict[str, Any]:
        """One cluster that stands for any number of them; only what is written beside it is known."""
        own = plain(at(value, "values"))
        return self._flat({"values": own}) if isinstance(own, dict) else {}

    def _git(self, value: Node) -> list[dict[str, Any]]:
        own = plain(at(value, "values"))
        extra = self._flat({"values": own}) if isinstance(own, dict) else {}
        found: list[dict[str, Any]] = []
        patterns = [(word(row.get("path")), _is_true(row.get("exclude"))) for row in rows(at(value, "directories"))]
        if patterns:
            folders = [folder for folder in sorted(self.files.folders) if _matches(folder, patterns)]
            found += [{**self._path(folder), **extra} for folder in folders]
        wanted = [(word(row.get("path")), _is_true(row.get("exclude"))) for row in rows(at(value, "files"))]
        for path in [path for path in self.files.entries if _matches(path, wanted)] if wanted else []:
            found += [{**self._content(path), **self._path(posixpath.dirname(path), path), **extra}]
        return found

    def _path(self, folder: str, file: str = "") -> dict[str, Any]:
        base = posixpath.basename(folder)
        more = {"basename": base, "basenameNormalized": re.sub(r"[^a-z0-9.-]+", "-", base.lower())}
        if file:
            name = posixpath.basename(file)
            more |= {"filename": name, "filenameNormalized": re.sub(r"[^a-z0-9.-]+", "-", name.lower())}
        steps = folder.split("/")
        if self.go:
            return {"path": {"path": folder, "segments": steps, **more}}
        named = {f"path.{key}": text for key, text in more.items()}
        return {"path": folder, **named, **{f"path[{i}]": step for i, step in enumerate(steps)}}

    def _content(self, path: str) -> dict[str, Any]:
        try:
            return self._flat(read_values(self.files, path))
        except NhilintError as error:
            raise _NotHere(f"`{path}` can not be read: {error.message}") from None

    def _matrix(self, generators: list[Map]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [{}]
        for generator in generators:
            wider: list[dict[str, Any]] = []
            for known in found:
                # The second one may use what the first one gave.
                own = _filled(generator, known, self.go) if known else generator
                assert isinstance(own, Map)
                wider += [_joined(known, more) for more in self.read(own)]
                if len(wider) > MAX_APPLICATIONS:
                    raise _NotHere(f"it makes more than {MAX_APPLICATIONS} applications")
            found = wider
        return found

    def _merge(self, value: Node) -> list[dict[str, Any]]:
        keys = [word(item) for item in getattr(at(value, "mergeKeys"), "items", ())]
        first, *others = [self.read(row) for row in rows(at(value, "generators"))] or [[]]
        found = []
        for row in first:
            for other in others:
                same = [one for one in other if all(_look(one, key) == _look(row, key) for key in keys)]
                row = {**row, **(same[0] if same else {})}
            found.append(row)
        return found


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, **other}


def _flattened(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _matches(path: str, patterns: list[tuple[str, bool]]) -> bool:
    taken = any(_glob(pattern).fullmatch(path) for pattern, exclude in patterns if not exclude)
    return taken and not any(_glob(pattern).fullmatch(path) for pattern, exclude in patterns if exclude)


def _glob(pattern: str) -> re.Pattern[str]:
    """A pattern of paths: a star stays in one folder, two stars do not."""
    pattern = posixpath.normpath(pattern.lstrip("/") or ".")
    text = ""
    for piece in re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]/]+\])", pattern):
        if piece.startswith("[") and piece.endswith("]"):
            text += f"[{piece[1:-1].translate(_CLASS)}]"
            continue
        text += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece) or re.escape(piece)
    return re.compile(text)


def _filled(node: Node, values: Mapping[str, Any], go: bool) -> Node:
    """A template with its parameters; what is not known is a symbol."""
    match node:
        case Map():
            return Map({key: _filled(value, values, go) for key, value in node.entries.items()}, node.span)
        case Sequence():
            return Sequence(tuple(_filled(item, values, go) for item in node.items), node.span)
        case Scalar(value=str() as text) if "{{" in text:
            parts: list[str | Symbol] = []
            end = 0
            for match in _ACTION.finditer(text):
                parts += [text[end : match.start()], _value(match[1], values, go)]
                end = match.end()
            parts.append(text[end:])
            if any(isinstance(part, Symbol) for part in parts):
                return Text(tuple(part for part in parts if part != ""), node.span)
            return Scalar("".join(map(str, parts)), node.span)
        case _:
            return node


def _value(action: str, values: Mapping[str, Any], go: bool) -> str | Symbol:
    index = _INDEX.fullmatch(action) if go else None
    if index is not None:
        found = _look(values, index[1], *_STEP.findall(index[2]))
    elif go:
        found = _look(values, *_STEP.findall(action)) if re.fullmatch(r"\.[\w.-]+", action) else None
    else:
        found = values.get(action)
    if found is None or isinstance(found, dict | list):
        return Symbol(action)
    return ("true" if found else "false") if isinstance(found, bool) else str(found)


def _look(values: Any, *steps: str) -> Any:
    if isinstance(values, Mapping) and len(steps) == 1 and steps[0] in values:
        return values[steps[0]]
    for step in ".".join(steps).split("."):
        if isinstance(values, list) and step.isdigit() and int(step) < len(values):
            values = values[int(step)]
        elif isinstance(values, Mapping) and step in values:
            values = values[step]
        else:
            return None
    return values


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True
