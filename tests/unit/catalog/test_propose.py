"""Drafts: what they say, what they leave out, and that their proof holds; parameters over several identities."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from nhilint.app.catalog.propose import read_back, text
from nhilint.engine import Analysis
from nhilint.engine.catalog.mining import Bounds, mine_rows
from nhilint.engine.catalog.proposing import Ask, ProposeError, propose_rows
from tests.unit.engine.estate import ACCOUNT, analysis_of, keeps_schema, role

Row = dict[str, Any]


def proposed(files: dict[str, str], *names: str, **more: Any) -> Row:
    """The role of the only draft, as read back from its text."""
    value = rows(analysis_of(files), *names, **more)
    (draft,) = value["drafts"]
    assert yaml.safe_load(text(value)) == draft["role"]
    return {**draft, "file": text(value)}


def rows(analysis: Analysis, *names: str, **more: Any) -> Row:
    return propose_rows(analysis, Ask(names=names, **more), read_back)


def policy(*statements: Row) -> str:
    """A role `ci` with these statements, as a file."""
    blocks = json.loads(role("ci", ("s3:GetObject", "*")))
    body = {"Version": "2012-10-17", "Statement": list(statements)}
    blocks["resource"]["aws_iam_role_policy"]["ci"]["policy"] = json.dumps(body)
    return json.dumps(blocks)


def allow(action: Any, resource: Any, **condition: Any) -> Row:
    more = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any, **condition: Any) -> Row:
    return {**allow(action, resource, **condition), "Effect": "Deny"}


def test_literal_names_stay_and_account_and_region_are_parameters() -> None:
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
    found = proposed({"a.tf.json": role("ci", ("sqs:SendMessage", arn), ("sqs:ReceiveMessage", arn))}, "ci")
    (statement,) = found["role"]["allow"]
    assert statement == {
        "actions": ["sqs:ReceiveMessage", "sqs:SendMessage"],
        "resources": ["arn:aws:sqs:<region>:<account>:orders"],
    }
    assert found["role"]["parameters"]["account"]["pattern"] == "[0-9]{12}"
    assert found["role"]["parameters"]["account"]["unknown"] is True
    assert found["identities"][0]["bindings"] == {"account": [ACCOUNT], "region": ["eu-west-1"]}
    assert found["role"]["status"] == "draft"


def test_two_that_differ_in_an_environment_share_one_parameter() -> None:
    def of(env: str) -> str:
        return role(
            f"app-{env}",
            ("s3:GetObject", f"arn:aws:s3:::acme-{env}-logs/*"),
            ("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders-{env}"),
        )

    found = proposed({"a.tf.json": of("dev"), "b/b.tf.json": of("prod")}, "app-dev", "app-prod")
    assert [one["resources"] for one in found["role"]["allow"]] == [
        ["arn:aws:dynamodb:<region>:<account>:table/orders-<environment>"],
        ["arn:aws:s3:::acme-<environment>-logs/*"],
    ]
    assert found["role"]["parameters"]["environment"]["examples"] == ["dev", "prod"]
    assert [one["bindings"]["environment"] for one in found["identities"]] == [["dev"], ["prod"]]


def test_equal_resources_with_different_numbers_of_names_are_many() -> None:
    files = {
        "a.tf.json": role("a", ("s3:GetObject", "arn:aws:s3:::one/*")),
        "b/b.tf.json": role("b", ("s3:GetObject", "arn:aws:s3:::two/*"), ("s3:GetObject", "arn:aws:s3:::three/*")),
    }
    found = proposed(files, "a", "b")
    assert found["role"]["allow"][0]["resources"] == ["arn:aws:s3:::<bucket>/*"]
    assert found["role"]["parameters"]["bucket"]["many"] is True


def test_a_deny_with_a_condition_becomes_a_condition_of_the_allow() -> None:
    files = {
        "a.tf.json": policy(
            allow("s3:PutObject", "arn:aws:s3:::b/*"),
            deny("*", "*", StringNotEquals={"aws:RequestedRegion": "eu-west-1"}),
        )
    }
    found = proposed(files, "ci")
    (statement,) = found["role"]["allow"]
    assert statement["conditions"] == {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    assert found["unsaid"] == []


def test_a_deny_on_a_part_is_said_and_never_widens() -> None:
    files = {
        "a.tf.json": policy(
            allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::b/*"), deny("s3:PutObject", "arn:aws:s3:::b/x/*")
        )
    }
    found = proposed(files, "ci")
    assert found["role"]["allow"] == [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"]}]
    assert [one["actions"] for one in found["unsaid"]] == [["s3:putobject"]]
    assert "Held, but not in this draft" in found["file"]
    assert not found["identities"][0]["covered"]


def test_everything_but_something_is_no_role() -> None:
    files = {"a.tf.json": policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})}
    with pytest.raises(ProposeError, match="can be said by a role"):
        proposed(files, "ci")


def test_a_symbol_becomes_a_parameter_of_its_last_part() -> None:
    source = role("ci", ("s3:GetObject", "arn:aws:s3:::${var.log_bucket}/*"))
    found = proposed({"a.tf.json": source, "v.tf": 'variable "log_bucket" {}\n'}, "ci")
    assert found["role"]["allow"][0]["resources"] == ["arn:aws:s3:::<log_bucket>/*"]
    assert found["role"]["parameters"]["log_bucket"]["unknown"] is True


def test_trust_and_tests_are_written() -> None:
    source = role("ci", ("s3:GetObject", "arn:aws:s3:::b/*"), trusts={"Service": "lambda.amazonaws.com"})
    found = proposed({"a.tf.json": source}, "ci")["role"]
    assert found["trust"] == [{"service": "lambda.amazonaws.com"}]
    assert found["tests"]["allow"] == [{"action": "s3:GetObject", "resource": "arn:aws:s3:::b/example"}]
    assert {"action": "s3:GetObject", "resource": "arn:aws:s3:::b-other/example"} in found["tests"]["deny"]


def test_a_folder_gives_one_draft_for_all_who_are_alike() -> None:
    files = {
        f"apps/{name}/a.tf.json": role(name, ("s3:GetObject", f"arn:aws:s3:::{name}-data/*")) for name in ("a1", "b2")
    }
    files["apps/c/a.tf.json"] = role("c3", ("sns:Publish", f"arn:aws:sns:eu-west-1:{ACCOUNT}:t"))
    files["other/a.tf.json"] = role("d4", ("s3:GetObject", "arn:aws:s3:::d4-data/*"))
    value = propose_rows(analysis_of(files), Ask(path="apps"), read_back)
    assert [len(draft["identities"]) for draft in value["drafts"]] == [2, 1]
    assert value["drafts"][0]["role"]["parameters"]["bucket"]["same"] == "name"


MANIFESTS = """\
apiVersion: v1
kind: ServiceAccount
metadata: {{ name: worker, namespace: {space} }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{ name: worker, namespace: {space} }}
rules:
  - {{ apiGroups: ["", apps], resources: [pods, deployments], verbs: [list, get] }}
  - {{ apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get] }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{ name: worker, namespace: {space} }}
roleRef: {{ apiGroup: rbac.authorization.k8s.io, kind: Role, name: worker }}
subjects: [{{ kind: ServiceAccount, name: worker, namespace: {space} }}]
"""


def test_service_accounts_of_several_namespaces() -> None:
    files = {f"{space}/all.yaml": MANIFESTS.format(space=space) for space in ("web", "shop")}
    keys = [f"kubernetes:serviceaccount/{space}/worker" for space in ("web", "shop")]
    found = proposed(files, *keys)["role"]
    assert found["parameters"]["namespace"]["same"] == "namespace"
    assert {"verbs": ["get"], "groups": [""], "resources": ["configmaps"], "names": ["settings"]}.items() <= found[
        "allow"
    ][0].items()
    assert all(one["namespaces"] == ["<namespace>"] for one in found["allow"])
    assert found["access"] == "read"


def test_mining_covers_those_who_are_alike_and_widens_nobody() -> None:
    files = {
        f"apps/{name}/a.tf.json": role(name, ("s3:GetObject", f"arn:aws:s3:::{name}-data/*")) for name in ("a1", "b2")
    }
    files["c/a.tf.json"] = role("c3", ("sns:Publish", f"arn:aws:sns:eu-west-1:{ACCOUNT}:t"))
    value = mine_rows(analysis_of(files), Bounds(), read_back)
    (found,) = value["roles"]
    assert [one["key"] for one in found["identities"]] == ["aws:role/a1", "aws:role/b2"]
    assert found["role"]["allow"] == [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::<bucket>-data/*"]}]
    assert (value["uncovered"], found["cumulative"], found["added"]) == (3, 2, [])
    keeps_schema(value)


def test_a_tolerance_unites_what_differs_in_an_action_and_says_what_is_added() -> None:
    common = [(f"s3:{name}", "arn:aws:s3:::{n}/*") for name in ("GetObject", "GetObjectTagging", "PutObject")]

    def of(name: str, *more: str) -> str:
        return role(name, *((a, r.format(n=name)) for a, r in [*common, *((m, "arn:aws:s3:::{n}/*") for m in more)]))

    files = {"a.tf.json": of("one"), "b/b.tf.json": of("two", "s3:GetObjectAttributes")}
    assert mine_rows(analysis_of(files), Bounds(), read_back)["roles"] == []
    (found,) = mine_rows(analysis_of(files), Bounds(tolerance=50), read_back)["roles"]
    assert found["added"] == [{"identity": "aws:role/one", "actions": ["s3:GetObjectAttributes"]}]
    files["b/b.tf.json"] = of("two", "s3:PutObjectAcl")
    assert mine_rows(analysis_of(files), Bounds(tolerance=50), read_back)["roles"] == []


def test_rows_keep_their_schema() -> None:
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
    keeps_schema(rows(analysis_of({"a.tf.json": role("ci", ("sqs:SendMessage", arn))}), "ci"))


def test_a_list_that_nobody_knows_is_a_parameter_of_many_values() -> None:
    source = role("ci", ("s3:ListBucket", "arn:aws:s3:::known"))
    more = """\
variable "arns" { type = list(string) }
resource "aws_iam_role_policy" "open" {
  role   = aws_iam_role.ci.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = var.arns }] })
}
"""
    found = proposed({"a.tf.json": source, "v.tf": more}, "ci")
    assert found["role"]["parameters"]["arns"]["many"] is True


def test_policy_variables_stay_as_they_are() -> None:
    found = proposed({"a.tf.json": policy(allow("iam:GetUser", "arn:aws:iam::*:user/$${aws:username}"))}, "ci")
    assert found["role"]["allow"][0]["resources"] == ["arn:aws:iam::*:user/${aws:username}"]
