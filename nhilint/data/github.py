"""What GitHub's workflow token can be given, and the events that start workflows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from nhilint.data.pack import manifest

METADATA = "metadata:read"
"""What every token has; a workflow neither asks for it nor can refuse it."""
RESTRICTED = ("contents", "packages")
"""Scopes that are read by default where the default is restricted.
https://docs.github.com/en/actions/reference/github_token-reference"""
PERMISSIVE = (
    *("actions", "attestations", "checks", "contents", "deployments", "discussions", "issues", "packages", "pages"),
    *("pull-requests", "security-events", "statuses"),
)
"""Scopes that are written by default where the default is permissive."""
PERMISSIVE_READ = ("models",)


@cache
def scopes() -> Mapping[str, tuple[str, ...]]:
    """Scope to the levels a workflow can ask for: `read` and `write`, or one of them."""
    return {name: tuple(levels) for name, levels in _table()["scopes"].items()}


@cache
def actions() -> tuple[str, ...]:
    """Every permission of the token as `scope:level`, sorted."""
    return tuple(sorted({METADATA, *(f"{name}:{level}" for name, levels in scopes().items() for level in levels)}))


@cache
def events() -> frozenset[str]:
    """The events that start a workflow."""
    return frozenset(_table()["events"])


def date() -> str:
    """The date of the data, ISO."""
    return str(manifest()["github"]["date"])


@cache
def _table() -> Mapping[str, Any]:
    import json
    from importlib.resources import files

    table: Mapping[str, Any] = json.loads((files("nhilint.data") / "github.json").read_text(encoding="utf-8"))
    return table
