"""`compare` carries the residue of two identity policies as a policy."""

import json

from nhilint.engine import compare_documents
from nhilint.model.jsontext import parse_json
from nhilint.model.node import Scalar
from nhilint.model.span import Span

BUCKET = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]


def asked(reference, candidate):
    nodes = [
        parse_json(Scalar(json.dumps({"Version": "2012-10-17", "Statement": rows}), Span("p", 1)))
        for rows in (reference, candidate)
    ]
    return compare_documents(*nodes, kind="aws")


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def test_parts_that_agree_are_one_statement():
    narrower = allow("s3:PutObject", "arn:aws:s3:::data/logs/*")
    value = asked([allow("s3:GetObject", BUCKET)], [allow(["s3:PutObject", "s3:GetObject"], BUCKET), narrower])
    assert value["policy"]["Statement"] == [allow("s3:PutObject", BUCKET)]
    assert len(value["residue"]) == 1


def test_what_the_candidate_denies_stays_denied():
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"}
    elsewhere = {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}
    value = asked([], [allow("s3:*"), deny, elsewhere])
    assert value["policy"]["Statement"] == [allow("s3:*"), deny]


def test_everything_but_some_services_is_a_not_action():
    value = asked([allow("iam:*")], [allow("*")])
    assert value["policy"]["Statement"] == [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]
    assert value["policy_unsaid"] == []
    (entry,) = value["residue"]
    assert (entry["actions"], entry["except"]) == (["*"], ["iam:*"])


def test_later_actions_that_no_statement_can_name_are_listed():
    value = asked([allow("s3:Get*")], [allow("s3:*")])
    (row,) = value["policy"]["Statement"]
    assert "s3:Put*" in row["Action"]
    assert value["policy_unsaid"] == ["s3:*"]
    (entry,) = value["residue"]
    assert (entry["actions"], entry["except"]) == (["s3:*"], ["s3:Get*"])


def test_only_later_actions():
    both = asked([allow(["sts:GetCallerIdentity"])], [allow("sts:GetCaller*")])
    assert both["policy"]["Statement"] == []
    assert both["policy_unsaid"] == ["sts:GetCaller*"]
    assert "added later" in both["residue"][0]["why"]


def test_what_a_not_resource_leaves_out_stays_out():
    row = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret/*"}
    value = asked([], [row])
    assert value["policy"]["Statement"] == [row]
    assert value["residue"][0]["except_resources"] == ["arn:aws:s3:::secret/*"]


def test_covered_is_an_empty_policy_and_a_trust_policy_has_none():
    assert asked([allow("s3:*")], [allow("s3:GetObject")])["policy"]["Statement"] == []
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
    assert asked([], [trust])["policy"] is None
