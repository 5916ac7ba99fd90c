"""What is wrong with the files of a catalog, as rows (`nhilint.catalog-lint/1`)."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.catalog.lint import lint
from nhilint.catalog.read import read_catalog
from nhilint.engine.catalog.escalation import escalations
from nhilint.engine.entries import place
from nhilint.engine.heads import Row
from nhilint.engine.options import Options
from nhilint.model.node import Map


def catalog_problems(documents: Mapping[str, Map], *, own: bool, options: Options) -> Row:
    """Everything that is wrong with the role files (`nhilint.catalog-lint/1`)."""
    catalog, problems = read_catalog(documents, own=own)
    found = [*problems, *lint(catalog, today=options.today), *escalations(catalog)]
    found.sort(key=lambda problem: (problem.span, problem.message))
    return {
        "schema": "nhilint.catalog-lint/1",
        "roles": len(catalog.roles),
        "tests": sum(len(role.tests) for role in catalog.roles.values()),
        "errors": sum(problem.severity == "error" for problem in found),
        "problems": [
            {"severity": p.severity, "message": p.message, "help": p.help, "location": place(p.span)} for p in found
        ],
    }
