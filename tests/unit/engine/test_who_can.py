"""`who-can`: holders with their lines, whoever gets there over others, and what is said where it is not known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhilint.engine import Analysis, QueryError, Wanted, path, who_can
from nhilint.model.errors import NhilintError
from nhilint.reports import holders
from nhilint.reports.text import Paint
from tests.unit.engine.estate import analysis_of, arn, keeps_schema, role

PAINT = Paint(colour=False, width=100)
OBJECT = "arn:aws:s3:::data/a"


def ask(analysis: Analysis, action: str, resource: str, **more: Any) -> dict[str, Any]:
    return keeps_schema(who_can(analysis, Wanted(action=action, resource=resource, **more)))


def keys(rows: list[dict[str, Any]]) -> list[str]:
    return [row["key"] for row in rows]


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analysis_of(
        {
            "a.tf.json": role("reader", ("s3:GetObject", "arn:aws:s3:::data/*"), trusts={"AWS": arn("entry")}),
            "b.tf.json": role("entry", ("sts:AssumeRole", "arn:aws:iam::*:role/reader")),
            "c.tf.json": role("writer", ("s3:PutObject", "arn:aws:s3:::data/*")),
            "d.tf.json": role("self", ("iam:PutRolePolicy", "arn:aws:iam::*:role/self")),
            "e.tf.json": role("part", ("s3:GetObject", "arn:aws:s3:::data/part/*")),
        }
    )


def test_a_holder_comes_with_the_line_that_allows_it(analysis: Analysis) -> None:
    value = ask(analysis, "s3:GetObject", OBJECT)
    (holder,) = value["holders"]
    assert holder["key"] == "aws:role/reader"
    assert [(s["path"], s["effect"]) for s in holder["statements"]] == [("a.tf.json", "allow")]


def test_whoever_can_become_a_holder_comes_with_the_way(analysis: Analysis) -> None:
    value = ask(analysis, "s3:GetObject", OBJECT)
    ways = {row["key"]: row for row in value["indirect"]}
    assert [step["target"] for step in ways["aws:role/entry"]["steps"]] == ["aws:role/reader"]
    assert ways["aws:role/self"]["to"] == "aws:administrator"
    assert "aws:role/writer" not in ways
    assert "aws:role/reader" not in ways


def test_of_a_pattern_one_resource_is_enough_and_is_named(analysis: Analysis) -> None:
    assert keys(ask(analysis, "s3:GetObject", OBJECT)["holders"]) == ["aws:role/reader"]
    value = ask(analysis, "s3:GetObject", "arn:aws:s3:::data/*")
    found = {row["key"]: row["request"]["resource"] for row in value["holders"]}
    assert set(found) == {"aws:role/reader", "aws:role/part"}
    assert found["aws:role/part"].startswith("arn:aws:s3:::data/part/")
    assert set(keys(ask(analysis, "s3:GetObject", "*")["holders"])) == set(found)


def test_the_action_is_spelled_in_any_case(analysis: Analysis) -> None:
    assert keys(ask(analysis, "S3:getobject", OBJECT)["holders"]) == ["aws:role/reader"]


def test_a_service_may_become_a_role(analysis: Analysis) -> None:
    value = ask(analysis, "sts:AssumeRole", "arn:aws:iam::111122223333:role/writer")
    assert [row["kind"] for row in value["indirect"] if row["to"] == "aws:role/writer"] == ["principal"]


def test_nobody_is_an_answer(analysis: Analysis) -> None:
    value = ask(analysis, "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/t")
    assert value["holders"] == []
    assert "0 identities may" in holders.who_can(value, PAINT)


def bucket(principal: Any, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}
    return {"aws_s3_bucket_policy": {"data": {"bucket": "data", "policy": json.dumps(policy)}}}


def test_a_public_bucket_is_said_once_and_not_of_everybody() -> None:
    value = ask(analysis_of({"a.tf.json": role("any", **bucket("*"))}), "s3:GetObject", OBJECT)
    assert value["everybody"]
    assert keys(value["holders"]) == ["aws:anyone/*"]
    assert "everybody may do it" in holders.who_can(value, PAINT)


def test_a_bucket_open_to_some_by_a_condition_names_them() -> None:
    open_to = bucket("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*"})
    files = {"a.tf.json": role("ci-one", **open_to), "b.tf.json": role("two")}
    value = ask(analysis_of(files), "s3:GetObject", OBJECT)
    assert not value["everybody"]
    assert keys(value["holders"]) == ["aws:role/ci-one"]


def test_a_policy_that_could_not_be_read_leaves_its_holder_undecided() -> None:
    blocks = json.loads(role("r", ("s3:GetObject", "arn:aws:s3:::other/*")))
    blocks["resource"]["aws_iam_role_policy"]["open"] = {"role": "${aws_iam_role.r.id}", "policy": "${var.policy}"}
    value = ask(analysis_of({"a.tf.json": json.dumps(blocks)}), "s3:GetObject", OBJECT)
    assert keys(value["undecided"]) == ["aws:role/r"]
    assert value["undecided"][0]["reason"]
    assert "Undecided (1)" in holders.who_can(value, PAINT)


def test_a_policy_that_nobody_has_is_told_apart() -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    loose = {"aws_iam_policy": {"loose": {"name": "loose", "policy": json.dumps(policy)}}}
    value = ask(analysis_of({"a.tf.json": role("r", **loose)}), "s3:GetObject", OBJECT)
    assert value["holders"] == []
    assert len(value["unbound"]) == 1


@pytest.mark.parametrize(
    "action, resource, platform, message",
    [
        ("s3:*", OBJECT, "", "not one action"),
        ("s3:GetObject", "data", "", "not an ARN"),
        ("get", "Secrets!", "", "not a resource"),
        ("get", "secrets", "azure", "no platform `azure`"),
    ],
)
def test_a_malformed_question_is_refused(
    analysis: Analysis, action: str, resource: str, platform: str, message: str
) -> None:
    with pytest.raises(NhilintError) as caught:
        ask(analysis, action, resource, platform=platform)
    assert message in caught.value.message
    assert not isinstance(caught.value, QueryError) or platform


def test_what_is_taken_for_granted_about_a_question_of_kubernetes_is_said() -> None:
    manifest = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: bot, namespace: shop}]
"""
    value = ask(analysis_of({"a.yaml": manifest}), "get", "shop:secret=db")
    assert any("did you mean" in text or "`secret`" in text for text in value["assumed"])


def test_what_is_offered_is_reached_by_whoever_can_take_it() -> None:
    """Who may bind a role to itself is no holder of what it allows, and gets there."""
    manifest = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, list]}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: binder, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: binder, namespace: shop}
rules:
  - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [reader], verbs: [bind]}
  - {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: binder, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: binder}
subjects: [{kind: ServiceAccount, name: binder, namespace: shop}]
"""
    value = ask(analysis_of({"a.yaml": manifest}), "get", "shop:secrets=db")
    assert value["holders"] == []
    ways = {row["key"]: row["to"] for row in value["indirect"]}
    assert list(ways) == ["kubernetes:serviceaccount/shop/binder"], ways
    value = ask(analysis_of({"a.yaml": manifest}), "get", "other:secrets=db")
    assert value["indirect"] == []


def test_only_those_who_are_asked_about_are_told(analysis: Analysis) -> None:
    value = ask(analysis, "s3:GetObject", OBJECT, identities=("entry",))
    assert not value["holders"]
    assert keys(value["indirect"]) == ["aws:role/entry"]
    value = ask(analysis, "s3:GetObject", OBJECT, identities=("reader",))
    assert keys(value["holders"]) == ["aws:role/reader"]
    assert not value["indirect"]


def test_depth_bounds_the_ways_of_others() -> None:
    chained = analysis_of(
        {
            "a.tf.json": role("reader", ("s3:GetObject", "arn:aws:s3:::data/*"), trusts={"AWS": arn("near")}),
            "b.tf.json": role("near", ("s3:ListBucket", "*"), trusts={"AWS": arn("far")}),
            "c.tf.json": role("far", ("s3:ListBucket", "*")),
        }
    )
    assert {"aws:role/near", "aws:role/far"} <= set(keys(ask(chained, "s3:GetObject", OBJECT)["indirect"]))
    found = keys(ask(chained, "s3:GetObject", OBJECT, depth=1)["indirect"])
    assert "aws:role/near" in found
    assert "aws:role/far" not in found
    assert path(chained, "far", "reader", depth=2)["found"]
    assert not path(chained, "far", "reader", depth=1)["found"]
