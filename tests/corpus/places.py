"""Where the public repositories are."""

from __future__ import annotations

import os
from pathlib import Path


def repositories() -> list[Path]:
    root = os.environ.get("NHILINT_CORPUS")
    if not root:
        return []
    folders = sorted(folder for folder in Path(root).iterdir() if folder.is_dir())
    places = [folder / "repo" if (folder / "repo").is_dir() else folder for folder in folders]
    return [place for place in places if (place / "HEAD").exists() or (place / ".git").exists()]
