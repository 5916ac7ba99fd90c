"""The page of semantics lists every reason for an undecided answer, each with an example that triggers it."""

import re
from pathlib import Path
from typing import get_args

import pytest

from nhilint.algebra.values import ReasonKind
from nhilint.app.documents import platform_of, read_file
from nhilint.engine import compare_documents

PAGE = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")
EXAMPLES = {
    found[1]: (found[2], found[3])
    for found in re.finditer(
        r"^### `([a-z-]+)`\n.*?```json reference\n(.*?)```.*?```json candidate\n(.*?)```", PAGE, re.S | re.M
    )
}


def test_every_reason_has_an_example() -> None:
    assert tuple(EXAMPLES) == get_args(ReasonKind)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_example_is_undecided_for_this_reason(kind: str, tmp_path: Path) -> None:
    documents = []
    for name, text in zip(("reference", "candidate"), EXAMPLES[kind], strict=True):
        file = tmp_path / f"{name}.json"
        file.write_text(text, encoding="utf-8")
        documents.append(read_file(str(file)))
    value = compare_documents(*documents, kind=platform_of(documents[0], "reference"))
    assert (value["verdict"], [reason["kind"] for reason in value["reasons"]]) == ("undecided", [kind])
