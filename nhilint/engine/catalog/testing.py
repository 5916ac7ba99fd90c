"""What came of the tests of roles, as rows (`nhilint.catalog-test/1`)."""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.catalog.linting.probes import Outcome, outcomes
from nhilint.catalog.model import Catalog
from nhilint.engine.entries import place
from nhilint.engine.heads import Row


def catalog_tests(catalog: Catalog, chosen: Sequence[str]) -> Row:
    """Every test of the chosen roles, of all where none is chosen (`nhilint.catalog-test/1`)."""
    roles = [role for id, role in catalog.roles.items() if not chosen or id in chosen]
    found = [outcome for role in roles for outcome in outcomes(role)]
    return {
        "schema": "nhilint.catalog-test/1",
        "own": catalog.own,
        "roles": len(roles),
        "passed": sum(outcome.passed for outcome in found),
        "failed": sum(not outcome.passed for outcome in found),
        "without_tests": [role.id for role in roles if not role.tests],
        "tests": [_row(outcome) for outcome in found],
    }


def _row(outcome: Outcome) -> Row:
    probe = outcome.probe
    return {
        "role": outcome.role,
        "kind": "caller" if probe.caller is not None else "request",
        "what": outcome.what,
        "with": {name: list(values) for name, values in probe.bindings.items()},
        "expected": outcome.expected,
        "got": outcome.got,
        "passed": outcome.passed,
        "why": (probe.why if outcome.passed else outcome.why or probe.why) or None,
        "location": place(probe.span),
    }
