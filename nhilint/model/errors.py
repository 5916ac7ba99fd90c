"""The one family of errors that nhilint shows to people."""

from __future__ import annotations

from nhilint.model.span import Span


class NhilintError(Exception):
    """A failure a person can mend: a sentence (lower case, no full stop), the place, help, and a link.

    Every module that can fail derives one class of its own; `exit_code` is the process' exit code.
    """

    exit_code = 2

    def __init__(
        self, message: str, *, span: Span | None = None, source_line: str = "", help: str = "", docs: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.source_line = source_line
        """The text of the line that `span` begins on; empty when it is not known."""
        self.help = help
        self.docs = docs
