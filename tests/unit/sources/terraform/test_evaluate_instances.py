"""count, for_each, dynamic blocks, and attributes known by construction."""

import pytest

from tests.unit.sources.terraform.build import document, load, show

ROLE = 'resource "aws_iam_role" "r" {\n  %s\n  name = %s\n}\n'


def addresses(result) -> list[str]:
    return [one.address for one in result.documents]


def test_known_counts_and_keys() -> None:
    assert addresses(load(ROLE % ("count = 2", '"r${count.index}"'))) == ["aws_iam_role.r[0]", "aws_iam_role.r[1]"]
    result = load(ROLE % ("for_each = { a = 1, b = 2 }", '"${each.key}${each.value}"'))
    assert [show(d.body.get("name")) for d in result.documents] == ["a1", "b2"]
    assert addresses(load(ROLE % ('for_each = toset(["x"])', "each.value"))) == ['aws_iam_role.r["x"]']
    assert addresses(load(ROLE % ("count = 0", '"r"'))) == []


def test_an_unknown_condition_makes_the_instance_possible() -> None:
    result = load('variable "on" { type = bool }\n' + ROLE % ("count = var.on ? 1 : 0", 'var.on ? "yes" : "no"'))
    role = document(result, "aws_iam_role.r[0]")
    assert role.may == ("var.on",)
    assert show(role.body.get("name")) == "yes"
    result = load('variable "on" { type = bool }\n' + ROLE % ("count = var.on ? 0 : 1", '"r"'))
    assert document(result, "aws_iam_role.r[0]").may == ("!(var.on)",)


def test_a_filtered_key_is_possible() -> None:
    text = 'variable "on" { type = bool }\n' + ROLE % (
        "for_each = { for k, v in { a = true, b = var.on } : k => v if v }",
        "each.key",
    )
    result = load(text)
    assert [(d.address, d.may) for d in result.documents] == [
        ('aws_iam_role.r["a"]', ()),
        ('aws_iam_role.r["b"]', ("var.on",)),
    ]


def test_an_unknown_for_each_is_one_symbolic_instance() -> None:
    text = 'variable "names" { type = set(string) }\n' + ROLE % ("for_each = var.names", '"r-${each.key}"')
    text += 'resource "aws_iam_role_policy" "p" {\n  for_each = var.names\n  role = aws_iam_role.r[each.key].name\n}\n'
    result = load(text)
    role, policy = document(result, "aws_iam_role.r"), document(result, "aws_iam_role_policy.p")
    assert role.multiple == policy.multiple == "var.names"
    assert show(role.body.get("name")) == show(policy.body.get("role")) == "r-${var.names[*]}"


def test_too_many_instances_are_named() -> None:
    result = load(ROLE % ("count = 100000", '"r"'))
    assert result.documents == ()
    assert [(u.cause, u.span.line) for u in result.unresolved] == [("size", 1)]


def test_attributes_by_construction() -> None:
    result = load(
        'provider "aws" { region = "eu-west-1" }\n'
        'resource "aws_iam_role" "r" {\n  name = "r"\n  path = "/ci/"\n}\n'
        'resource "aws_iam_policy" "p" {}\n'
        'resource "aws_sqs_queue" "q" { name = "q" }\n'
        'resource "aws_iam_openid_connect_provider" "o" { url = "https://token.actions.githubusercontent.com" }\n'
        'resource "aws_s3_bucket" "b" { bucket_prefix = "b-" }\n'
    )
    got = {d.address: show(d.body.get("arn")) for d in result.documents if d.kind == "resource"}
    assert got == {
        "aws_iam_role.r": "arn:aws:iam::${account}:role/ci/r",
        "aws_iam_policy.p": "arn:aws:iam::${account}:policy/${aws_iam_policy.p.name}",
        "aws_sqs_queue.q": "arn:aws:sqs:eu-west-1:${account}:q",
        "aws_iam_openid_connect_provider.o": "arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com",  # noqa: E501
        "aws_s3_bucket.b": "arn:aws:s3:::b-${aws_s3_bucket.b.bucket}",
    }


def test_provider_aliases_are_accounts_when_they_authenticate_differently() -> None:
    text = """
provider "aws" {}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
provider "aws" {
  alias = "other"
  assume_role { role_arn = "x" }
}
resource "aws_iam_role" "us" {
  provider = aws.us
  name     = "a"
}
resource "aws_iam_role" "other" {
  provider = aws.other
  name     = "b"
}
"""
    result = load(text)
    assert show(document(result, "aws_iam_role.us").body.get("arn")) == "arn:aws:iam::${account}:role/a"
    assert show(document(result, "aws_iam_role.other").body.get("arn")) == "arn:aws:iam::${account@other}:role/b"


def test_dynamic_blocks() -> None:
    text = """
variable "on" { type = bool }
resource "aws_iam_role" "r" {
  dynamic "inline_policy" {
    for_each = { a = "1", b = "2" }
    iterator = it
    content {
      name   = it.key
      policy = it.value
    }
  }
  dynamic "extra" {
    for_each = var.on ? ["x"] : []
    content { name = extra.value }
  }
}
"""
    body = document(load(text), "aws_iam_role.r").body
    assert show(body.get("inline_policy")) == [{"name": "a", "policy": "1"}, {"name": "b", "policy": "2"}]
    assert show(body.get("extra")) == [{"?": "var.on", "options": [{"name": "x"}, None]}]


def test_computed_attributes_of_nested_blocks_are_symbols() -> None:
    text = (
        'resource "aws_eks_cluster" "c" {\n  vpc_config { subnet_ids = ["a"] }\n}\n'
        'resource "aws_iam_role" "r" { description = aws_eks_cluster.c.vpc_config[0].vpc_id }\n'
    )
    assert (
        show(document(load(text), "aws_iam_role.r").body.get("description"))
        == "${aws_eks_cluster.c.vpc_config[0].vpc_id}"
    )


def test_comments_suppress() -> None:
    text = '# nhilint: ignore[NHI101, NHI201] until=2027-01-31 reason="break glass"\nresource "aws_iam_role" "r" {\n}\n'
    (ignore,) = document(load(text), "aws_iam_role.r").ignores
    assert (ignore.rules, ignore.until, ignore.reason) == (("NHI101", "NHI201"), "2027-01-31", "break glass")


@pytest.mark.parametrize(
    "many",
    [
        "for_each = toset([for i in range(1000000) : tostring(i)])",
        "for_each = { for i in range(0, 1000000) : i => i }",
        "count = 1000000",
        "count = 1e30",
    ],
)
def test_a_million_instances_end_at_once_and_are_named(many: str) -> None:
    result = load(f'resource "aws_iam_role" "many" {{\n  {many}\n}}\nresource "aws_iam_role" "one" {{}}\n')
    found = addresses(result)
    assert "aws_iam_role.one" in found
    assert len(found) <= 2
    # Either no instance and a note, or one that stands for unknown many.
    assert result.unresolved if len(found) == 1 else result.documents[0].multiple


def test_a_resource_that_refers_to_itself_is_named() -> None:
    result = load('resource "aws_iam_role" "r" {\n  name = aws_iam_role.r.path\n  path = aws_iam_role.r.name\n}\n')
    body = document(result, "aws_iam_role.r").body
    assert "depends on itself" in str(show(body.get("name")))


def test_each_self_and_nested_iterators() -> None:
    text = """
    resource "aws_iam_role" "r" {
      for_each = { a = ["x", "y"], b = [] }
      name     = each.key
      dynamic "inline_policy" {
        for_each = each.value
        iterator = outer
        content {
          name = "${each.key}-${outer.value}-${outer.key}"
          dynamic "deep" {
            for_each = [outer.value]
            content {
              both = "${outer.value}${deep.value}"
            }
          }
        }
      }
    }
    """
    result = load(text)
    found = show(document(result, 'aws_iam_role.r["a"]').body.get("inline_policy"))
    assert found == [
        {"name": "a-x-0", "deep": [{"both": "xx"}]},
        {"name": "a-y-1", "deep": [{"both": "yy"}]},
    ]
    assert show(document(result, 'aws_iam_role.r["b"]').body.get("inline_policy")) == []
