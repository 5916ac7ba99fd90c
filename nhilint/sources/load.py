"""A tree to documents: decides which reader a file belongs to, and names every file that could not be read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import Assumed, Moved, Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.sources.cache import ParseCache
from nhilint.sources.options import LoadOptions
from nhilint.sources.tree import Entry, Tree
from nhilint.sources.workflows import load_workflows

MAX_BYTES = 10 * 1024 * 1024
"""A larger file is named as unresolved and not read."""

_TERRAFORM = (
    ".tf",
    ".tofu",
    ".tf.json",
    ".tofu.json",
    ".tfvars",
    ".tfvars.json",
    "terragrunt.hcl",
    "terragrunt.stack.hcl",
)
_MANIFEST = (".yaml", ".yml", ".json")
# A file without any of these words holds nothing that bears permission or runs as somebody.
_WORDS = ("Role", "erviceAccount", "containers", "ustomization", "service-account-token")
_BYTES = tuple(word.encode() for word in _WORDS)
_SCHEMA = re.compile(r"""^["']?kind["']?:[ \t]*["']?CustomResourceDefinition\b""", re.MULTILINE)
_KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "kustomization"})
_RBAC_WORDS = ("Role", "ServiceAccount", "Binding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a tree holds."""

    documents: tuple[Document, ...]
    unresolved: tuple[Unresolved, ...]
    moved: tuple[Moved, ...]
    files: int
    """Files that were read."""
    skipped: int
    """Files of other kinds, which were not."""
    assumed: tuple[Assumed, ...] = ()
    """What the documents rest on without its being in the tree."""


def load(tree: Tree, options: LoadOptions, cache: ParseCache | None = None) -> Loaded:
    """The documents of a tree; never raises for what a file holds."""
    cache = cache if cache is not None else ParseCache()
    entries = [entry for entry in tree.entries() if _wanted(entry.path, options.paths)]
    terraform = [entry for entry in entries if entry.path.endswith(_TERRAFORM)]
    workflows = load_workflows(tree, entries, options.repository, cache)
    manifests = [
        entry
        for entry in entries
        if entry.path.endswith(_MANIFEST) and not entry.path.endswith(_TERRAFORM) and entry.path not in workflows.files
    ]
    documents: list[Document] = [*workflows.documents]
    unresolved: list[Unresolved] = [*workflows.unresolved]
    moved: tuple[Moved, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    if terraform:
        from nhilint.sources.terraform.load import load_terraform

        # Modules are called across folders: the evaluator sees every Terraform file, `paths` limits what is reported.
        every = [entry for entry in tree.entries() if entry.path.endswith(_TERRAFORM)]
        result = load_terraform(tree, every, options, cache)
        # A root inside `paths` brings the modules it calls along, wherever they lie.
        documents += [d for d in result.documents if _wanted(d.root.partition("@")[0] or d.span.path, options.paths)]
        unresolved += [u for u in result.unresolved if _wanted(u.span.path, options.paths)]
        moved = result.moved
        assumed = tuple(a for a in result.assumed if _wanted(a.span.path, options.paths))
    for entry in manifests:
        if entry.link and not entry.problem:
            # The file it leads to is read where it lies; read twice it would be two objects.
            continue
        found, problems = _manifest(tree, entry, cache)
        documents += found
        unresolved += problems
    return Loaded(
        documents=tuple(documents),
        unresolved=tuple(unresolved),
        moved=moved,
        assumed=assumed,
        files=len(terraform) + len(manifests) + len(workflows.files),
        skipped=len(entries) - len(terraform) - len(manifests) - len(workflows.files),
    )


def _wanted(path: str, paths: Sequence[str]) -> bool:
    folders = [posixpath.normpath(name) for name in paths]
    return not folders or any(f == "." or path == f or path.startswith(f + "/") for f in folders)


def _manifest(tree: Tree, entry: Entry, cache: ParseCache) -> tuple[list[Document], list[Unresolved]]:
    if entry.problem:
        return [], [_unread(entry.path, entry.problem, "link")]
    if entry.size > MAX_BYTES:
        why = f"it has {entry.size // 1024 // 1024} MiB, and files over {MAX_BYTES // 1024 // 1024} MiB are not read"
        return [], [_unread(entry.path, why, "size")]
    language = f"yaml:{entry.path}"
    digest = tree.digest(entry.path)
    known = cache.get(digest, language)
    if isinstance(known, _Manifest):
        return known.documents, known.unresolved
    documents, unresolved = _read(entry.path, tree.read(entry.path))
    cache.put(digest, language, _Manifest(documents, unresolved))
    return documents, unresolved


@dataclass(frozen=True, slots=True)
class _Manifest:
    documents: list[Document]
    unresolved: list[Unresolved]


def _read(path: str, content: bytes) -> tuple[list[Document], list[Unresolved]]:
    kustomization = posixpath.basename(path).lower() in _KUSTOMIZATIONS
    if not kustomization and (b"kind" not in content or not any(word in content for word in _BYTES)):
        return [], []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [_unread(path, f"byte {error.start} is not UTF-8", "encoding")]
    if "\x00" in text:
        return [], [_unread(path, "it holds NUL characters", "encoding")]
    return _parse(path, text, kustomization)


def _parse(path: str, text: str, kustomization: bool) -> tuple[list[Document], list[Unresolved]]:
    from nhilint.sources.yamldoc import parse_yaml

    parsed = parse_yaml(path, text, None if kustomization else _relevant)
    documents = [d for node in parsed.documents for d in _documents(path, node, "Kustomization" * kustomization)]
    if not parsed.errors:
        return documents, []
    if "{{" in text:
        if any(word in text for word in _RBAC_WORDS):
            why = "it is a template (`{{ … }}`) and has to be rendered before it can be read"
            return documents, [_unread(path, why, "template")]
        return documents, []
    if not any(word in text for word in (*_RBAC_WORDS, "serviceAccount")):
        return documents, []
    return documents, [_problem(path, error) for error in parsed.errors]


def _relevant(text: str) -> bool:
    """Whether one document may hold something that bears permission; schemas of other kinds are long and do not."""
    return any(word in text for word in _WORDS) and _SCHEMA.search(text) is None


def _documents(path: str, node: Node, implied: str = "") -> Iterator[Document]:
    """The Kubernetes objects of one YAML document; the items of a list object one by one."""
    if not isinstance(node, Map):
        return
    kind, version = _text(node.get("kind")) or implied, _text(node.get("apiVersion"))
    if implied and not version:
        version = "kustomize.config.k8s.io/v1beta1"
    if not kind:
        return
    items = node.get("items")
    if kind.endswith("List") and isinstance(items, ListNode):
        for item in items.items:
            if isinstance(item, Map) and "kind" not in item.entries and kind != "List":
                named = {"apiVersion": Scalar(version, item.span), "kind": Scalar(kind[:-4], item.span)}
                item = Map({**named, **item.entries}, item.span)
            yield from _documents(path, item)
        return
    yield Document(
        language="kubernetes",
        kind=kind,
        type=version,
        address="",
        root=posixpath.dirname(path),
        body=node,
        span=node.span,
    )


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else ""


def _unread(path: str, why: str, cause: str) -> Unresolved:
    return Unresolved(what=f"file `{path}`", why=why, span=Span(path, 1), cause=cause)


def _problem(path: str, error: NhilintError) -> Unresolved:
    help = f" ({error.help})" if error.help else ""
    return Unresolved(
        what=f"file `{path}`", why=f"{error.message}{help}", span=error.span or Span(path, 1), cause="syntax"
    )
