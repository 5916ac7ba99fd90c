"""Plans: both sides, values known after apply, joining with source, moved addresses, bad files."""

import json

import pytest

from nhilint.sources.terraform.plan import PlanError, load_plan
from tests.unit.sources.terraform.build import document, load, show


def change(address: str, before, after, unknown=None, **more) -> dict:
    kind = address.split(".")[-2]
    body = {"actions": ["update"], "before": before, "after": after, "after_unknown": unknown or {}}
    return {"address": address, "mode": "managed", "type": kind, "name": "x", "change": body, **more}


def plan(*changes, configuration=None, prior=()) -> str:
    return json.dumps(
        {
            "format_version": "1.2",
            "planned_values": {},
            "resource_changes": list(changes),
            "configuration": {"root_module": configuration or {}},
            "prior_state": {"values": {"root_module": {"resources": list(prior)}}},
        }
    )


def test_both_sides() -> None:
    text = plan(
        change("aws_iam_role.a", {"name": "old"}, {"name": "new"}),
        change("aws_iam_role.gone", {"name": "gone"}, None),
        change("aws_iam_role.fresh", None, {"name": "fresh"}),
    )
    after, before = load_plan("p.json", text), load_plan("p.json", text, side="before")
    assert [(d.address, show(d.body.get("name"))) for d in after.documents] == [
        ("aws_iam_role.a", "new"), ("aws_iam_role.fresh", "fresh"),
    ]  # fmt: skip
    assert [(d.address, show(d.body.get("name"))) for d in before.documents] == [
        ("aws_iam_role.a", "old"), ("aws_iam_role.gone", "gone"),
    ]  # fmt: skip


def test_known_after_apply_is_taken_from_source() -> None:
    source = load(
        'resource "aws_s3_bucket" "b" {}\n'
        'resource "aws_iam_policy" "p" {\n  name = "n"\n  policy = jsonencode({ R = aws_s3_bucket.b.arn })\n}\n'
    )
    text = plan(change("aws_iam_policy.p", None, {"name": "n2"}, {"policy": True, "arn": True, "id": True}))
    planned = document(load_plan("p.json", text, source), "aws_iam_policy.p")
    assert show(planned.body.get("policy")) == {"R": "arn:aws:s3:::${aws_s3_bucket.b.bucket}"}
    assert show(planned.body.get("name")) == "n2"
    assert (planned.span.path, planned.span.line) == ("main.tf", 2)


def test_known_after_apply_without_source_does_not_vanish() -> None:
    configuration = {
        "resources": [
            {
                "address": "aws_iam_policy.p",
                "expressions": {"policy": {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}},
            },
            {
                "address": "aws_iam_role_policy_attachment.a",
                "expressions": {"policy_arn": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}},
            },
        ]
    }
    text = plan(
        change("aws_iam_policy.p", None, {"name": "n"}, {"policy": True, "arn": True}),
        change("aws_iam_role_policy_attachment.a", None, {"role": "r"}, {"policy_arn": True}),
        configuration=configuration,
    )
    result = load_plan("p.json", text)
    assert "known only after apply" in str(show(document(result, "aws_iam_policy.p").body.get("policy")))
    attachment = document(result, "aws_iam_role_policy_attachment.a").body
    assert show(attachment.get("policy_arn")) == "arn:aws:iam::${account}:policy/n"


def test_unknown_parts_of_collections_are_symbols() -> None:
    text = plan(change("aws_iam_user.u", None, {"name": "u", "tags": {"a": "1"}}, {"tags": {"b": True}}))
    body = document(load_plan("p.json", text), "aws_iam_user.u").body
    assert show(body.get("tags")) == {"a": "1", "b": "${aws_iam_user.u.tags.b}"}


def test_data_and_moves() -> None:
    role = {
        "address": "data.aws_iam_role.d",
        "mode": "data",
        "type": "aws_iam_role",
        "values": {"arn": "arn:x", "name": "d"},
    }
    text = plan(
        change('module.m["a"].aws_iam_role.r', {"name": "r"}, {"name": "r"}, previous_address="aws_iam_role.r"),
        prior=[role],
    )
    result = load_plan("p.json", text)
    assert show(document(result, "data.aws_iam_role.d").body.get("arn")) == "arn:x"
    assert [(m.source, m.target) for m in result.moved] == [("aws_iam_role.r", 'module.m["a"].aws_iam_role.r')]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format_version": "9.0", "planned_values": {}}'])
def test_a_file_that_is_no_plan(text: str) -> None:
    with pytest.raises(PlanError) as caught:
        load_plan("p.json", text)
    assert caught.value.help
