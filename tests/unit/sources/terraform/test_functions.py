"""Functions over values that are known in part (known ones are held against Terraform in `tests/differential`)."""

import pytest

from tests.unit.sources.terraform.build import value

VARS = 'variable "env" {}\nvariable "list" { type = list(string) }\nvariable "on" { type = bool }\n'


@pytest.mark.parametrize(
    "expression, expected",
    [
        ("flatten([[var.env], var.list])", ["${var.env}", "${var.list[*]}", "…var.list"]),
        ("flatten([var.on ? [\"a\"] : [], [\"b\"]])", [{"?": "var.on", "options": ["a", None]}, "b"]),
        ("compact([\"a\", var.on ? \"b\" : \"\"])", ["a", {"?": "var.on", "options": ["b", None]}]),
        ("length(concat([1], var.list)) > 0", None),
        ("length([var.env, \"b\"])", 2),
        ("contains([\"a\", var.env], \"a\")", True),
        ("keys({ (var.env) = 1 })", ["${var.env}"]),
        ("split(\":\", \"a:${var.env}\")[0]", "${split(\":\", \"a:${var.env}\")[0]}"),
        ("split(\":\", \"arn:aws:iam::${data.aws_caller_identity.c.account_id}:role/x\")[4]", "${account}"),
        ("coalesce(null, \"\", \"a-${var.env}\")", "a-${var.env}"),
        ("element([\"a\"], 0)", "a"),
        ("substr(\"prefix-${var.env}\", 0, 6)", "prefix"),
        ("startswith(\"prefix-${var.env}\", \"pre\")", True),
        ("startswith(\"prefix-${var.env}\", \"x\")", False),
        ("strcontains(\"abc-${var.env}\", \"bc\")", True),
        ("formatlist(\"arn:%s\", [var.env, \"b\"])", ["arn:${var.env}", "arn:b"]),
        ("formatlist(\"arn:%s:${var.env}\", [\"a\", var.env])", ["arn:a:${var.env}", "arn:${var.env}:${var.env}"]),
        ("{ a = 1, b = [][0] }", {"a": 1, "b": "![][0]: the list has no element 0"}),
        ("try({ a = [][0] }, \"x\")", "x"),
        ("sha256(var.env)", "${sha256(var.env)}"),
        ("zipmap([\"a\"], [var.env])", {"a": "${var.env}"}),
        ("nosuchfunction(1)", "!nosuchfunction(1): the function `nosuchfunction` is not known to nhilint"),
        ("join(\",\", 1, 2, 3) ", None),
        ("jsonencode([for x in var.list : { Resource = x }])", [{"Resource": "${var.list[*]}"}, "…var.list"]),
        ("\"pre ${jsonencode({ a = var.env })}\"", "pre {\"a\":\"${var.env}\"}"),
    ],
)  # fmt: skip
def test_partial_arguments(expression: str, expected: object) -> None:
    found = value(expression, VARS + 'data "aws_caller_identity" "c" {}\n')
    if expected is None:
        assert str(found).startswith(("!", "${"))
    else:
        assert found == expected


@pytest.mark.parametrize(
    "expression, reason",
    [
        ('regex("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")', "does not match"),
        ('regex("(a|a)*b$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")', "does not match"),
        ('regex("((a{500}){500}){500}", "a")', "too large"),
        ('regex("(?=a)", "a")', "a group that RE2 does not know"),
        ('regex("\\\\p{Greek}", "a")', "is not known to nhilint"),
        ('format("%1000000000d", 1)', "the width is too large"),
        ("range(100000)", "more than 1024"),
        ("setproduct(range(1000), range(1000))", "too large"),
        ("pow(10, pow(10, 10))", "range"),
        ("0 / 0", "division of zero by zero"),
        ('jsonencode(1 / 0) == ""', "infinity has no JSON text"),
        ('file("../../etc/passwd")', "outside the tree"),
        ('try(file("../../etc/passwd"), "x")', "outside the tree"),
        ('templatefile("/etc/passwd", {})', "outside the tree"),
        ('fileexists("/etc/passwd")', "outside the tree"),
        ('fileset(".", "../**")', "outside the tree"),
        ('"x${null}"', "null can not be part of a string"),
        ('tonumber("x")', "a number is required"),
        ("upper()", "is called with 0 arguments"),
    ],
)
def test_failures_have_reasons(expression: str, reason: str) -> None:
    found = str(value(expression))
    assert found.startswith("!")
    assert reason in found


def test_the_issuer_is_cut_out_of_a_provider() -> None:
    more = (
        'resource "aws_eks_cluster" "c" {}\n'
        'resource "aws_iam_openid_connect_provider" "o" { url = aws_eks_cluster.c.identity[0].oidc[0].issuer }\n'
    )
    arn = "aws_iam_openid_connect_provider.o.arn"
    issuer = '${replace(aws_eks_cluster.c.identity[0].oidc[0].issuer, "https://", "")}'
    assert value(f'replace({arn}, "/^(.*provider/)/", "")', more) == issuer
    assert value('replace(aws_eks_cluster.c.identity[0].oidc[0].issuer, "https://", "")', more) == issuer


def test_a_document_joined_to_nothing_is_still_a_document() -> None:
    more = 'variable "names" { type = list(string) }\n'
    alone = value("jsonencode({ a = var.names })", more)
    assert value('join("", [jsonencode({ a = var.names })])', more) == alone
    assert value('join(",", [jsonencode({ a = 1 }), "x"])', more) == '{"a":1},x'


@pytest.mark.parametrize(
    "expression, expected",
    [
        ("provider::aws::arn_parse(\"arn:aws:iam::1:role/a:b\").resource", "role/a:b"),
        ("provider::aws::arn_parse(\"arn:aws:iam::${data.aws_caller_identity.c.account_id}:x\").service", "iam"),
        ("provider::aws::arn_build(\"aws\", \"s3\", \"\", \"\", var.env)", "arn:aws:s3:::${var.env}"),
        ("provider::aws::trim_iam_role_path(\"arn:aws:iam::1:role/with/path/x\")", "arn:aws:iam::1:role/x"),
        ("try(provider::aws::arn_parse(\"x\"), \"failed\")", "failed"),
        ("core::upper(\"a\")", "A"),
        ("urldecode(\"a%20b+c\")", "a b c"),
        ("cidrcontains(\"10.0.0.0/8\", \"10.1.0.0/16\")", True),
        ("base64gunzip(\"H4sIAAAAAAAA/0oEAAAA//8BAAD//0O+t+gBAAAA\")", "a"),
    ],
)  # fmt: skip
def test_functions_of_providers_and_of_opentofu(expression: str, expected: object) -> None:
    assert value(expression, VARS + 'data "aws_caller_identity" "c" {}\n') == expected
