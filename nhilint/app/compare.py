"""`nhilint compare`: does the candidate stay inside the reference?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from nhilint.app import options

_CODES = {"covered": 0, "exceeds": 1, "undecided": 2}


def command(
    reference: str = typer.Argument("", help="A policy document (JSON), or a Role or ClusterRole (YAML)."),
    candidate: str = typer.Argument("", help="Another of the same kind."),
    batch: options.Batch = "",
    format: str = typer.Option(
        "text",
        "--format",
        help="text, json, or what the reference does not allow, to paste: policy (AWS) or rules (Kubernetes).",
    ),
) -> int:
    """Exit code 0: covered, 1: exceeds, 2: undecided or not readable."""
    from nhilint.app import output as delivery
    from nhilint.app.documents import platform_of, read_file
    from nhilint.app.inputs import InputError
    from nhilint.engine import compare_documents
    from nhilint.reports import text

    if batch:
        from nhilint.app.batch import answer_all

        return answer_all(batch, answer)
    if not reference or not candidate:
        raise InputError(
            "two documents are needed", help="write `nhilint compare REFERENCE CANDIDATE`, or `--batch FILE`"
        )
    outer, inner = read_file(reference), read_file(candidate)
    kind, other = platform_of(outer, reference), platform_of(inner, candidate)
    if kind != other:
        raise InputError("the two documents are of different kinds", help="compare two policies, or two roles")
    value = compare_documents(outer, inner, kind=kind)
    paint = delivery.paint()
    delivery.deliver(
        value,
        format,
        [],
        {
            "text": lambda v: text.compare(v, paint),
            "json": delivery.as_json,
            **(
                {"policy": lambda v: delivery.as_json(v["policy"])}
                if kind == "aws"
                else {"rules": lambda v: text.rules(v["rules"])}
            ),
        },
    )
    return _CODES[value["verdict"]]


def answer(question: Mapping[str, Any], path: str, line: int) -> dict[str, Any]:
    """One question of a batch: `{"reference": DOCUMENT, "candidate": DOCUMENT}`."""
    from nhilint.app.batch import fields
    from nhilint.app.documents import platform_of, read_value
    from nhilint.app.inputs import InputError
    from nhilint.engine import compare_documents

    given = fields(question, {"reference", "candidate"}, {"reference", "candidate"})
    outer, inner = (read_value(given[name], path, line) for name in ("reference", "candidate"))
    kind = platform_of(outer, "reference")
    if kind != platform_of(inner, "candidate"):
        raise InputError("the two documents are of different kinds", help="compare two policies, or two roles")
    return compare_documents(outer, inner, kind=kind)
