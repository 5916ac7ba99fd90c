"""Risk as rows of the outputs: a band and its parts as sentences; never a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nhilint.data.risk import scale
from nhilint.model.risk import Part, Risk

_FEW = 3


def risk_row(risk: Risk) -> dict[str, Any]:
    """`band` and `parts`, worst first."""
    return {"band": risk.band, "parts": [_part(part) for part in risk.parts]}


def band_rank(band: str) -> int:
    """The place of a band among all, for sorting only."""
    return scale().bands.index(band)


def _part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "name": part.name,
        "band": part.band,
        "breadth": part.breadth or None,
        "text": _text(part),
    }


def _text(part: Part) -> str:
    """`reads secrets: secretsmanager:GetSecretValue on every secret of the account`."""
    where = _some(part.where)
    if part.actions:
        return f"{part.says}: {_some(part.actions)}" + (f" on {where}" if where else "")
    return f"{part.says} {where}".rstrip()


def _some(words: Sequence[str]) -> str:
    shown = ", ".join(words[:_FEW])
    return shown if len(words) <= _FEW else f"{shown} and {len(words) - _FEW} more"
