"""Questions to the graph that can not be answered: one sentence, what helps, exit code 2; and the codes of answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.process import PROJECT, Done, nhilint

EXAMPLE = str(Path(PROJECT) / "examples" / "head")


def run(*arguments: str) -> Done:
    return nhilint(Path(PROJECT), *arguments)


@pytest.mark.parametrize(
    "arguments, message, helped",
    [
        (["path", "shop-cy", "administrator", "--tree", EXAMPLE], "there is no `shop-cy`", "`shop-ci`"),
        (["path", "external-dns", "shop-ci", "--tree", "/nowhere"], "`/nowhere`", ""),
        (["graph", EXAMPLE, "--edge", "becomes"], "no kind of edge `becomes`", "may-become"),
        (["graph", EXAMPLE, "--depth", "2"], "none is named", "--identity"),
        (["graph", EXAMPLE, "--format", "png"], "no format `png`", "mermaid"),
        (["graph", EXAMPLE, "--identity", "nobody-of-this-name"], "there is no `nobody-of-this-name`", ""),
        (["who-can", "--tree", EXAMPLE], "missing", "who-can ACTION RESOURCE"),
        (["who-can", "s3:*", "*", "--tree", EXAMPLE], "not one action", "without wildcards"),
        (["who-can", "get", "secrets", "--platform", "azure", "--tree", EXAMPLE], "no platform `azure`", "kubernetes"),
        (["who-can", "s3:GetObject", "*", "--context", "x", "--tree", EXAMPLE], "`x` is no condition key", "KEY=VALUE"),
    ],
)
def test_a_bad_question_is_told_in_one_sentence(arguments: list[str], message: str, helped: str) -> None:
    done = run(*arguments)
    assert done.code == 2, done.err
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert message in done.err
    assert helped in done.err
    assert "Traceback" not in done.err


def test_a_path_that_is_not_there_is_told_by_the_exit_code() -> None:
    assert run("path", "anybody", "administrator", "--tree", EXAMPLE).code == 1
    assert run("path", "external-dns", "aws:role/shop-external-dns", "--tree", EXAMPLE).code == 0


def test_many_questions_are_answered_in_order(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    rows = [
        {"id": 1, "action": "s3:PutObject", "resource": "arn:aws:s3:::acme-shop-site/x"},
        {"id": 2, "action": "s3:*", "resource": "*"},
        {"id": 3, "action": "create", "resource": "shop:deployments.apps"},
        {"id": 4, "action": "create"},
    ]
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run("who-can", "--batch", str(questions), "--tree", EXAMPLE)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["id"] for answer in answers] == [1, 2, 3, 4]
    assert [len(answer["holders"]) if "holders" in answer else None for answer in answers] == [1, None, 1, None]
    assert done.code == 2
