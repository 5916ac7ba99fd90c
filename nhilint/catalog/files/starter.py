"""The starter catalog that ships with the package."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_TESTS = re.compile(r"^tests:.*?(?=^\S|\Z)", re.DOTALL | re.MULTILINE)


def starter_files(platforms: Collection[str] | None = None, *, tests: bool = True) -> Mapping[str, str]:
    """Path to text of every role file: of the installed package, or of the source checkout it runs from.

    `platforms`: only the roles for these. Without `tests` they are left out of the texts, of which they are
    half; their lines are the last of each file.
    """
    from importlib.resources import files
    from importlib.resources.abc import Traversable
    from pathlib import Path

    found: dict[str, str] = {}

    def collect(folder: Traversable, prefix: str) -> None:
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.is_dir():
                if platforms is None or prefix != "starter/" or entry.name in platforms:
                    collect(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith((".yaml", ".yml")):
                text = entry.read_text(encoding="utf-8")
                found[f"{prefix}{entry.name}"] = text if tests else _TESTS.sub("", text)

    installed = files("nhilint") / "starter_catalog"
    collect(installed if installed.is_dir() else Path(__file__).parents[3] / "role_catalog", "starter/")
    return found
