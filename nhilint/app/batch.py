"""Many questions in one run: one JSON object a line in, one JSON answer a line out, in order."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

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
        if not text.strip(b"\xef\xbb\xbf \t\r\n"):
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
        sys.stdout.buffer.write((json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
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


def _question(line: bytes, path: str, number: int) -> Mapping[str, Any]:
    where = f"`{path}`, line {number}"
    try:
        # A byte order mark can only stand at the very beginning.
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        # Half of a surrogate pair can be written in JSON, and is no text.
        json.dumps(found, ensure_ascii=False).encode()
    except InputError as error:
        raise InputError(f"{where}: {error.message}") from None
    except UnicodeError:
        raise InputError(f"{where} holds what is no text in UTF-8") from None
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", 1)
        raise InputError(f"{where}, column {column} is not JSON") from None
    if not isinstance(found, dict):
        raise InputError(f"{where} is not an object")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two values of one key counts is nowhere written."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"the key `{key}` stands twice in one object")
        found[key] = value
    return found


def _constant(name: str) -> Any:
    raise InputError(f"`{name}` is not JSON")


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    if path == "-":
        yield from _bounded(sys.stdin.buffer, path)
        return
    if not os.path.isfile(path):
        raise InputError(f"there is no file `{path}`")
    with open(path, "rb") as file:
        yield from _bounded(file, path)


def _bounded(file: IO[bytes], path: str) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(_MAX_LINE):
        number += 1
        if len(line) == _MAX_LINE and not line.endswith(b"\n"):
            raise InputError(f"line {number} of `{path}` is longer than {_MAX_LINE // 1024 // 1024} MiB")
        yield number, line
