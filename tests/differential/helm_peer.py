"""What Helm itself makes of a chart in a folder: an install that is only tried, without a cluster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module, util
from typing import Any

AVAILABLE = util.find_spec("helm_python") is not None
_NOWHERE = "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n"
_SOURCE = re.compile(r"^# Source: (\S+)$", re.MULTILINE)
_CUT = re.compile(r"(?:^|\s*\n)---\s*")


class HelmRefuses(Exception):
    """Helm does not install the chart."""


def installed(folder: str, values: Mapping[str, Any], name: str, namespace: str) -> dict[str, list[str]]:
    """The objects that an install would apply, by the path of their template; hooks are not among them."""
    helm: Any = import_module("helm_python")
    try:
        with helm.Config(kubeconfig_content=_NOWHERE, namespace=namespace) as config, helm.Chart.load(folder) as chart:
            release = config.install(chart, name=name, values=dict(values), namespace=namespace, dry_run="client")
    except helm.HelmError as error:
        raise HelmRefuses(str(error)) from None
    found: dict[str, list[str]] = {}
    for piece in _CUT.split(release.get("manifest", "")):
        source = _SOURCE.search(piece)
        if source is not None:
            text = normal(piece[source.end() :])
            found.setdefault(source[1].partition("/")[2], []).extend([text] if text else [])
    return {path: sorted(texts) for path, texts in found.items() if texts}


def objects(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The same of the output of templates; what a hook is, Helm keeps apart."""
    found: dict[str, list[str]] = {}
    for path, text in texts.items():
        pieces = [normal(piece) for piece in _CUT.split(text)]
        kept = sorted(piece for piece in pieces if piece and not _is_hook(piece))
        if kept and not path.endswith("NOTES.txt"):
            found[path] = kept
    return found


def normal(text: str) -> str:
    """A text without what stands between objects: comments, empty lines, blanks at the end of lines."""
    rows = [row.rstrip() for row in text.split("\n") if row.strip() and not row.lstrip().startswith("#")]
    return "\n".join(rows)


def _is_hook(text: str) -> bool:
    return re.search(r"^\s*[\"']?helm\.sh/hook[\"']?:", text, re.MULTILINE) is not None
