"""Login steps that name a role: of the tree, named in the tree, or nowhere else."""

from __future__ import annotations

from nhilint.engine.dialects import Dialects, interpret
from nhilint.graph.access import AccessGraph
from nhilint.graph.build import build
from nhilint.model.snapshot import unite
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions, RepositoryOptions

WORKFLOW = """
on: {push: {branches: [main]}}
permissions: {id-token: write}
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{uses: aws-actions/configure-aws-credentials@v4, with: {role-to-assume: "ROLE"}}]
"""
TREE = """
resource "aws_iam_role" "ours" {
  name = "ours"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity"
    Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
    Condition = { StringEquals = { "token.actions.githubusercontent.com:sub" = "repo:acme/infra:ref:refs/heads/SUB" } }
  }] })
}
resource "aws_s3_bucket_policy" "b" {
  bucket = "b"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*"
    Principal = { AWS = "arn:aws:iam::111122223333:role/named" }
  }] })
}
"""


def graph(role: str, branch: str = "main") -> AccessGraph:
    files = {".github/workflows/w.yml": WORKFLOW.replace("ROLE", role), "main.tf": TREE.replace("SUB", branch)}
    loaded = load(MemoryTree(files), LoadOptions(repository=RepositoryOptions(repository="acme/infra")))
    return build(unite(interpret(loaded.documents), loaded.unresolved, loaded.moved), Dialects())


def steps(found: AccessGraph) -> list[tuple[str, bool]]:
    return [(e.target, e.certain) for e in found.edges if e.source == "github:job/w/a" and e.kind == "may-become"]


def test_a_role_of_the_tree_is_as_its_trust_says() -> None:
    role = "arn:aws:iam::111122223333:role/ours"
    assert steps(graph(role)) == [("aws:role/ours", True)]
    assert steps(graph(role, "release")) == []


def test_a_role_that_the_tree_only_names_may_let_it_in() -> None:
    assert ("aws:role/named", False) in steps(graph("arn:aws:iam::111122223333:role/named"))
    assert ("aws:role/named", False) in steps(graph("arn:aws:iam::${{ secrets.ACCOUNT }}:role/named"))


def test_a_role_that_nobody_names_is_a_node_of_its_own() -> None:
    found = graph("arn:aws:iam::444455556666:role/far")
    assert ("principal:arn:aws:iam::444455556666:role/far", False) in steps(found)
    assert found.nodes["principal:arn:aws:iam::444455556666:role/far"].external
    assert ("principal:${secrets.role}", False) in steps(graph("${{ secrets.ROLE }}"))
