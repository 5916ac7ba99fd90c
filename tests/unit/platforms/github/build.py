"""Small trees of workflows for the tests of the platform."""

from __future__ import annotations

from nhilint.app.settings import read_settings
from nhilint.engine.dialects import Dialects, interpret
from nhilint.graph.access import AccessGraph
from nhilint.graph.build import build
from nhilint.graph.edges import Edge
from nhilint.model.snapshot import Snapshot, unite
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions

SETTINGS = {"nhilint.toml": '[github]\nrepository = "acme/infra"\n'}


def snapshot(files: dict[str, str]) -> Snapshot:
    """Files below `.github/workflows` where their name has no folder and ends in `.yml`."""
    tree = MemoryTree({_path(name): text for name, text in files.items()})
    loaded = load(tree, LoadOptions(repository=read_settings(tree).repository))
    return unite(interpret(loaded.documents), loaded.unresolved, loaded.moved, loaded.assumed)


def _path(name: str) -> str:
    return f".github/workflows/{name}" if name.endswith(".yml") and "/" not in name else name


def graph(files: dict[str, str]) -> AccessGraph:
    return build(snapshot(files), Dialects())


def steps(files: dict[str, str], technique: str) -> list[Edge]:
    return [edge for edge in graph(files).edges if edge.technique == technique]
