"""Many questions in one run: one JSON object a line in, one JSON answer a line out, in order."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nhilint.app.inputs import InputError
from nhilint.model.errors import NhilintError

Answer = Callable[[Mapping[str, Any], str, int], dict[str, Any]]
"""The question, the file's name and the line to the answer's row."""

_MAX_LINE = 32 * 1024 * 1024


def answer_all(path: str, answer: Answer) -> int:
    """Answers every line of the file (`-`: standard input). Exit code 0, or 2 when a line could not be answered.

    A line that is no good question gets an answer with `error` (`message`, `line`, `help`); `id` is handed through.
    """
    failed = False
    for line, text in _lines(path):
        if not text.strip():
            continue
        identifier: Any = None
        try:
            question = _question(text, path, line)
            identifier = question.get("id")
            value = answer({k: v for k, v in question.items() if k != "id"}, path, line)
        except NhilintError as error:
            failed = True
            where = error.span.line if error.span is not None else line
            value = {"error": {"message": error.message, "line": where, "help": error.help or None}}
        if identifier is not None:
            value = {"id": identifier, **value}
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return 2 if failed else 0


def fields(question: Mapping[str, Any], known: set[str], needed: set[str]) -> Mapping[str, Any]:
    """The question, when it has just known fields and all needed ones."""
    for name in question:
        if name not in known:
            raise InputError(f"unknown field `{name}`", help=f"known are {', '.join(sorted(known))}")
    for name in sorted(needed):
        if name not in question:
            raise InputError(f"the field `{name}` is missing")
    return question


def _question(text: str, path: str, line: int) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", 1)
        raise InputError(f"`{path}`, line {line}, column {column} is not JSON") from None
    if not isinstance(found, dict):
        raise InputError(f"`{path}`, line {line} is not an object")
    return found


def _lines(path: str) -> Iterator[tuple[int, str]]:
    if path == "-":
        yield from enumerate(sys.stdin, 1)
        return
    if not os.path.isfile(path):
        raise InputError(f"there is no file `{path}`")
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        number = 0
        while text := file.readline(_MAX_LINE):
            number += 1
            if len(text) == _MAX_LINE and not text.endswith("\n"):
                raise InputError(f"line {number} of `{path}` is longer than {_MAX_LINE // 1024 // 1024} MiB")
            yield number, text
