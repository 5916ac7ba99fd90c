"""The files of a tree's catalog, parsed; one that is no YAML hides nothing of the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhilint.catalog.model import Problem
from nhilint.model.errors import NhilintError
from nhilint.model.node import Map
from nhilint.model.span import Span
from nhilint.sources.tree import Tree

if TYPE_CHECKING:
    from nhilint.app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFiles:
    """What could be parsed, and what is wrong with the rest."""

    documents: Mapping[str, Map]
    """By path."""
    problems: tuple[Problem, ...]
    own: bool
    """Whether they are the tree's own; otherwise they are those of the starter catalog."""
    texts: Mapping[str, str]
    """The files as they are, by path; also those that are no YAML."""


def catalog_files(tree: Tree, settings: Settings, judged: Collection[str] | None = None) -> CatalogFiles:
    """The files of the folders that the settings name; the starter catalog where there are none.

    `judged`: the platforms to be judged, where it is about nothing else: of the starter catalog only their roles are
    read, and without their tests.
    """
    from nhilint.catalog.files.starter import starter_files

    folders = tuple(path.rstrip("/") + "/" for path in settings.catalog_paths)
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for entry in tree.entries():
        if not entry.path.startswith(folders) or not entry.path.endswith((".yaml", ".yml")):
            continue
        if entry.problem:
            problems.append(Problem(code="unreadable", message=entry.problem, span=Span(entry.path, 1)))
            continue
        content = b""
        try:
            content = tree.read(entry.path)
            texts[entry.path] = content.decode("utf-8-sig")
        except NhilintError as error:
            problems.append(Problem(code="unreadable", message=error.message, span=Span(entry.path, 1)))
        except UnicodeDecodeError as error:
            problems.append(_not_text(entry.path, content, error.start))
    own = bool(texts or problems)
    if not own:
        texts = dict(starter_files(judged, tests=judged is None))
    documents: dict[str, Map] = {}
    for path, text in texts.items():
        problems += _parsed(path, text, documents, places=own or judged is None)
    return CatalogFiles(documents=documents, problems=tuple(problems), own=own, texts=texts)


def _not_text(path: str, content: bytes, start: int) -> Problem:
    line = content.count(b"\n", 0, start) + 1
    column = start - (content.rfind(b"\n", 0, start) + 1) + 1
    message = f"byte {start + 1} of the file is not UTF-8"
    return Problem(code="not-utf-8", message=message, span=Span(path, line, column), help="save the file as UTF-8")


def _parsed(path: str, text: str, documents: dict[str, Map], *, places: bool) -> Iterator[Problem]:
    """Adds the document of one file; yields what is wrong with it as YAML. `places`: of keys as well."""
    from nhilint.sources.yamldoc import DuplicateKey, parse_yaml

    parsed = parse_yaml(path, text, places=places)
    for error in parsed.errors:
        span = error.span or Span(path, 1)
        tab = _tab(text, span)
        code = "duplicate-key" if isinstance(error, DuplicateKey) else "not-yaml"
        help = "indent with blanks: YAML knows no tabs" if tab is not None else error.help
        yield Problem(code=code, message=error.message, span=tab or span, help=help)
    if not parsed.documents and not parsed.errors:
        message = "the file is empty"
        yield Problem(code="empty-file", message=message, span=Span(path, 1), help="a file holds one role")
    for number, node in enumerate(parsed.documents):
        if number:
            message = "a file holds one role, and this is another document"
            yield Problem(code="second-document", message=message, span=node.span, help="move it to a file of its own")
        if isinstance(node, Map):
            documents[f"{path}#{number}" if number else path] = node
        else:
            message = "a role file is a map of fields such as `id: NAME`"
            yield Problem(code="not-a-map", message=message, span=node.span)


def _tab(text: str, span: Span) -> Span | None:
    """The tab that a line is indented with, if it is; readers of YAML complain about what it makes of the line."""
    lines = text.split("\n")
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    return Span(span.path, span.line, indent.index("\t") + 1) if "\t" in indent else None
