"""Whatever happens to the text of a role file: it is read, or something is said about it at a place in the file."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from nhilint.app.catalog_files import catalog_files
from nhilint.app.settings import Settings
from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.files.starter import starter_files
from nhilint.catalog.linting.lint import lint
from nhilint.catalog.linting.overlap import roles_inside
from nhilint.catalog.model import Problem
from nhilint.engine.dialects import Dialects
from nhilint.sources.memory import MemoryTree
from tests.unit.catalog.test_schema import accepted

_WORDS = (
    *(
        "",
        " ",
        "null",
        "true",
        "[]",
        "{}",
        "[[]]",
        "- ",
        "12",
        "012",
        "1e9",
        "'x",
        '"',
        "{ a: b }",
        "*",
        "<x>",
        "<X>",
        "\t",
    ),
    *(
        "&a",
        "*a",
        "<<: *a",
        "2027-02-30",
        "---",
        "...",
        "!!binary x",
        "aws",
        "kubernetes",
        "github",
        "🙂",
        "\x00",
        "? x",
    ),
)


@cache
def files() -> tuple[str, ...]:
    return tuple(text for _, text in sorted(starter_files().items()))


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A starter file with a few lines dropped, doubled, cut, renamed or given another value."""
    lines = draw(st.sampled_from(files())).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1)) if lines else 0
        line = lines[at] if lines else ""
        match draw(st.sampled_from(("drop", "double", "cut", "rename", "value", "indent", "insert", "tail"))):
            case "drop":
                lines[at : at + 1] = []
            case "double":
                lines[at:at] = [line]
            case "cut":
                lines[at : at + 1] = [line[: draw(st.integers(0, max(len(line), 1)))]]
            case "rename":
                key, colon, rest = line.partition(":")
                lines[at : at + 1] = [f"{key}{draw(st.sampled_from('xs'))}{colon}{rest}"]
            case "value":
                lines[at : at + 1] = [f"{line.partition(':')[0]}: {draw(st.sampled_from(_WORDS))}"]
            case "indent":
                lines[at : at + 1] = [f"  {line}"]
            case "insert":
                lines[at:at] = [draw(st.sampled_from(_WORDS))]
            case _:
                lines = lines[: at + 1]
    return "\n".join(lines) + "\n"


def problems_of(text: str) -> tuple[int, list[Problem]]:
    found = catalog_files(MemoryTree({"role_catalog/a.yaml": text}), Settings())
    catalog, problems = read_catalog(found.documents, own=True)
    dialects = Dialects()
    inside = roles_inside(catalog, dialects)
    more = lint(catalog, today="2026-11-24", documents=found.documents.values(), dialects=dialects, inside=inside)
    return len(catalog.roles), [*found.problems, *problems, *more]


@given(broken())
@settings(max_examples=150, deadline=None)
def test_a_broken_file_is_a_role_or_has_a_located_problem(text: str) -> None:
    roles, problems = problems_of(text)
    assert roles or problems
    lines = text.split("\n")
    for problem in problems:
        assert problem.message
        assert problem.code
        assert problem.span.path.startswith("role_catalog/a.yaml")
        assert 1 <= problem.span.line <= len(lines) + 1
        assert problem.span.column >= 1


@given(broken(), broken())
@settings(max_examples=40, deadline=None)
def test_one_file_hides_nothing_of_another(first: str, second: str) -> None:
    """What is wrong with the form of a file is told whatever stands beside it."""
    alone = _form({"role_catalog/b.yaml": second})
    both = _form({"role_catalog/a.yaml": first, "role_catalog/b.yaml": second})
    assert alone <= both


def _form(contents: dict[str, str]) -> set[tuple[str, int, int, str]]:
    """What is wrong with one file whatever the others say."""
    about_others = {"duplicate-id", "unknown-role", "wrong-platform", "cyclic-extends", "unknown-parameter"}
    found = catalog_files(MemoryTree(contents), Settings())
    _, problems = read_catalog(found.documents, own=True)
    return {
        (p.span.path, p.span.line, p.span.column, p.code)
        for p in (*found.problems, *problems)
        if p.span.path == "role_catalog/b.yaml" and p.code not in about_others
    }


@given(broken())
@settings(max_examples=100, deadline=None)
def test_what_the_reader_takes_the_schema_takes(text: str) -> None:
    """An editor does not mark what nhilint reads without a word."""
    found = catalog_files(MemoryTree({"role_catalog/a.yaml": text}), Settings())
    _, problems = read_catalog(found.documents, own=True)
    if not [problem for problem in (*found.problems, *problems) if problem.severity == "error"]:
        assert accepted("role", text)
