"""`data.aws_iam_policy_document`: every argument, merging, and where each statement is written."""

from nhilint.model.node import Encoded, Map, Sequence
from tests.unit.sources.terraform.build import document, load, show

USE = 'resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.d.json }\n'


def policy(text: str) -> Map:
    node = document(load(text + USE), "aws_iam_policy.p").body.get("policy")
    assert isinstance(node, Encoded)
    assert isinstance(node.node, Map)
    return node.node


def test_every_argument_of_a_statement() -> None:
    text = """
data "aws_iam_policy_document" "d" {
  policy_id = "id"
  version   = "2008-10-17"
  statement {
    sid           = "S"
    effect        = "Deny"
    not_actions   = ["a:B", "c:D"]
    not_resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["1", "2"]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
    not_principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:username"
      values   = ["&{aws:userid}"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:username"
      values   = ["x", "y"]
    }
  }
  statement {
    actions   = ["s3:Get*"]
    resources = ["arn:aws:s3:::b/&{aws:username}"]
  }
}
"""
    assert show(policy(text)) == {
        "Version": "2008-10-17",
        "Id": "id",
        "Statement": [
            {
                "Sid": "S",
                "Effect": "Deny",
                "NotAction": ["a:B", "c:D"],
                "NotResource": "*",
                "Principal": {"AWS": ["1", "2"], "Service": "ec2.amazonaws.com"},
                "NotPrincipal": "*",
                "Condition": {"StringEquals": {"aws:username": ["${aws:userid}", "x", "y"]}},
            },
            {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/${aws:username}"},
        ],
    }


def test_statements_lead_to_their_block() -> None:
    text = 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["a:B"]\n  }\n  statement {\n    sid = "x"\n  }\n}\n'  # noqa: E501
    statements = policy(text).entries["Statement"]
    assert isinstance(statements, Sequence)
    assert [item.span.line for item in statements.items] == [2, 5]


def merged(arguments: str) -> list[object]:
    text = f"""
variable "on" {{ type = bool }}
variable "documents" {{ type = list(string) }}
data "aws_iam_policy_document" "one" {{
  statement {{
    sid     = "A"
    actions = ["one:A"]
  }}
  statement {{ actions = ["one:B"] }}
}}
data "aws_iam_policy_document" "d" {{
  {arguments}
  statement {{
    sid     = "Own"
    actions = ["own:A"]
  }}
}}
"""
    statements = show(policy(text).entries["Statement"])
    assert isinstance(statements, list)
    return [s.get("Action") if isinstance(s, dict) and "Action" in s else s for s in statements]


ONE = "data.aws_iam_policy_document.one.json"


def test_source_documents_come_first() -> None:
    assert merged(f"source_policy_documents = [{ONE}]") == ["one:A", "one:B", "own:A"]


def test_override_documents_replace_by_sid() -> None:
    override = 'override_policy_documents = [jsonencode({ Statement = [{ Sid = "Own", Action = "new" }, { Action = "more" }] })]'  # noqa: E501
    assert merged(override) == ["new", "more"]
    assert merged(f"source_policy_documents = [{ONE}]\n  {override.replace('Own', 'A')}") == [
        "new",
        "one:B",
        "own:A",
        "more",
    ]


def test_empty_documents_are_skipped_and_texts_are_read() -> None:
    assert merged("""source_policy_documents = ["", jsonencode({ Statement = { Action = "a" } })]""") == ["a", "own:A"]
    assert merged("""source_policy_documents = ["{\\"Statement\\": [{\\"Action\\": \\"x\\"}]}"]""") == ["x", "own:A"]


def test_unknown_documents_leave_the_list_open() -> None:
    assert merged("source_policy_documents = var.documents") == ["own:A", "…var.documents"]
    assert str(merged(f"source_policy_documents = concat(var.documents, [{ONE}])")[-1]).startswith("…var.documents")


def test_documents_that_may_be_absent() -> None:
    found = merged(f"source_policy_documents = var.on ? [{ONE}] : []")
    assert found[-1] == "own:A"
    assert [f["?"] for f in found[:-1] if isinstance(f, dict)] == ["var.on", "var.on"]


def test_symbols_stand_in_condition_keys() -> None:
    text = """
variable "issuer" {}
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    condition {
      test     = "StringEquals"
      variable = "${replace(var.issuer, "https://", "")}:sub"
      values   = ["system:serviceaccount:ns:sa"]
    }
  }
}
"""
    (statement,) = show(policy(text).entries["Statement"])  # type: ignore[misc]
    assert statement["Condition"] == {
        "StringEquals": {
            '\ue000replace(var.issuer, "https\ue002\ue005\ue005", "")\ue001:sub': "system:serviceaccount:ns:sa"
        }
    }


def test_a_null_default_in_a_list_stands_as_the_value_a_caller_gives() -> None:
    text = """
variable "queue" {
  type    = string
  default = null
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [var.queue]
  }
}
"""
    assert show(policy(text).entries["Statement"]) == [
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "${var.queue}"}
    ]


def rendered(body: str) -> object:
    source = f'data "aws_iam_policy_document" "d" {{\n{body}\n}}\n'
    return show(document(load(source + USE), "aws_iam_policy.p").body.get("policy"))


def written(statement: str, version: str = "2012-10-17") -> str:
    return f'jsonencode({{ Version = "{version}", Statement = [{statement}] }})'


LISTED = '{ Sid = "A", Effect = "Allow", Action = "a:b" }'


def test_the_latest_version_wins_wherever_it_stands() -> None:
    older = rendered(f"override_policy_documents = [{written(LISTED, '2008-10-17')}]")
    newer = rendered(f'version = "2008-10-17"\nsource_policy_documents = [{written(LISTED)}]')
    both = rendered(f'version = "2008-10-17"\nsource_policy_documents = [{written(LISTED, "2008-10-17")}]')
    assert [one["Version"] for one in (older, newer, both)] == ["2012-10-17", "2012-10-17", "2008-10-17"]  # type: ignore[index]


def test_what_the_provider_refuses_is_unresolved_with_the_reason() -> None:
    block = 'statement {\n sid = "A"\n actions = ["a:b"]\n}\n'
    refused = [rendered(block + block), rendered(f"source_policy_documents = [{written(LISTED)}, {written(LISTED)}]")]
    assert all('`Sid` "A" stands twice' in str(one) for one in refused), refused
    later = rendered(f"override_policy_documents = [{written(LISTED)}, {written(LISTED.replace('a:b', 'a:c'))}]")
    assert [row["Action"] for row in later["Statement"]] == ["a:c"]  # type: ignore[index]


def test_values_are_strings_and_stand_once() -> None:
    body = """statement {
  actions   = ["a:b", "a:b"]
  resources = ["*"]
  principals {
    type        = "*"
    identifiers = ["*", "*"]
  }
  condition {
    test     = "Bool"
    variable = "k"
    values   = [true]
  }
}"""
    (row,) = rendered(body)["Statement"]  # type: ignore[index]
    assert (row["Action"], row["Principal"], row["Condition"]) == ("a:b", "*", {"Bool": {"k": "true"}})


def test_of_a_text_only_what_the_provider_reads_is_kept() -> None:
    conditions = "{ Bool = { a = true }, NumericLessThan = { b = 3600 }, Null = { c = null } }"
    statement = f'{{ effect = "Allow", Action = "a:b", Principal = {{ "*" = ["*"] }}, Condition = {conditions} }}'
    (row,) = rendered(f"source_policy_documents = [{written(statement)}]")["Statement"]  # type: ignore[index]
    assert row == {"Effect": "Allow", "Action": "a:b", "Principal": "*", "Condition": {"Bool": {"a": "true"}}}
