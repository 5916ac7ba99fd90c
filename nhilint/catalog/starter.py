"""The starter catalog that ships with the package."""

from __future__ import annotations

from collections.abc import Mapping


def starter_files() -> Mapping[str, str]:
    """Path to text of every role file: of the installed package, or of the source checkout it runs from."""
    from importlib.resources import files
    from importlib.resources.abc import Traversable
    from pathlib import Path

    found: dict[str, str] = {}

    def collect(folder: Traversable, prefix: str) -> None:
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.is_dir():
                collect(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith((".yaml", ".yml")):
                found[f"{prefix}{entry.name}"] = entry.read_text(encoding="utf-8")

    installed = files("nhilint") / "starter_catalog"
    collect(installed if installed.is_dir() else Path(__file__).parents[2] / "role_catalog", "starter/")
    return found
