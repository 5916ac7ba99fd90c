"""GitHub workflows and the local actions they use to documents; knows nothing of what they mean.

GitHub reads workflows from `.github/workflows` of the top folder only; copies elsewhere (templates, examples)
are not active and are left alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Assumed, Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.sources.options import Cache, RepositoryOptions
from nhilint.sources.tree import Entry, Tree

MAX_BYTES = 2 * 1024 * 1024
"""A larger file is named as unresolved and not read."""

_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_LOCAL = re.compile(rb"""uses:[ \t]*["']?\./([^\s"'#@{}\[\],]*)""")
_MERGE = re.compile(r"(?:^|[{,]|- )[ \t]*<<[ \t]*:[ \t]", re.MULTILINE)
_ACTION_FILES = ("action.yml", "action.yaml")

Read = tuple[tuple[Document, ...], tuple[Unresolved, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflows:
    """What a tree says to GitHub Actions."""

    documents: tuple[Document, ...]
    unresolved: tuple[Unresolved, ...]
    assumed: tuple[Assumed, ...] = ()
    files: frozenset[str]
    """Paths of the workflows and of the local actions that were read."""


def is_workflow(path: str) -> bool:
    """Whether GitHub reads the file as a workflow."""
    return _WORKFLOW.fullmatch(path) is not None


def load_workflows(tree: Tree, entries: Iterable[Entry], settings: RepositoryOptions, cache: Cache) -> Workflows:
    """The workflows among `entries`, the local actions that they use, and what the settings say of the repository.

    Never raises for what a file holds.
    """
    wanted = [entry for entry in entries if is_workflow(entry.path)]
    documents: list[Document] = []
    unresolved: list[Unresolved] = []
    for entry in (*wanted, *(_actions(tree, wanted) if wanted else ())):
        found, problems = _file(tree, entry, cache)
        documents += found
        unresolved += problems
    files = frozenset({*(d.span.path for d in documents), *(entry.path for entry in wanted)})
    if documents:
        documents.append(_repository(settings))
    return Workflows(
        documents=tuple(documents),
        unresolved=tuple(unresolved),
        assumed=tuple(_assumed(documents, settings)),
        files=files,
    )


def _assumed(documents: Iterable[Document], settings: RepositoryOptions) -> Iterator[Assumed]:
    """That the repository is the one of the remote, where a job asks for tokens in its name."""
    if not settings.assumed:
        return
    for document in documents:
        jobs = document.body.get("jobs")
        places = [document.body, *(jobs.entries.values() if isinstance(jobs, Map) else ())]
        given = [place.get("permissions") for place in places if isinstance(place, Map)]
        asked = next((node for node in given if node is not None and _asks(node)), None)
        if asked is not None:
            why = f"the repository is `{settings.repository}`, as the remote `origin` says; `github.repository` sets it"
            yield Assumed(what="tokens of workflows", why=why, span=Span(asked.span.path, asked.span.line))
            return


def _asks(permissions: Node) -> bool:
    if isinstance(permissions, Map):
        return "id-token" in permissions.entries
    return isinstance(permissions, Scalar) and permissions.value == "write-all"


def _actions(tree: Tree, workflows: Iterable[Entry]) -> Iterator[Entry]:
    """The local actions that the workflows use, and those that these use in turn."""
    every = {entry.path: entry for entry in tree.entries()}
    seen: set[str] = set()
    waiting = [entry for entry in workflows if _readable(entry)]
    while waiting:
        for found in _LOCAL.findall(tree.read(waiting.pop().path)):
            folder = posixpath.normpath(found.decode("utf-8", "replace"))
            names = (posixpath.normpath(f"{folder}/{name}") for name in _ACTION_FILES)
            entry = next((every[name] for name in names if name in every), None)
            if entry is not None and entry.path not in seen and _readable(entry):
                seen.add(entry.path)
                waiting.append(entry)
                yield entry


def _readable(entry: Entry) -> bool:
    return not entry.problem and entry.size <= MAX_BYTES


def _file(tree: Tree, entry: Entry, cache: Cache) -> Read:
    if entry.problem:
        return (), (_unread(entry.path, entry.problem, "link"),)
    if entry.size > MAX_BYTES:
        why = (
            f"it has {entry.size // 1024 // 1024} MiB, and workflows over {MAX_BYTES // 1024 // 1024} MiB are not read"
        )
        return (), (_unread(entry.path, why, "size"),)
    language, digest = f"workflow:{entry.path}", tree.digest(entry.path)
    known = cache.get(digest, language)
    if isinstance(known, tuple):
        return known
    read = _read(entry.path, tree.read(entry.path))
    cache.put(digest, language, read)
    return read


def _read(path: str, content: bytes) -> Read:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return (), (_unread(path, f"byte {error.start} is not UTF-8", "encoding"),)
    from nhilint.sources.yamldoc import parse_yaml

    parsed = parse_yaml(path, text)
    problems = [_problem(path, error) for error in parsed.errors]
    if merge := _MERGE.search(text):
        why = "GitHub knows no merge keys (`<<`) and refuses the file; it is read as if it did"
        problems.append(_unread(path, why, "syntax", text.count("\n", 0, merge.start()) + 1))
    nodes = [node for node in parsed.documents if not (isinstance(node, Scalar) and node.value is None)]
    if not nodes and not parsed.errors:
        problems.append(_unread(path, "it is empty", "syntax"))
    if len(nodes) > 1:
        why = "it holds more than one YAML document, which GitHub refuses; the first one is read"
        problems.append(_unread(path, why, "syntax", nodes[1].span.line))
    documents = []
    for node in nodes[:1]:
        if isinstance(node, Map):
            documents.append(_document(path, node))
        else:
            problems.append(_unread(path, "it holds no map", "syntax", node.span.line))
    return tuple(documents), tuple(problems)


def _document(path: str, body: Map) -> Document:
    workflow = is_workflow(path)
    return Document(
        language="github",
        kind="workflow" if workflow else "action",
        type="",
        address=posixpath.basename(path) if workflow else posixpath.dirname(path),
        root="",
        body=body,
        span=body.span,
    )


def _repository(settings: RepositoryOptions) -> Document:
    """What the settings say, as one more document: the tree itself does not know what it is called."""
    span = Span(settings.source or "nhilint.toml", 1)
    values: Mapping[str, str | bool | tuple[str, ...]] = {
        "repository": settings.repository,
        "owner_id": settings.owner_id,
        "repository_id": settings.repository_id,
        "default_branch": settings.default_branch,
        "default_permissions": settings.default_permissions,
        "protected_environments": settings.protected_environments,
        "distrust_tags": settings.distrust_tags,
    }
    body = Map({name: _node(value, span) for name, value in values.items()}, span)
    return Document(language="github", kind="repository", type="", address="", root="", body=body, span=span)


def _node(value: str | bool | tuple[str, ...], span: Span) -> Node:
    if isinstance(value, tuple):
        return ListNode(tuple(Scalar(item, span) for item in value), span)
    return Scalar(value, span)


def _unread(path: str, why: str, cause: str, line: int = 1) -> Unresolved:
    what = "workflow" if is_workflow(path) else "action"
    return Unresolved(what=f"{what} `{path}`", why=why, span=Span(path, line), cause=cause)


def _problem(path: str, error: NhilintError) -> Unresolved:
    return Unresolved(
        what=f"workflow `{path}`" if is_workflow(path) else f"action `{path}`",
        why=error.message,
        span=error.span or Span(path, 1),
        cause="syntax",
        source_line=error.source_line,
        help=error.help,
    )
