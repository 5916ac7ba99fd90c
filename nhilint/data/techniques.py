"""The tables of known ways to more power, one per platform, as rows; what they mean is said in `model/technique.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any


@cache
def technique_rows(platform: str) -> Sequence[Mapping[str, Any]]:
    """The `[[technique]]` rows of a platform's table."""
    import tomllib
    from importlib.resources import files

    text = (files("nhilint.data") / f"{platform}_techniques.toml").read_text(encoding="utf-8")
    rows: Sequence[Mapping[str, Any]] = tomllib.loads(text)["technique"]
    return rows
