"""Charts for tests: the files of a small one, archives, and what a tree with them gives."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping

import pytest

from nhilint.sources.cache import ParseCache
from nhilint.sources.load import Loaded, load
from nhilint.sources.manifests.helm_engine import open_engine
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions

needs_engine = pytest.mark.skipif(
    open_engine() is None, reason="neither the package helm-python-sdk nor the program helm is installed"
)
ACCOUNT = """apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-{{ .Values.suffix }}
  namespace: {{ .Release.Namespace }}
"""
ROLES = """{{- if .Values.rbac }}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .Release.Name }}
rules:
  - apiGroups: [""]
    resources: {{ toJson .Values.resources }}
    verbs: ["get"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .Release.Name }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .Release.Name }}}
subjects:
  - kind: ServiceAccount
    name: {{ .Release.Name }}-{{ .Values.suffix }}
    namespace: {{ .Release.Namespace }}
{{- end }}
"""


def chart(folder: str, head: str = "", **files: str) -> dict[str, str]:
    """A chart with an account and a role; `files` by their path, with `__` for a slash and `_dot_` for a dot."""
    name = folder.rpartition("/")[2]
    own = {path.replace("__", "/").replace("_dot_", "."): text for path, text in files.items()}
    parts = {
        "Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{head}",
        "values.yaml": "suffix: bot\nrbac: true\nresources: [pods]\n",
        "templates/account.yaml": ACCOUNT,
        "templates/roles.yaml": ROLES,
        **own,
    }
    return {f"{folder}/{path}" if folder else path: text for path, text in parts.items()}


def packed(files: Mapping[str, str], top: str = "sub") -> bytes:
    """An archive as `helm package` makes it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in files.items():
            row = tarfile.TarInfo(f"{top}/{path}" if top else path)
            row.size = len(text.encode())
            archive.addfile(row, io.BytesIO(text.encode()))
    return out.getvalue()


def bomb(size: int) -> bytes:
    """An archive that unpacks to very much."""
    return gzip.compress(b"\0" * size)


def read(
    files: Mapping[str, str | bytes], options: LoadOptions | None = None, cache: ParseCache | None = None
) -> Loaded:
    """What a tree holds."""
    return load(MemoryTree(files), options or LoadOptions(), cache)


def names(loaded: Loaded) -> list[str]:
    """The objects: root, kind, namespace and name."""
    from nhilint.platforms.kubernetes.objects import name_of
    from nhilint.sources.manifests.helm_output import namespace_of

    return sorted(f"{d.root} {d.kind} {namespace_of(d.body) or '-'}/{name_of(d)}" for d in loaded.documents)
