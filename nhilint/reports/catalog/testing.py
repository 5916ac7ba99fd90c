"""`nhilint catalog test` as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilint.reports import words
from nhilint.reports.text import Paint, plain_long

Row = Mapping[str, Any]


def text(value: Row, paint: Paint) -> str:
    """`nhilint.catalog-test/1`: a line for each test, and how many there were."""
    lines = []
    role = ""
    for row in value["tests"]:
        if row["role"] != role:
            role = row["role"]
            lines.append(paint("b", plain_long(role)))
        lines += _test(row, paint)
    for name in value["without_tests"]:
        lines.append(paint("~", f"! {plain_long(name)} has no tests"))
    sign, mark = ("✗", "!") if value["failed"] else ("✓", "+")
    total = words.count(value["passed"] + value["failed"], "test")
    lines.append(
        f"{paint(mark, sign)} {total} of {words.count(value['roles'], 'role')}: "
        f"{value['passed']} passed, {value['failed']} failed"
    )
    return "\n".join(lines) + "\n"


def _test(row: Row, paint: Paint) -> list[str]:
    verb = {"caller": {"allowed": "let in", "denied": "kept out"}}.get(row["kind"], {})
    expected = verb.get(row["expected"], row["expected"])
    why = f" ({plain_long(row['why'])})" if row["why"] else ""
    if row["passed"]:
        return [f"  {paint('+', '✓')} {expected}: {plain_long(row['what'])}{paint('d', why)}"]
    got = verb.get(row["got"], row["got"].replace("-", " "))
    bound = ", ".join(f"{name} = {'/'.join(values)}" for name, values in row["with"].items())
    found = [f"  {paint('!', '✗')} must be {expected}, and is {got}: {plain_long(row['what'])}{why}"]
    found.append(f"      {words.place(row['location'])}" + (f", with {plain_long(bound)}" if bound else ""))
    return found
