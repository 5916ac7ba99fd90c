"""Plans: what exists on each side, what is hidden and said, secrets, references, states, and whose plan it is."""

import json
from typing import Any

import pytest

from nhilint.model.node import Unknown
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform.plan import PlanError, load_plan, read_plan
from nhilint.sources.terraform.plan_source import RootError, source_of
from nhilint.sources.terraform.result import TerraformResult
from tests.unit.sources.terraform.build import document, show


def change(address: str, before: Any, after: Any, unknown: Any = None, **more: Any) -> dict[str, Any]:
    kind = address.partition("[")[0].split(".")[-2]
    inner = {"actions": more.pop("actions", ["update"]), "before": before, "after": after}
    inner |= {"after_unknown": unknown or {}, "after_sensitive": more.pop("sensitive", {})}
    return {"address": address, "mode": more.pop("mode", "managed"), "type": kind, "name": "x", "change": inner, **more}


def block(address: str, provider: str = "aws", **expressions: Any) -> dict[str, Any]:
    mode = "data" if address.startswith("data.") else "managed"
    kind, name = address.removeprefix("data.").split(".")
    each = {"for_each_expression": expressions.pop("for_each")} if "for_each" in expressions else {}
    row = {"address": address, "mode": mode, "type": kind, "name": name, "provider_config_key": provider, **each}
    return {**row, "expressions": expressions}


def to(*references: str) -> dict[str, Any]:
    return {"references": list(references)}


def plan(*changes: Any, root: Any = None, providers: Any = None, prior: Any = (), **more: Any) -> str:
    return json.dumps(
        {
            "format_version": "1.2",
            "planned_values": {},
            "resource_changes": list(changes),
            "configuration": {"root_module": root or {}, "provider_config": providers or {}},
            "prior_state": {"values": {"root_module": {"resources": list(prior)}}},
            **more,
        }
    )


def addresses(text: str, side: Any = "after") -> list[str]:
    return [one.address for one in load_plan("p.json", text, None, side).documents]


def attribute(result: TerraformResult, address: str, name: str) -> object:
    return show(document(result, address).body.get(name))


ROLE = {"name": "r", "path": "/"}


def test_what_is_forgotten_goes_on_existing() -> None:
    text = plan(change("aws_iam_role.a", ROLE, None, actions=["forget"]), change("aws_iam_role.b", ROLE, None))
    assert addresses(text) == ["aws_iam_role.a"]
    assert addresses(text, "before") == ["aws_iam_role.a", "aws_iam_role.b"]


def test_an_object_that_is_left_over_exists_until_the_apply() -> None:
    text = plan(
        change("aws_iam_role.a", ROLE, ROLE), change("aws_iam_role.a", {"name": "old"}, None, deposed="0a"),
    )  # fmt: skip
    assert addresses(text) == ["aws_iam_role.a"]
    assert addresses(text, "before") == ["aws_iam_role.a", "aws_iam_role.a (deposed 0a)"]


def test_before_a_move_the_address_is_the_old_one() -> None:
    text = plan(change("aws_iam_role.new", ROLE, ROLE, previous_address="aws_iam_role.old"))
    assert addresses(text, "before") == ["aws_iam_role.old"]
    assert addresses(text) == ["aws_iam_role.new"]


def test_what_the_plan_does_not_touch_exists_on_both_sides() -> None:
    kept = {"address": "aws_iam_role.kept", "mode": "managed", "type": "aws_iam_role", "values": ROLE}
    text = plan(change("aws_iam_role.a", None, ROLE), prior=[kept], complete=False)
    assert addresses(text, "before") == ["aws_iam_role.kept"]
    assert addresses(text) == ["aws_iam_role.kept", "aws_iam_role.a"]
    assert "-target" in load_plan("p.json", text).unresolved[0].why


def test_why_a_plan_does_not_show_everything() -> None:
    put_off = {"reason": "provider_config_unknown", "resource_change": {"address": "aws_iam_role.later"}}
    failed = load_plan("p.json", plan(errored=True)).unresolved
    later = load_plan("p.json", plan(deferred_changes=[put_off])).unresolved
    assert ["planning failed" in failed[0].why, "aws_iam_role.later" in later[0].why] == [True, True]


def test_a_state_is_read_as_it_is() -> None:
    resources = [{"address": "aws_iam_role.a", "mode": "managed", "type": "aws_iam_role", "values": ROLE}]
    child = {"resources": [{**resources[0], "address": "module.m.aws_iam_role.a"}]}
    text = json.dumps(
        {"format_version": "1.0", "values": {"root_module": {"resources": resources, "child_modules": [child]}}}
    )
    assert addresses(text) == addresses(text, "before") == ["aws_iam_role.a", "module.m.aws_iam_role.a"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"version": 4, "lineage": "x", "serial": 1}', "a state as Terraform keeps it"),
        ('{"@level": "info"}', "the log of"),
        ('{"@level": "info"}\n{"@level": "info"}', "the log of"),
    ],
)
def test_what_looks_like_a_plan_and_is_none(text: str, words: str) -> None:
    with pytest.raises(PlanError, match=words) as caught:
        read_plan("p.json", text)
    assert "terraform show -json" in caught.value.help


def test_a_hidden_policy_names_what_it_depends_on() -> None:
    root = {"resources": [block("aws_iam_policy.p", policy=to("local.x", "aws_s3_bucket.b.arn", "aws_s3_bucket.b"))]}
    result = load_plan("p.json", plan(change("aws_iam_policy.p", None, {"name": "n"}, {"policy": True}), root=root))
    policy = document(result, "aws_iam_policy.p").body.get("policy")
    assert isinstance(policy, Unknown)
    assert "`local.x`, `aws_s3_bucket.b.arn`; give the source too" in policy.reason


def test_a_hidden_policy_in_a_block_is_not_a_string() -> None:
    inline = [{"name": {"constant_value": "i"}, "policy": to("aws_s3_bucket.b.arn", "aws_s3_bucket.b")}]
    after = {"name": "r", "inline_policy": [{"name": "i"}]}
    unknown = {"inline_policy": [{"policy": True}]}
    text = plan(
        change("aws_iam_role.r", None, after, unknown),
        root={"resources": [block("aws_iam_role.r", inline_policy=inline)]},
    )
    shown = attribute(load_plan("p.json", text), "aws_iam_role.r", "inline_policy")
    assert "known only after apply; it depends on `aws_s3_bucket.b.arn`" in str(shown)


def test_what_nobody_set_and_only_the_cloud_knows_is_left_out() -> None:
    text = plan(change("aws_iam_role.r", None, ROLE, {"managed_policy_arns": True, "arn": True}))
    body = document(load_plan("p.json", text), "aws_iam_role.r").body
    assert body.get("managed_policy_arns") is None
    assert show(body.get("arn")) == "arn:aws:iam::${account}:role/r"


def test_a_hidden_list_says_that_there_may_be_more() -> None:
    root = {"resources": [block("aws_iam_role.r", managed_policy_arns=to("aws_iam_policy.p.arn", "aws_iam_policy.p"))]}
    text = plan(
        change("aws_iam_role.r", None, ROLE, {"managed_policy_arns": True}),
        change("aws_iam_policy.p", None, {"name": "p"}, {"arn": True}),
        root=root,
    )
    shown = attribute(load_plan("p.json", text), "aws_iam_role.r", "managed_policy_arns")
    assert shown == ["arn:aws:iam::${account}:policy/p", "…aws_iam_role.r.managed_policy_arns"]


def test_references_are_followed_through_modules_and_loops() -> None:
    attached = block(
        "aws_iam_role_policy_attachment.a",
        role=to("var.role"),
        policy_arn=to("each.value.arn"),
        for_each=to("aws_iam_policy.p"),
    )
    inner = {"resources": [attached, block("aws_iam_policy.p")]}
    call = {"module": inner, "expressions": {"role": to("aws_iam_role.r.name", "aws_iam_role.r")}}
    root = {"module_calls": {"m": call}, "resources": [block("aws_iam_role.r")]}
    attachment = 'module.m.aws_iam_role_policy_attachment.a["k.1"]'
    text = plan(
        change("aws_iam_role.r", None, {"name_prefix": "pre-"}, {"name": True}),
        change('module.m.aws_iam_policy.p["k.1"]', None, {"name": "own"}, {"arn": True}, index="k.1"),
        change(attachment, None, {}, {"role": True, "policy_arn": True}, index="k.1"),
        root=root,
    )
    result = load_plan("p.json", text)
    assert attribute(result, attachment, "role") == "pre-${aws_iam_role.r.name}"
    assert attribute(result, attachment, "policy_arn") == "arn:aws:iam::${account}:policy/own"


def test_a_document_that_is_read_later_is_read_as_far_as_it_is_known() -> None:
    document_block = block("data.aws_iam_policy_document.d", statement=[{}])
    policy = block(
        "aws_iam_policy.p", policy=to("data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d")
    )
    after = {"statement": [{"actions": ["s3:GetObject"], "resources": ["*", None], "effect": None}]}
    unknown = {"json": True, "statement": [{"resources": [False, True]}]}
    text = plan(
        change("data.aws_iam_policy_document.d", None, after, unknown, mode="data", actions=["read"]),
        change("aws_iam_policy.p", None, {"name": "p"}, {"policy": True}),
        root={"resources": [document_block, policy]},
    )
    result = load_plan("p.json", text)
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": ["*", "${data.aws_iam_policy_document.d.statement[0].resources[1]}"],
    }
    assert attribute(result, "aws_iam_policy.p", "policy") == {"Version": "2012-10-17", "Statement": [statement]}
    assert [(u.what, "all it refers to" in u.why) for u in result.unresolved] == [("`aws_iam_policy.p.policy`", True)]


def test_a_secret_is_a_symbol_wherever_it_stands() -> None:
    trust = json.dumps({"Statement": [{"Condition": {"StringEquals": {"sts:ExternalId": 'se"cret'}}}]})
    after = {"name": "plain", "description": "other", "assume_role_policy": trust, "tags": {"a": 'se"cret'}}
    text = plan(
        change(
            "aws_iam_role.r",
            None,
            after,
            sensitive={"assume_role_policy": True, "description": True, "tags": {"a": True}},
        ),
        root={"variables": {"s": {"sensitive": True}}},
        variables={"s": {"value": 'se"cret'}},
    )
    result = load_plan("p.json", text)
    assert "${var.s}" in str(attribute(result, "aws_iam_role.r", "assume_role_policy"))
    assert attribute(result, "aws_iam_role.r", "tags") == {"a": "${var.s}"}
    assert attribute(result, "aws_iam_role.r", "description") == "${aws_iam_role.r.description}"
    assert "cret" not in str(result.documents)


def test_providers_say_region_and_account() -> None:
    def provider(region: Any, **more: Any) -> dict[str, Any]:
        return {"name": "aws", "expressions": {"region": region, **more}}

    providers = {
        "aws": provider({"constant_value": "eu-west-1"}),
        "aws.same": provider(to("var.region")),
        "aws.other": provider({"constant_value": "us-gov-west-1"}, profile={"constant_value": "x"}),
    }
    names = {"": "aws", "same": "aws.same", "other": "aws.other"}
    blocks = [block(f"aws_sqs_queue.q{name}", key) for name, key in names.items()]
    changes = [change(f"aws_sqs_queue.q{name}", None, {"name": "q"}, {"arn": True}) for name in names]
    text = plan(
        *changes, root={"resources": blocks}, providers=providers, variables={"region": {"value": "eu-west-2"}}
    )  # fmt: skip
    result = load_plan("p.json", text)
    arns = [attribute(result, f"aws_sqs_queue.q{name}", "arn") for name in names]
    assert arns == [
        "arn:aws:sqs:eu-west-1:${account}:q",
        "arn:aws:sqs:eu-west-2:${account}:q",
        "arn:aws-us-gov:sqs:us-gov-west-1:${account@other}:q",
    ]


def test_an_account_of_ones_own_is_a_symbol_on_both_paths() -> None:
    caller = {"address": "data.aws_caller_identity.c", "mode": "data", "type": "aws_caller_identity"}
    trust = json.dumps(
        {"Statement": [{"Principal": {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"]}}]}
    )
    text = plan(
        change("aws_iam_role.r", None, {**ROLE, "assume_role_policy": trust}),
        prior=[{**caller, "values": {"account_id": "111122223333"}}],
    )
    shown = str(attribute(load_plan("p.json", text), "aws_iam_role.r", "assume_role_policy"))
    assert "arn:aws:iam::${account}:root" in shown
    assert "444455556666" in shown


SOURCE = """
variable "n" {}
resource "aws_s3_bucket" "b" {
  count  = var.n
  bucket = "b-${count.index}"
}
resource "aws_iam_role" "r" {
  name = "r"
  inline_policy {
    name   = "second"
    policy = jsonencode({ Statement = [{ Resource = aws_s3_bucket.b[*].arn }] })
  }
  inline_policy {
    name   = "first"
    policy = jsonencode({ Statement = [] })
  }
}
"""


def planned() -> str:
    after = {"name": "r", "inline_policy": [{"name": "first", "policy": '{"Statement":[]}'}, {"name": "second"}]}
    unknown = {"inline_policy": [{}, {"policy": True}]}
    root = {"resources": [block("aws_s3_bucket.b"), block("aws_iam_role.r")], "variables": {"n": {}}}
    return plan(change("aws_iam_role.r", None, after, unknown), root=root, variables={"n": {"value": 2}})


def joined(files: dict[str, str | bytes], path: str = "plan.json", **options: Any) -> TerraformResult:
    read = read_plan(path, planned())
    return load_plan(path, read, source_of(read, MemoryTree(files), LoadOptions(**options), None, "after"))


def test_blocks_of_a_set_are_paired_by_content_and_variables_are_those_of_the_plan() -> None:
    result = joined({"main.tf": SOURCE})
    assert attribute(result, "aws_iam_role.r", "inline_policy") == [
        {"name": "first", "policy": {"Statement": []}},
        {"name": "second", "policy": {"Statement": [{"Resource": ["arn:aws:s3:::b-0", "arn:aws:s3:::b-1"]}]}},
    ]


def test_the_configuration_of_a_plan_is_found() -> None:
    near = SOURCE + 'resource "aws_iam_user" "u" {}\n'
    far = 'resource "aws_iam_user" "u" {}\n'
    files: dict[str, str | bytes] = {"a/main.tf": near, "b/main.tf": SOURCE, "c/main.tf": far}
    assert document(joined(files), "aws_iam_role.r").span.path == "b/main.tf"
    assert document(joined(files, roots=("a",)), "aws_iam_role.r").span.path == "a/main.tf"
    assert document(joined({"c/main.tf": far}), "aws_iam_role.r").span.path == "plan.json"


def test_the_folder_of_the_plan_comes_first_and_a_guess_is_refused() -> None:
    files: dict[str, str | bytes] = {"a/main.tf": SOURCE, "b/main.tf": SOURCE}
    assert document(joined(files, "b/plan.json"), "aws_iam_role.r").span.path == "b/main.tf"
    with pytest.raises(RootError, match="2 configurations: `a`, `b`") as caught:
        joined(files)
    assert "--root" in caught.value.help


def test_source_that_is_newer_than_the_plan_is_said() -> None:
    result = joined({"main.tf": SOURCE + 'resource "aws_iam_user" "u" {}\n'})
    assert [(u.what, "make the plan anew" in u.why) for u in result.unresolved] == [("`aws_iam_user.u`", True)]
