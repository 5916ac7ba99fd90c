"""The built-in rules by id, loaded on first use."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import cast

from nhilint.rules.base import Rule

IDS = ("NHI101", "NHI201", "NHI202", "NHI203", "NHI301", "NHI401", "NHI901")


@cache
def rules() -> tuple[Rule, ...]:
    """Every built-in rule, in id order."""
    return tuple(cast(Rule, import_module(f"nhilint.rules.{id.lower()}")) for id in IDS)


def page(id: str) -> str | None:
    """The rule's page as Markdown; None when there is no such rule."""
    if id.upper() not in IDS:
        return None
    return (files("nhilint.rules") / f"{id.lower()}.md").read_text(encoding="utf-8")


def index() -> list[dict[str, str]]:
    """Id, title, severity and page of every rule, for listings."""
    return [
        {
            "id": rule.ABOUT.id,
            "title": rule.ABOUT.title,
            "severity": rule.ABOUT.severity,
            "page": page(rule.ABOUT.id) or "",
        }
        for rule in rules()
    ]
