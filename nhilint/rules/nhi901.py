"""NHI901: permissions of an identity that could not be read."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.model.finding import Finding
from nhilint.rules.base import About, View, finding

ABOUT = About(
    id="NHI901",
    title="Not judged",
    severity="low",
    confidence="high",
    help="Give the missing input (a var-file, a plan, the module's source), or simplify the expression",
)


def judge(view: View) -> Iterator[Finding]:
    """One finding for every unresolved fact that belongs to an identity."""
    for key, questions in view.snapshot.unread.items():
        identity = view.snapshot.identities.get(key)
        for question in questions:
            subject = f"{question.what}\x00{question.why}"
            yield finding(ABOUT, identity, f"{question.what}: {question.why}", [question.span], subject)
