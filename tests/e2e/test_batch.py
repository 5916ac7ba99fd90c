"""Many questions in one run, about identities of a tree and about principals outside any."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.process import put, quick, role


def test_questions_about_a_tree_and_about_documents_stand_in_one_batch(tmp_path: Path) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    asked = {"action": "s3:GetObject", "resource": "arn:aws:s3:::data/a"}
    questions = [
        {"id": 1, "identity": "bot", **asked},
        {"id": 2, "identity": "nobody", **asked},
        {"id": 3, "principal": "arn:aws:iam::111122223333:role/x", "identity_policies": [policy], **asked},
        {"id": 4, **asked},
        {"id": 5, "identity": "bot", "principal": "*", **asked},
    ]
    lines = "\n".join(map(json.dumps, questions))
    folder = put(tmp_path / "t", {"main.tf": role("bot"), "questions.jsonl": lines})
    done = quick(folder, "can", "--batch", "questions.jsonl")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row.get("decision") for row in rows] == ["allowed", None, "allowed", None, None]
    assert [row["error"]["message"] for row in rows if "error" in row] == [
        "there is no identity `nobody` in this tree",
        "the field `principal` is missing",
        "an identity of the tree and a principal are both given",
    ]
    assert done.code == 2
