"""Errors as people read them: one sentence, the line with a caret, help, a link."""

from __future__ import annotations

from nhilint.model.errors import NhilintError
from nhilint.reports.escape import plain


def render(error: NhilintError, *, colour: bool) -> str:
    """The lines of one error, with a line break behind each."""
    red, dim, end = ("\x1b[31;1m", "\x1b[2m", "\x1b[0m") if colour else ("", "", "")
    lines = [f"{red}error{end}: {plain(error.message)}"]
    span = error.span
    if span is not None:
        lines.append(f"  {dim}-->{end} {plain(span.path)}:{span.line}:{span.column}")
        if error.source_line:
            text = error.source_line.replace("\t", " ")[:200]
            lines.append(f"   {dim}|{end} {plain(text)}")
            lines.append(f"   {dim}|{end} {' ' * (span.column - 1)}{red}^{end}" if span.column <= 200 else "")
    if error.help:
        lines.append(f"help: {plain(error.help)}")
    if error.docs:
        lines.append(f"docs: {error.docs}")
    return "\n".join(line for line in lines if line) + "\n"
