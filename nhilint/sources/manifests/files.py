"""The files of a tree as manifests: each is cut at its `---` lines, and a piece is parsed once, when something asks.

Knows no renderer and not what an object means.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.sources.options import Cache, LoadOptions
from nhilint.sources.tree import Entry, Tree

if TYPE_CHECKING:
    from nhilint.sources.yamldoc import YamlFile

MAX_BYTES = 10 * 1024 * 1024
"""A larger file is named as unresolved and not read."""
WORDS = (
    *("Role", "erviceAccount", "containers", "service-account-token", "aws-auth"),
    *("toolkit.fluxcd.io", "argoproj.io"),
)
"""A file without any of these words holds nothing that bears permission, runs as somebody or applies other files."""
_BYTES = tuple(word.encode() for word in WORDS)
_RBAC_WORDS = ("Role", "ServiceAccount", "Binding")
SCHEMA = re.compile(r"""^["']?kind["']?:[ \t]*["']?CustomResourceDefinition\b""", re.MULTILINE)
"""The line that begins the definition of a kind of object."""
_BODY_OF_SCHEMA = re.compile(r"^(?:spec|status):.*\n(?:(?:[ \t#-].*)?\n)*(?:[ \t#-].*)?", re.MULTILINE)
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""Names of the file that makes a folder a kustomization."""


class ManifestError(NhilintError):
    """A file that a renderer needs and that can not be read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two `---` lines."""

    first_line: int
    """Lines before it."""
    text: str
    relevant: bool
    """Whether it may hold something that bears permission."""
    schema: bool
    """Whether it defines a kind of object: long, and without permissions."""


@dataclass(kw_only=True)
class Files:
    """What renderers may ask about a tree. Paths are inside the tree, with forward slashes."""

    tree: Tree
    cache: Cache
    options: LoadOptions
    others: tuple[Document, ...] = ()
    """What was read of the tree that is no manifest: resources of Terraform."""
    whole: bool = False
    """Whether definitions of kinds are read with their schema; only tests need it."""
    inflated: set[str] = field(default_factory=set)
    """Folders of charts that a kustomization renders; they are not rendered with their own values as well."""
    _pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Every file of the tree by path, in order."""
        return {entry.path: entry for entry in self.tree.entries()}

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """Every folder that has files below it, and the paths of those directly in it; the top is empty."""
        found: dict[str, list[str]] = {"": []}
        for path in self.entries:
            folder = posixpath.dirname(path)
            found.setdefault(folder, []).append(path)
            while folder := posixpath.dirname(folder):
                found.setdefault(folder, [])
        return found

    def wanted(self, path: str) -> bool:
        """Whether a file or folder is one that the caller asked for (`--path`)."""
        return wanted(path, self.options.paths)

    def resolve(self, folder: str, name: str) -> str | None:
        """The path that a relative name means in a folder; None when it leads out of the tree."""
        path = posixpath.normpath(posixpath.join(folder, name))
        if path == ".":
            return ""
        return None if path.startswith(("../", "/")) or path == ".." else path

    def content(self, path: str) -> bytes:
        """The bytes of a file; ManifestError when it is not there, too large or not readable."""
        entry = self.entries.get(path)
        if entry is None:
            raise ManifestError(f"there is no file `{path}`")
        why = unreadable(entry)
        if why:
            raise ManifestError(f"`{path}` is not read: {why}", span=Span(path, 1))
        return self.tree.read(path)

    def text(self, path: str) -> str:
        """The text of a file; ManifestError as above, or when it is no text."""
        content = self.content(path)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ManifestError(f"byte {error.start} of `{path}` is not UTF-8", span=Span(path, 1)) from None
        if "\x00" in text:
            raise ManifestError(f"`{path}` holds NUL characters", span=Span(path, 1))
        return text

    def digest(self, path: str) -> str:
        """What tells the content of a file from others."""
        if path not in self._digests:
            self._digests[path] = self.tree.digest(path)
        return self._digests[path]

    def pieces(self, path: str) -> tuple[Piece, ...]:
        """A file cut at its `---` lines; ManifestError as above."""
        from nhilint.sources.yamldoc import pieces

        if path not in self._pieces:
            self._pieces[path] = tuple(
                Piece(line, text, relevant(text), SCHEMA.search(text) is not None)
                for line, text in pieces(self.text(path))
            )
        return self._pieces[path]

    def parsed(self, path: str, piece: Piece) -> YamlFile:
        """The nodes of one piece, and what is wrong with it. A definition of a kind has no `spec`."""
        from nhilint.sources.yamldoc import YamlFile, parse_yaml

        language = f"yaml:{path}:{piece.first_line}" + ":whole" * self.whole
        known = self.cache.get(self.digest(path), language)
        if isinstance(known, YamlFile):
            return known
        text = piece.text
        if piece.schema and not self.whole:
            text = _BODY_OF_SCHEMA.sub(lambda match: "\n" * match[0].count("\n"), text)
        parsed = parse_yaml(path, text, first_line=piece.first_line)
        self.cache.put(self.digest(path), language, parsed)
        return parsed

    def nodes(self, path: str) -> tuple[Node, ...]:
        """Every document of a file; raises what is wrong with the first one that can not be read."""
        found: list[Node] = []
        for piece in self.pieces(path):
            parsed = self.parsed(path, piece)
            if parsed.errors:
                raise parsed.errors[0]
            found.extend(parsed.documents)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Plain:
    """One file as it is read when nothing renders it."""

    documents: tuple[Document, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()


def read_plainly(files: Files, entry: Entry) -> Plain:
    """The objects of one file that may bear permission, and what could not be read of it."""
    path = entry.path
    if why := unreadable(entry):
        return Plain(unresolved=(unread(path, why, "link" if entry.problem else "size"),))
    if posixpath.basename(path) in KUSTOMIZATIONS:
        return Plain()
    content = files.content(path)
    if b"kind" not in content or not any(word in content for word in _BYTES):
        return Plain()
    try:
        pieces = files.pieces(path)
    except ManifestError as error:
        return Plain(unresolved=(unread(path, error.message, "encoding"),))
    documents: list[Document] = []
    errors: list[NhilintError] = []
    folder = posixpath.dirname(path)
    for piece in pieces:
        if piece.relevant and not piece.schema:
            parsed = files.parsed(path, piece)
            errors += parsed.errors
            documents += [d for node in parsed.documents for d in objects(node, folder)]
    return Plain(tuple(documents), tuple(_problems(path, content.decode("utf-8-sig"), errors)))


def _problems(path: str, text: str, errors: list[NhilintError]) -> Iterator[Unresolved]:
    if not errors:
        return
    if "{{" in text:
        if any(word in text for word in _RBAC_WORDS):
            yield unread(path, "it is a template (`{{ … }}`) and has to be rendered before it can be read", "template")
    elif any(word in text for word in (*_RBAC_WORDS, "serviceAccount")):
        yield from (problem(path, error) for error in errors)


def objects(node: Node, root: str) -> Iterator[Document]:
    """The Kubernetes objects of one YAML document; the items of a list object one by one."""
    if not isinstance(node, Map):
        return
    kind, version = word(node.get("kind")), word(node.get("apiVersion"))
    if not kind:
        return
    items = node.get("items")
    if kind.endswith("List") and isinstance(items, ListNode):
        for item in items.items:
            if isinstance(item, Map) and "kind" not in item.entries and kind != "List":
                named = {"apiVersion": Scalar(version, item.span), "kind": Scalar(kind[:-4], item.span)}
                item = Map({**named, **item.entries}, item.span)
            yield from objects(item, root)
        return
    yield Document(language="kubernetes", kind=kind, type=version, address="", root=root, body=node, span=node.span)


def word(node: Node | None) -> str:
    """The string of a scalar; empty when it is none."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else ""


def wanted(path: str, paths: tuple[str, ...]) -> bool:
    """Whether a path is one of these files or folders, or below one; without any, every path is."""
    folders = [posixpath.normpath(name) for name in paths]
    return not folders or any(f == "." or path == f or path.startswith(f + "/") for f in folders)


def unreadable(entry: Entry) -> str:
    """Why a file is not read; empty: it is."""
    if entry.problem:
        return entry.problem
    if entry.size > MAX_BYTES:
        return f"it has {entry.size // 1024 // 1024} MiB, and files over {MAX_BYTES // 1024 // 1024} MiB are not read"
    return ""


def unread(path: str, why: str, cause: str) -> Unresolved:
    """A file that could not be read."""
    return Unresolved(what=f"file `{path}`", why=why, span=Span(path, 1), cause=cause)


def problem(path: str, error: NhilintError) -> Unresolved:
    """A file of which a part could not be read."""
    help = f" ({error.help})" if error.help else ""
    return Unresolved(
        what=f"file `{path}`", why=f"{error.message}{help}", span=error.span or Span(path, 1), cause="syntax"
    )


def relevant(text: str) -> bool:
    """Whether one document may hold something that bears permission."""
    return any(word in text for word in WORDS)
