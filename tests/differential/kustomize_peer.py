"""What `kubectl kustomize` makes of a folder, and what nhilint makes of it, as plain values that can be compared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.sources.cache import ParseCache
from nhilint.sources.manifests.files import Files
from nhilint.sources.manifests.kustomize.build import Builder
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.kustomization import load_kustomization
from nhilint.sources.options import LoadOptions
from nhilint.sources.tree import Tree
from nhilint.sources.yamldoc import parse_yaml

KUBECTL = shutil.which("kubectl")
# Nothing is fetched: what is remote fails at once.
_OFFLINE = {
    "GIT_ALLOW_PROTOCOL": "none",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "",
}


def theirs(folder: Path) -> tuple[list[Any], str]:
    """The objects that kubectl prints, and why it refuses."""
    assert KUBECTL is not None
    command = [KUBECTL, "kustomize", "--load-restrictor", "LoadRestrictionsNone", str(folder)]
    environment = {**os.environ, **_OFFLINE}
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, env=environment)
    if done.returncode:
        return [], done.stderr.decode(errors="replace")
    parsed = parse_yaml("rendered.yaml", done.stdout.decode())
    assert not parsed.errors, parsed.errors
    return [plain(node) for node in parsed.documents if isinstance(node, Map)], ""


class Mine:
    """nhilint over one tree; definitions of kinds are read with their schemas, to compare them too."""

    def __init__(self, tree: Tree) -> None:
        self.files = Files(tree=tree, cache=ParseCache(), options=LoadOptions(), whole=True)
        self.builder = Builder(self.files)

    def render(self, folder: str) -> tuple[list[Any], list[Unresolved]]:
        """The objects, and what is not resolved."""
        try:
            own = load_kustomization(self.files, folder)
        except KustomizeError as error:
            return [], [Unresolved(what=folder, why=error.message, span=error.span or None)]  # type: ignore[arg-type]
        done = self.builder.build(own)
        return [plain(one.body) for one in done.resources], done.problems


def plain(node: Node) -> Any:
    """A tree of nodes as Python has it."""
    match node:
        case Scalar():
            return node.value
        case Map():
            return {key: plain(value) for key, value in node.entries.items()}
        case Sequence():
            return [plain(item) for item in node.items]
        case _:
            return repr(node)


def different(mine: Iterable[Any], others: Iterable[Any]) -> list[str]:
    """What only one of both has, in words; the order of objects does not count."""
    left, right = (sorted(map(_written, objects)) for objects in (mine, others))
    if left == right:
        return []
    only_mine = [text for text in left if text not in set(right)]
    only_theirs = [text for text in right if text not in set(left)]
    if not only_mine and not only_theirs:
        return ["one of both has an object twice"]
    found: list[str] = []
    named = {_name(json.loads(text)): json.loads(text) for text in only_theirs}
    for text in only_mine:
        one = json.loads(text)
        other = named.pop(_name(one), None)
        found.append(f"only nhilint: {_name(one)}" if other is None else f"{_name(one)}: {_first(one, other)}")
    return found + [f"only kubectl: {name}" for name in named]


def _written(one: Any) -> str:
    return json.dumps(_numbers(one), sort_keys=True)


def _numbers(value: Any) -> Any:
    """A whole float and an integer are one number in JSON."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _numbers(one) for key, one in value.items()}
    return [_numbers(one) for one in value] if isinstance(value, list) else value


def _name(one: Any) -> str:
    meta = one.get("metadata") or {}
    return f"{one.get('apiVersion')} {one.get('kind')} {meta.get('namespace', '')}/{meta.get('name', '')}"


def _first(mine: Any, other: Any, path: str = "") -> str:
    """Where two values part for the first time."""
    if isinstance(mine, dict) and isinstance(other, dict):
        for key in sorted({*mine, *other}):
            if mine.get(key) != other.get(key) or (key in mine) != (key in other):
                if key in mine and key in other:
                    return _first(mine[key], other[key], f"{path}.{key}")
                return f"{path}.{key} only in {'nhilint' if key in mine else 'kubectl'}"
    if isinstance(mine, list) and isinstance(other, list) and len(mine) == len(other):
        for index, pair in enumerate(zip(mine, other, strict=True)):
            if pair[0] != pair[1]:
                return _first(*pair, f"{path}[{index}]")
    return f"{path}: {json.dumps(mine)[:300]} instead of {json.dumps(other)[:300]}"
