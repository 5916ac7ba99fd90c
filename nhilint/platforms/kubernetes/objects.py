"""The RBAC objects of a tree by kind, namespace and name; resolves a name from where it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from nhilint.model.document import Document
from nhilint.model.node import Map
from nhilint.platforms.kubernetes.text import text

KINDS = frozenset({"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ServiceAccount"})
DEFAULT = "default"
"""The namespace of an object that says none."""
_CLUSTER_SCOPED = frozenset({"ClusterRole", "ClusterRoleBinding"})


def metadata(document: Document, field_name: str) -> dict[str, str]:
    """A string map of the metadata (`labels`, `annotations`)."""
    meta = document.body.get("metadata")
    table = meta.get(field_name) if isinstance(meta, Map) else None
    return {key: text(value) for key, value in table.entries.items()} if isinstance(table, Map) else {}


def name_of(document: Document) -> str:
    """`metadata.name`, or the prefix of a generated one with a star behind it."""
    meta = document.body.get("metadata")
    if not isinstance(meta, Map):
        return ""
    return text(meta.get("name")) or (text(meta.get("generateName")) + "*" if meta.get("generateName") else "")


@dataclass(slots=True)
class Objects:
    """Every object of the kinds that matter."""

    by_kind: defaultdict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    _index: defaultdict[tuple[str, str, str], list[Document]] = field(default_factory=lambda: defaultdict(list))

    def namespace(self, document: Document) -> str:
        """The namespace an object lands in: its own, or `default`; empty for cluster scope."""
        if document.kind in _CLUSTER_SCOPED:
            return ""
        return self.written(document) or DEFAULT

    def written(self, document: Document) -> str:
        """`metadata.namespace` as it stands there."""
        meta = document.body.get("metadata")
        return text(meta.get("namespace")) if isinstance(meta, Map) else ""

    def unwritten(self, document: Document) -> bool:
        """Whether nothing in the tree says the namespace, so that whoever applies it chooses."""
        return not self.written(document)

    def find(self, kind: str, namespace: str, name: str, user: Document) -> Document | None:
        """The object of that name that is nearest to where it is used.

        What is applied together goes before the same file, and that before the nearest folder.
        """
        candidates = self._index.get((kind, namespace, name), [])

        def near(document: Document) -> tuple[bool, bool, int, str]:
            own = document.span.path
            return document.root == user.root, own == user.span.path, _shared(document.root, user.root), own

        return max(candidates, key=near, default=None)

    def realm(self, *documents: Document | None) -> str:
        """The folder that tells apart objects defined in several folders; empty when there is only one."""
        for document in documents:
            if document is None:
                continue
            same = self._index[(document.kind, self.namespace(document), name_of(document))]
            if len({d.root for d in same}) > 1:
                first = documents[0]
                return first.root if first is not None else ""
        return ""


def collect(documents: Sequence[Document]) -> Objects:
    """The index of a tree's objects."""
    objects = Objects()
    for document in documents:
        objects.by_kind[document.kind].append(document)
        if document.kind in KINDS:
            objects._index[(document.kind, objects.namespace(document), name_of(document))].append(document)
    return objects


def _shared(a: str, b: str) -> int:
    """How many leading folders two folders share, less how far they part."""
    left, right = a.split("/"), b.split("/")
    shared = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        shared += 1
    return shared * 100 - (len(left) + len(right) - 2 * shared)
