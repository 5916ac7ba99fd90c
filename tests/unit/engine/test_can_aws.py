"""`can` for AWS identities of a tree: every layer that the tree holds, and what of it is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, Policies, Question, analyze, can, schemas
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

SCHEMA = json.loads((Path(next(iter(schemas.__path__))) / "can.schema.json").read_text(encoding="utf-8"))
ACCOUNT = "${data.aws_caller_identity.current.account_id}"
OWN = "111122223333"
OBJECTS = "arn:aws:s3:::data/*"
LAST = "arn:aws:s3:::${var.bucket}/*"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action: str, resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str, resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def role(name: str, *statements: dict[str, Any], trust: dict[str, Any] | None = None) -> dict[str, Any]:
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trust or {"Service": "ec2.amazonaws.com"}}
    return {
        "aws_iam_role": {name: {"name": name, "assume_role_policy": document(trusted)}},
        "aws_iam_role_policy": {name: {"role": f"${{aws_iam_role.{name}.id}}", "policy": document(*statements)}},
    }


def ask(action: str, resource: str, *parts: dict[str, Any], account: str = "", beside: Any = None) -> Any:
    """The answer for a role of a tree with these resources, and those of another root module beside it."""
    files = {"main.tf.json": root_of(*parts)}
    if beside is not None:
        files["organisation/main.tf.json"] = root_of(beside)
    tree = MemoryTree(files)
    loaded = load(tree, LoadOptions())
    options = Options(today="2026-11-25")
    analysis = analyze(loaded.documents, unresolved=loaded.unresolved, catalog=EMPTY_CATALOG, options=options)
    value = can(analysis, "bot", Question(principal="", action=action, resource=resource, account=account), Policies())
    jsonschema.validate(value, SCHEMA)
    return value


def root_of(*parts: dict[str, Any]) -> str:
    blocks: dict[str, Any] = {}
    for part in parts:
        for type, members in part.items():
            blocks.setdefault(type, {}).update(members)
    blocks["aws_cloudfront_origin_access_identity"] = {"o": {}}
    data = {"aws_caller_identity": {"current": {}}, "aws_region": {"current": {}}}
    return json.dumps({"resource": blocks, "data": data, "variable": {"bucket": {}}})


def bucket_policy(*statements: dict[str, Any], bucket: str = "data") -> dict[str, Any]:
    return {"aws_s3_bucket_policy": {"b": {"bucket": bucket, "policy": document(*statements)}}}


BOT = role("bot", allow("s3:*"), allow("kms:*"), allow("sts:AssumeRole"))


# The policy on the resource


@pytest.mark.parametrize(
    "principal, decision",
    [
        ({"Principal": "*"}, "explicitly-denied"),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/bot"}}, "explicitly-denied"),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, "explicitly-denied"),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}}, "allowed"),
        ({"NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}}, "explicitly-denied"),
        # The same name in an account that may be the tree's own.
        ({"Principal": {"AWS": f"arn:aws:iam::{OWN}:role/bot"}}, "undecided"),
        ({"Principal": {"AWS": "${var.bucket}"}}, "undecided"),
        ({"Principal": {"AWS": "${aws_cloudfront_origin_access_identity.o.iam_arn}"}}, "allowed"),
    ],
)
def test_a_deny_on_the_resource_falls_on_whom_it_names(principal: dict[str, Any], decision: str) -> None:
    value = ask("s3:DeleteObject", "arn:aws:s3:::data/a", BOT, bucket_policy(deny("s3:Delete*", OBJECTS, **principal)))
    assert value["decision"] == decision
    if decision == "explicitly-denied":
        assert [row["name"] for row in value["statements"]] == ["bucket policy of `aws_s3_bucket_policy.b`"]


def test_a_policy_on_another_bucket_is_no_matter() -> None:
    value = ask("s3:DeleteObject", "arn:aws:s3:::other/a", BOT, bucket_policy(deny("s3:*", OBJECTS, Principal="*")))
    assert (value["decision"], value["reason"]) == ("allowed", "the caller's own policies allow it")


def test_a_policy_that_may_stand_on_the_resource_is_said_where_it_matters() -> None:
    policy = bucket_policy(deny("s3:Delete*", LAST, Principal="*"), bucket="${var.bucket}")
    assert ask("s3:GetObject", "arn:aws:s3:::data/a", BOT, policy)["decision"] == "allowed"
    value = ask("s3:DeleteObject", "arn:aws:s3:::data/a", BOT, policy)
    assert (value["decision"], value["reason"]) == ("undecided", "it depends on `${var.bucket}`, which is not known")
    assert ask("s3:DeleteObject", "arn:aws:s3:::${var.bucket}/a", BOT, policy)["decision"] == "explicitly-denied"


def test_what_all_but_some_of_a_bucket_may_not_hangs_on_where_the_policy_stands() -> None:
    spared = {"Effect": "Deny", "Action": "s3:*", "Principal": "*", "NotResource": "arn:aws:s3:::elsewhere"}
    assert ask("s3:GetObject", "arn:aws:s3:::data/a", BOT, bucket_policy(spared))["decision"] == "explicitly-denied"
    value = ask("s3:GetObject", "arn:aws:s3:::data/a", BOT, bucket_policy(spared, bucket="${var.bucket}"))
    assert value["decision"] == "undecided"
    assert value["reason"].startswith("a statement is there only if the bucket policy")


def key(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"aws_kms_key_policy": {"k": {"key_id": "1", "policy": document(*statements)}}}


def test_a_key_has_to_leave_it_to_the_account() -> None:
    asked = "kms:Decrypt", f"arn:aws:kms:eu-west-1:{OWN}:key/1"
    delegates = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    other = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"})
    assert ask(*asked, BOT, key(delegates))["decision"] == "allowed"
    assert ask(*asked, BOT, key(other))["decision"] == "implicitly-denied"
    assert ask(*asked, BOT)["decision"] == "undecided"
    # Of another key nothing is said.
    assert ask("kms:Decrypt", f"arn:aws:kms:eu-west-1:{OWN}:key/2", BOT, key(delegates))["decision"] == "undecided"


def test_an_unknown_account_and_region_are_taken_for_those_of_the_resource_and_that_is_said() -> None:
    place = "${data.aws_region.current.name}:" + ACCOUNT
    bot = role("bot", allow("sqs:SendMessage", f"arn:aws:sqs:{place}:orders"))
    value = ask("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OWN}:orders", bot)
    assert value["decision"] == "allowed"
    assert f"the caller's account `${{account}}` is {OWN}, the resource's" in value["assumed"]
    assert "`${region}` is eu-west-1, the resource's" in value["assumed"]
    assert ask("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OWN}:other", bot)["decision"] == "implicitly-denied"
    # Somebody who names the resource's account has said that it may be another one.
    foreign = ask("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OWN}:orders", bot, account=OWN)
    assert foreign["decision"] != "allowed"


def test_a_resource_that_is_not_known_is_asked_about_as_it_is_shown() -> None:
    bot = role("bot", allow("s3:GetObject", LAST))
    assert ask("s3:GetObject", "arn:aws:s3:::${var.bucket}/a", bot)["decision"] == "allowed"
    value = ask("s3:GetObject", "arn:aws:s3:::data/a", bot)
    assert (value["decision"], value["reason"]) == ("undecided", "it depends on `${var.bucket}`, which is not known")


@pytest.mark.parametrize(
    "trusted, decision", [("role/bot", "allowed"), ("root", "allowed"), ("role/x", "implicitly-denied")]
)
def test_who_is_trusted_by_the_role_of_the_tree_may_become_it(trusted: str, decision: str) -> None:
    target = role("target", allow("s3:*"), trust={"AWS": f"arn:aws:iam::{ACCOUNT}:{trusted}"})
    assert ask("sts:AssumeRole", f"arn:aws:iam::{OWN}:role/target", BOT, target)["decision"] == decision


# Organisations


def organisation(*statements: dict[str, Any], target: str = "r-1", kind: str = "") -> dict[str, Any]:
    policy = {"name": "p", "content": document(*statements), **({"type": kind} if kind else {})}
    attached = {"policy_id": "${aws_organizations_policy.p.id}", "target_id": target}
    found: dict[str, Any] = {"aws_organizations_policy": {"p": policy}, "aws_organizations_organization": {"o": {}}}
    return {**found, "aws_organizations_policy_attachment": {"a": attached}} if target else found


READ, DELETE = ("s3:GetObject", "arn:aws:s3:::data/a"), ("s3:DeleteObject", "arn:aws:s3:::data/a")


@pytest.mark.parametrize("target", ["r-1", "${aws_organizations_organization.o.roots[0].id}"])
def test_what_the_organisation_denies_everywhere(target: str) -> None:
    found = organisation(deny("s3:Delete*"), target=target)
    assert ask(*READ, BOT, beside=found)["decision"] == "allowed"
    value = ask(*DELETE, BOT, beside=found)
    assert (value["decision"], value["reason"]) == ("explicitly-denied", "an explicit deny (scp.1)")
    assert [row["name"] for row in value["statements"]] == ["service control policy `aws_organizations_policy.p`"]


@pytest.mark.parametrize("target", ["ou-1", OWN, ""])
def test_what_may_bind_the_account_is_said_where_it_would_change_the_answer(target: str) -> None:
    found = organisation(deny("s3:Delete*"), target=target)
    assert not any("nowhere under" in text for text in ask(*READ, BOT, beside=found)["assumed"])
    value = ask(*DELETE, BOT, beside=found)
    assert value["decision"] == "allowed"
    at = f" at `{target}`" if target else ""
    said = f"the answer: service control policy `aws_organizations_policy.p`{at}"
    assert [text.endswith(said) for text in value["assumed"] if "nowhere under" in text] == [True]


def test_the_account_that_manages_the_organisation_is_not_bound() -> None:
    value = ask(*DELETE, BOT, organisation(deny("s3:Delete*")))
    assert value["decision"] == "allowed"
    assert any("they do not bind it" in text for text in value["assumed"])


def test_a_policy_of_another_account_is_no_matter() -> None:
    asked = "kms:CreateKey", f"arn:aws:kms:eu-west-1:{OWN}:key/1"
    elsewhere = ask(*asked, BOT, beside=organisation(deny("kms:*"), target="444455556666"))
    assert elsewhere["decision"] == "allowed"
    assert not any("nowhere under" in text for text in elsewhere["assumed"])
    assert ask(*asked, BOT, beside=organisation(deny("kms:*"), target=OWN))["decision"] == "explicitly-denied"


def test_a_list_of_what_is_allowed_hangs_on_what_is_attached_beside_it() -> None:
    found = organisation(allow("s3:Get*"))
    assert ask(*READ, BOT, beside=found)["decision"] == "allowed"
    value = ask(*DELETE, BOT, beside=found)
    assert value["decision"] == "undecided"
    assert "FullAWSAccess" in value["reason"]
    full = {"f": {"policy_id": "p-FullAWSAccess", "target_id": "r-1"}}
    attached = {
        **found,
        "aws_organizations_policy_attachment": {**found["aws_organizations_policy_attachment"], **full},
    }
    assert ask(*DELETE, BOT, beside=attached)["decision"] == "allowed"


def test_a_resource_control_policy_and_a_tag_policy() -> None:
    control = deny("s3:Delete*", Principal="*")
    bound = organisation(control, kind="RESOURCE_CONTROL_POLICY")
    assert ask(*DELETE, BOT, beside=bound)["decision"] == "explicitly-denied"
    assert ask(*READ, BOT, beside=bound)["decision"] == "allowed"
    assert ask(*DELETE, BOT, beside=organisation(control, kind="TAG_POLICY"))["decision"] == "allowed"


def test_what_is_assumed_of_the_organisation_is_said() -> None:
    assumed = ask(*READ, BOT, beside=organisation(deny("s3:Delete*")))["assumed"]
    assert "`FullAWSAccess` is attached beside them, as AWS does by itself" in assumed
    assert any("does not manage it" in text for text in assumed)


# Who asks


def test_a_group_a_permission_set_and_a_policy_ask_as_somebody_who_has_only_that() -> None:
    group = {"aws_iam_group": {"bot": {"name": "bot"}}}
    group |= {"aws_iam_group_policy": {"p": {"group": "${aws_iam_group.bot.id}", "policy": document(allow("s3:*"))}}}
    policy = {"aws_iam_policy": {"bot": {"name": "bot", "policy": document(allow("s3:*"))}}}
    for parts, kind in ((group, "user"), (policy, "role")):
        value = ask(*READ, parts)
        assert value["decision"] == "allowed"
        assert f"a {kind} asks that has these permissions and no others" in value["assumed"]


def test_a_policy_on_a_resource_of_another_service_is_none_on_this_one() -> None:
    queue = {
        "aws_sqs_queue_policy": {"q": {"queue_url": "${var.bucket}", "policy": document(allow("sqs:*", Principal="*"))}}
    }
    asked = "kms:Decrypt", f"arn:aws:kms:eu-west-1:{OWN}:key/1"
    assert (
        ask(*asked, BOT, queue)["reason"] == "this kind of resource always has a policy of its own, and it is not given"
    )
    votes = {row["layer"]: row["vote"] for row in ask(*READ, BOT, queue)["layers"]}
    assert votes["resource"] == "absent"


def test_a_grant_on_a_key_is_for_that_key() -> None:
    granted = {"key_id": "1", "grantee_principal": f"arn:aws:iam::{ACCOUNT}:role/bot", "operations": ["Decrypt"]}
    votes = []
    for number in "12":
        value = ask("kms:Decrypt", f"arn:aws:kms:eu-west-1:{OWN}:key/{number}", BOT, {"aws_kms_grant": {"g": granted}})
        votes.append({row["layer"]: row["vote"] for row in value["layers"]}["resource"])
    assert votes == ["allowed", "absent"]


def test_a_permission_on_a_function_is_for_that_function() -> None:
    permission = {"function_name": "orders", "action": "lambda:InvokeFunction"}
    permission["principal"] = f"arn:aws:iam::{ACCOUNT}:role/bot"
    bot, found = role("bot", allow("s3:*")), {"aws_lambda_permission": {"p": permission}}
    place = f"arn:aws:lambda:eu-west-1:{OWN}:function"
    assert ask("lambda:InvokeFunction", f"{place}:orders", bot, found)["decision"] == "allowed"
    assert ask("lambda:InvokeFunction", f"{place}:other", bot, found)["decision"] == "implicitly-denied"


# What could not be read


def test_an_unread_part_of_the_policy_on_the_resource_is_no_permission() -> None:
    strange = {"Effect": "Deny", "Action": "s3:*", "Resource": OBJECTS, "Principal": "*", "Extra": "x"}
    value = ask(*READ, BOT, bucket_policy(strange))
    assert value["decision"] == "undecided"
    assert [row["layer"] for row in value["unread"]] == ["resource"]
    # Of another bucket it does not matter; a deny that was read stands.
    assert ask("s3:GetObject", "arn:aws:s3:::other/a", BOT, bucket_policy(strange))["decision"] == "allowed"
    denied = bucket_policy(strange, deny("s3:GetObject", OBJECTS, Principal="*"))
    assert ask(*READ, BOT, denied)["decision"] == "explicitly-denied"


def test_an_unread_policy_of_the_organisation_is_said() -> None:
    found = organisation(deny("s3:Delete*"), {"Effect": "Deny", "Action": "s3:Get*"})
    value = ask(*READ, BOT, beside=found)
    assert value["decision"] == "undecided"
    assert [row["layer"] for row in value["unread"]] == ["scp"]


def test_a_doubtful_deny_makes_nothing_undecided_that_nothing_allows() -> None:
    bot = role("bot", allow("s3:GetObject", "arn:aws:s3:::other/*"), deny("s3:*", LAST))
    assert ask("s3:GetObject", "arn:aws:s3:::data/x", bot)["decision"] == "implicitly-denied"
    bot = role("bot", allow("s3:GetObject", OBJECTS), deny("s3:*", LAST))
    assert ask("s3:GetObject", "arn:aws:s3:::data/x", bot)["decision"] == "undecided"
