"""Unknown values: symbols keep their name, literal pieces and structure survive, conditions take both branches."""

import pytest

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.model.span import Span
from nhilint.sources.terraform.values import canonical, same
from tests.unit.sources.terraform.build import document, load, show, value

VARS = """
variable "env" {}
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "map" { type = map(object({ arn = string, tags = list(string) })) }
variable "object" { type = object({ a = string, b = list(string) }) }
"""


@pytest.mark.parametrize(
    "expression, expected",
    [
        ("var.env", "${var.env}"),
        ('"arn:aws:s3:::b-${var.env}/*"', "arn:aws:s3:::b-${var.env}/*"),
        ('upper("a-${var.env}")', "A-${upper(var.env)}"),
        ('lower(lower("A${var.env}"))', "a${lower(var.env)}"),
        ('replace(var.env, "a", "b")', '${replace(var.env, "a", "b")}'),
        ('replace(var.env, "https://", "")', '${replace(var.env, "https://", "")}'),
        ('trimprefix(var.env, "https://")', '${replace(var.env, "https://", "")}'),
        ('trimprefix("x-${var.env}", "x-")', "${var.env}"),
        ('format("%s-%s", "a", var.env)', "a-${var.env}"),
        ('join("/", ["a", var.env, "c"])', "a/${var.env}/c"),
        ('[var.env, "b"]', ["${var.env}", "b"]),
        ('concat(["a"], [var.env])[1]', "${var.env}"),
        ('concat(["a"], var.list)', ["a", "${var.list[*]}", "…var.list"]),
        ('[for x in var.list : "arn:${x}"]', ["arn:${var.list[*]}", "…var.list"]),
        ("var.list[2]", "${var.list[2]}"),
        ('var.map["k"].arn', "${var.map.k.arn}"),
        ("[for k, v in var.map : v.arn]", ["${var.map[*].arn}", "…var.map"]),
        ("var.object.a", "${var.object.a}"),
        ("var.object.b", ["${var.object.b[*]}", "…var.object.b"]),
        ('merge({ a = 1 }, { b = var.env })["b"]', "${var.env}"),
        ('lookup({ a = var.env }, "a", "x")', "${var.env}"),
        ('var.flag ? "a" : "a"', "a"),
        ('var.flag ? "a" : "b"', {"?": "var.flag", "options": ["a", "b"]}),
        ('!var.flag ? "b" : "a"', {"?": "var.flag", "options": ["a", "b"]}),
        ('"x-${var.flag ? "a" : "b"}"', {"?": "var.flag", "options": ["x-a", "x-b"]}),
        ("var.flag ? (var.flag ? 1 : 2) : 3", {"?": "var.flag", "options": [1, 3]}),
        ('var.env == "prod" ? 1 : 2', {"?": 'var.env == "prod"', "options": [1, 2]}),
        ('"a-${var.env}" == "b-x"', False),
        ("var.env == var.env", True),
        ("false && var.flag", False),
        ("true || var.flag", True),
        ('"a-${var.env}" == null', False),
        ("timestamp()", "${timestamp()}"),
        ("jsondecode(jsonencode({ a = var.env })).a", "${var.env}"),
        ('try(var.nothing.here, "x")', "${var.nothing.here}"),
        ('{ "${var.env}:sub" = 1 }', {"\ue000var.env\ue001:sub": 1}),
        ("data.aws_caller_identity.c.account_id", "${account}"),
        ("data.aws_region.r.name", "${region}"),
        ("data.aws_partition.p.partition", "aws"),
        ("aws_instance.unknown.private_ip", "${aws_instance.unknown.private_ip}"),
        ("aws_instance.unknown.ebs[0].id", "${aws_instance.unknown.ebs[0].id}"),
    ],
)
def test_unknown_values_keep_what_is_known(expression: str, expected: object) -> None:
    more = VARS + (
        'data "aws_caller_identity" "c" {}\ndata "aws_region" "r" {}\ndata "aws_partition" "p" {}\n'
        'resource "aws_instance" "unknown" {}\n'
    )
    assert value(expression, more) == expected


def test_a_failure_is_unknown_with_its_reason() -> None:
    assert value("local.nothing") == "!local.nothing: there is no local `nothing`"
    assert value("[1][3]") == "![1][3]: the list has no element 3"


def test_cycles_are_named() -> None:
    result = load('locals {\n  a = local.b\n  b = local.a\n}\nresource "aws_iam_role" "r" {\n  name = local.a\n}\n')
    assert "depends on itself" in str(show(document(result, "aws_iam_role.r").body.get("name")))
    assert [u.cause for u in result.unresolved] == ["cycle"]


def test_options_that_can_not_be_are_left_out() -> None:
    """In the world where the role does not exist, indexing it would stop Terraform."""
    more = VARS + 'resource "aws_iam_role" "r" {\n  count = var.flag ? 1 : 0\n  name  = "x"\n}\n'
    assert value("aws_iam_role.r[0].name", more) == "x"
    assert value('join("", aws_iam_role.r[*].name)', more) == {"?": "var.flag", "options": ["x", ""]}
    both = {"?": "var.flag", "options": ["x", "none"]}
    assert value('try(aws_iam_role.r[0].name, "none")', more) == both
    assert value('can(aws_iam_role.r[0].name) ? aws_iam_role.r[0].name : "none"', more) == both
    assert value('concat(aws_iam_role.r[*].name, ["none"])[0]', more) == both
    assert value('"a-${aws_iam_role.r[0].name}"', more) == "a-x"
    assert value("one(aws_iam_role.r[*].name)", more) == {"?": "var.flag", "options": ["x", None]}


def test_a_value_is_where_it_was_written() -> None:
    result = load('locals {\n  n = "here"\n}\nresource "aws_iam_role" "r" {\n  name = local.n\n}\n')
    node = document(result, "aws_iam_role.r").body.get("name")
    assert node is not None
    assert (node.span.line, node.span.column) == (2, 7)


def test_a_default_of_an_unknown_key_is_one_of_its_worlds_and_no_other_condition_chooses_it() -> None:
    text = """
    variable "env" {}
    variable "on" { type = bool }
    locals { conf = lookup({ prod = { a = "x" } }, var.env, null) }
    resource "aws_iam_role" "r" {
      count = var.on ? 1 : 0
      name  = "r-${local.conf.a}"
      path  = lookup({ prod = "/p/" }, var.env, "/")
    }
    """
    body = document(load(text), "aws_iam_role.r[0]").body
    assert show(body.get("name")) == "r-x"
    assert show(body.get("path")) == {"?": "var.env", "options": ["/p/", "/"]}


def test_same_says_what_canonical_keys_say() -> None:
    here, there = Span("a", 1), Span("b", 2)

    def nodes(span: Span) -> list[Node]:
        one, two, yes = Scalar(1, span), Scalar("1", span), Scalar(True, span)
        text = Text((Symbol("s"), "x"), span)
        values: list[Node] = [one, two, yes, Scalar(None, span), Scalar(1.0, span), text, Text((Symbol("t"),), span)]
        values += [Sequence((one, text), span), Sequence((one,), span, "o"), Sequence((), span), Sequence((yes,), span)]
        values += [Map({"a": one, "b": two}, span), Map({"b": two, "a": one}, span), Map({"a": one}, span, "o")]
        values += [Encoded(one, span), Encoded(one, span, "yaml"), Unknown("e", "why", span), Unknown("f", "why", span)]
        values += [
            Choice((one, two), "c", span),
            Choice((two, one), "c", span),
            Choice((one, two), "c", span, ("1", "2")),
        ]
        return values

    for a in nodes(here):
        for b in nodes(there):
            assert same(a, b) is (canonical(a) == canonical(b)), (a, b)
