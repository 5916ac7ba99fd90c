"""Delivery: formats to standard output and files."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nhilint.model.errors import NhilintError
from nhilint.reports.text import Paint

Value = Mapping[str, Any]
Renderer = Callable[[Value], str]


class DeliveryError(NhilintError):
    """A report that could not be written."""

    exit_code = 4


class FormatError(NhilintError):
    """A format this command does not have."""


def as_json(value: Value) -> str:
    """Indented JSON, keys in the order of the schema."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def paint() -> Paint:
    """Colours and width of the terminal; none of it when the output goes elsewhere."""
    tty = sys.stdout.isatty()
    colour = tty and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return Paint(colour=colour, width=shutil.get_terminal_size((100, 24)).columns if tty else 100)


def deliver(value: Value, format: str, outputs: Sequence[str], renderers: Mapping[str, Renderer]) -> None:
    """Write the value in `format` (empty: in none) to standard output and as `FORMAT=PATH` to files."""
    targets = [(format, "")] if format else []
    for output in outputs:
        name, equals, path = output.partition("=")
        if not equals or not path:
            raise FormatError(
                f"`{output}` is no output", help="write `--output FORMAT=PATH`, for instance json=review.json"
            )
        targets.append((name, path))
    for name, _ in targets:
        if name not in renderers:
            raise FormatError(f"there is no format `{name}` here", help=f"known are {', '.join(renderers)}")
    for name, path in targets:
        text = renderers[name](value)
        if not path:
            sys.stdout.buffer.write(text.encode("utf-8", "replace"))
            sys.stdout.flush()
            continue
        try:
            with open(path, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
        except OSError as error:
            raise DeliveryError(f"`{path}` can not be written: {(error.strerror or 'error').lower()}") from None
