"""The tables of known ways to more power, as rows; knows where they lie, not what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any


@cache
def technique_rows(platform: str) -> Sequence[Mapping[str, Any]]:
    """The `[[technique]]` rows of a platform's table (`aws_techniques.toml`), in its order."""
    import tomllib
    from importlib.resources import files

    text = (files("nhilint.data") / f"{platform}_techniques.toml").read_text(encoding="utf-8")
    rows: Sequence[Mapping[str, Any]] = tomllib.loads(text)["technique"]
    return rows
