"""What is wrong with the files of a catalog, as rows (`nhilint.catalog-lint/1`)."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.linting.lint import lint
from nhilint.catalog.linting.overlap import roles_inside
from nhilint.catalog.model import Problem
from nhilint.engine.catalog.escalation import escalations
from nhilint.engine.dialects import Dialects
from nhilint.engine.entries import place
from nhilint.engine.heads import Row
from nhilint.engine.options import Options
from nhilint.model.node import Map


def catalog_problems(
    documents: Mapping[str, Map],
    *,
    own: bool,
    options: Options,
    unread: tuple[Problem, ...] = (),
    texts: Mapping[str, str] | None = None,
    only: str = "",
) -> Row:
    """Everything that is wrong with the role files (`nhilint.catalog-lint/1`).

    `unread`: what is already known to be wrong, with files that are not among the documents. `texts`: the files by
    path, of which the lines are shown. `only`: a file or a folder; what is wrong elsewhere is left out.
    """
    catalog, problems = read_catalog(documents, own=own)
    dialects = Dialects()
    inside = roles_inside(catalog, dialects)
    found = [*unread, *problems]
    found += lint(catalog, today=options.today, documents=documents.values(), dialects=dialects, inside=inside)
    found += escalations(catalog, dialects)
    found = [problem for problem in found if f"{problem.span.path}/".startswith(f"{only}/" if only else "")]
    found.sort(key=lambda problem: (problem.span, problem.message))
    lines = {path: text.splitlines() for path, text in (texts or {}).items()}
    return {
        "schema": "nhilint.catalog-lint/1",
        "own": own,
        "files": len(texts) if texts is not None else len(documents),
        "roles": len(catalog.roles),
        "exceptions": len(catalog.exemptions),
        "tests": sum(len(role.tests) for role in catalog.roles.values()),
        "errors": sum(problem.severity == "error" for problem in found),
        "warnings": sum(problem.severity == "warning" for problem in found),
        "inside": [{"role": inner, "of": outer} for inner, outer in inside],
        "problems": [_row(problem, lines) for problem in found],
    }


def _row(problem: Problem, lines: Mapping[str, list[str]]) -> Row:
    span = problem.span
    text = lines.get(span.path, [])
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "help": problem.help or None,
        "location": {**place(span), "column": span.column},
        "line": text[span.line - 1] if 0 < span.line <= len(text) else None,
    }
