"""`path` and `graph` over a tree: what stands for which node, the ways with their proof, and the part around a node."""

from __future__ import annotations

import pytest

from nhilint.engine import Analysis, QueryError, graph, path
from tests.unit.engine.estate import analysis_of, arn, keeps_schema, role

INFO = {"label": "estate", "kind": "folder"}
MANIFEST = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: bot, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {serviceAccountName: bot, containers: []}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: bot}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: bot, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
"""


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analysis_of(
        {
            "a.tf.json": role("entry", ("sts:AssumeRole", arn("middle"))),
            "b.tf.json": role("middle", ("sts:AssumeRole", arn("last")), trusts={"AWS": arn("entry")}),
            "c.tf.json": role("last", ("iam:PutRolePolicy", "arn:aws:iam::*:role/last"), trusts={"AWS": arn("middle")}),
            "d.tf.json": role("alone", ("s3:GetObject", "*")),
            "manifests.yaml": MANIFEST,
        }
    )


def steps(value: dict) -> list[list[str]]:
    return [[way["from"], *(step["target"] for step in way["steps"])] for way in value["paths"]]


@pytest.mark.parametrize("start", ["entry", "aws:role/entry", "aws_iam_role.entry"])
def test_a_path_names_every_step_with_its_line(analysis: Analysis, start: str) -> None:
    value = keeps_schema(path(analysis, start, "administrator"))
    assert steps(value) == [["aws:role/entry", "aws:role/middle", "aws:role/last", "aws:administrator"]]
    assert all(step["via"] for step in value["paths"][0]["steps"])
    assert value["paths"][0]["technique"] == "iam-005"
    # The others only get there if the account is the one that the trust policies name.
    assert [step["may"] != [] for step in value["paths"][0]["steps"]] == [True, True, False]
    assert [node["key"] for node in value["nodes"] if node["tier0"]] == ["aws:role/last", "aws:administrator"]


def test_a_goal_without_its_platform_is_that_of_each(analysis: Analysis) -> None:
    assert steps(path(analysis, "bot", "administrator")) == [
        ["kubernetes:serviceaccount/shop/bot", "kubernetes:administrator"]
    ]
    assert not path(analysis, "bot", "aws:administrator")["found"]


def test_a_workload_is_found_by_its_name(analysis: Analysis) -> None:
    ((start, *_),) = steps(path(analysis, "web", "administrator"))
    assert start.startswith("workload:Deployment/")


def test_no_path_is_an_answer(analysis: Analysis) -> None:
    for start, end in (("alone", "administrator"), ("last", "entry"), ("alone", "alone"), ("anybody", "administrator")):
        value = keeps_schema(path(analysis, start, end))
        assert not value["found"]
        assert value["paths"] == []


@pytest.mark.parametrize(
    "word, near", [("entri", "`entry`"), ("administrater", "`administrator`"), ("aws:role/lost", "`aws:role/last`")]
)
def test_an_unknown_word_is_told_with_the_nearest(analysis: Analysis, word: str, near: str) -> None:
    with pytest.raises(QueryError) as caught:
        path(analysis, word, "administrator")
    assert near in caught.value.help


def keys(value: dict) -> set[str]:
    return {node["key"] for node in value["nodes"]}


def test_the_whole_graph_has_every_identity(analysis: Analysis) -> None:
    value = keeps_schema(graph(analysis, info=INFO))
    assert set(analysis.snapshot.identities) <= keys(value)
    assert value["summary"]["nodes"] == len(value["nodes"])
    ends = {edge[side] for edge in value["edges"] for side in ("source", "target")}
    assert ends <= keys(value)


def test_around_a_node_is_what_leads_to_it_and_where_it_leads(analysis: Analysis) -> None:
    value = keeps_schema(graph(analysis, info=INFO, identities=["middle"]))
    roles = {key for key in keys(value) if key.startswith("aws:")}
    assert roles == {"aws:role/entry", "aws:role/middle", "aws:role/last", "aws:administrator"}


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_depth_bounds_the_part_and_leaves_no_loose_end(analysis: Analysis, depth: int) -> None:
    value = keeps_schema(graph(analysis, info=INFO, identities=["entry"], depth=depth))
    ahead = ["aws:role/entry", "aws:role/middle", "aws:role/last", "aws:administrator"][: depth + 1]
    assert {key for key in keys(value) if key.startswith("aws:")} == set(ahead)
    ends = {edge[side] for edge in value["edges"] for side in ("source", "target")}
    assert ends <= keys(value)


def test_edges_of_one_kind_only(analysis: Analysis) -> None:
    value = keeps_schema(graph(analysis, info=INFO, kinds=["may-become"]))
    assert {edge["edge"] for edge in value["edges"]} == {"may-become"}


def test_resources_are_nodes_when_they_are_asked_for(analysis: Analysis) -> None:
    plain, value = graph(analysis, info=INFO), keeps_schema(graph(analysis, info=INFO, resources=True))
    more = keys(value) - keys(plain)
    assert more
    assert all(key.startswith(("resource:", "holder:")) for key in more)
    ends = {edge[side] for edge in value["edges"] for side in ("source", "target")}
    assert ends <= keys(value)
    around = keeps_schema(graph(analysis, info=INFO, identities=["alone"], depth=1, resources=True))
    acts = [edge for edge in around["edges"] if edge["source"] == "aws:role/alone"]
    assert {edge["edge"] for edge in acts} == {"can", "holds"}
    assert all(edge["via"] and (edge["witness"] or edge["edge"] == "holds") for edge in acts)
    nodes = {node["key"]: node for node in around["nodes"]}
    assert {nodes[edge["target"]]["subkind"] for edge in acts if edge["edge"] == "holds"} == {"grant"}
