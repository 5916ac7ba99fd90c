"""The starter catalog read for judging is the whole one, but for the tests of the roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.files.starter import starter_files
from nhilint.catalog.model import Role
from nhilint.model.node import Map
from nhilint.model.span import Span
from nhilint.sources.yamldoc import parse_yaml


def read(texts: Mapping[str, str], *, places: bool) -> Mapping[str, Role]:
    documents = {}
    for path, text in texts.items():
        (node,) = parse_yaml(path, text, places=places).documents
        assert isinstance(node, Map)
        documents[path] = node
    return read_catalog(documents, own=False)[0].roles


def test_without_tests_nothing_else_is_lost() -> None:
    whole = read(starter_files(), places=True)
    short = read(starter_files(tests=False), places=False)
    nowhere = Span("", 0)
    assert {id: replace(role, tests=(), span=nowhere) for id, role in whole.items()} == {
        id: replace(role, span=nowhere) for id, role in short.items()
    }
    assert sum(len(role.tests) for role in whole.values()) > 0


def test_platforms_are_folders() -> None:
    for platform in ("aws", "kubernetes"):
        roles = read(starter_files({platform}), places=False)
        assert roles
        assert {role.platform for role in roles.values()} == {platform}
    assert starter_files(()) == {}
