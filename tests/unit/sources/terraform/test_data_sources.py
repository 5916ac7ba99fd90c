"""Data sources: what of them is known by construction, and what stays a symbol."""

import pytest

from tests.unit.sources.terraform.build import value

DATA = """
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "china"
  region = "cn-north-1"
}
provider "aws" {
  alias = "nowhere"
}
resource "aws_sqs_queue" "q" { name = "q" }
data "aws_caller_identity" "c" {}
data "aws_partition" "c" {}
data "aws_partition" "china" { provider = aws.china }
data "aws_region" "c" {}
data "aws_region" "gov" { name = "us-gov-west-1" }
data "aws_region" "nowhere" { provider = aws.nowhere }
data "aws_iam_policy" "named" { name = "AWSLambdaBasicExecutionRole" }
data "aws_iam_policy" "arn" { arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" }
data "aws_iam_policy" "own" { name = "own" }
data "aws_iam_user" "u" { user_name = "u" }
data "aws_iam_roles" "r" { name_regex = "x" }
data "aws_service_principal" "s" { service_name = "s3" }
data "aws_service_principal" "logs" {
  provider     = aws.china
  service_name = "logs"
}
data "aws_service" "s" { service_id = "s3" }
data "aws_iam_session_context" "me" { arn = data.aws_caller_identity.c.arn }
data "aws_iam_session_context" "session" { arn = "arn:aws:sts::111122223333:assumed-role/deploy/build" }
data "aws_iam_session_context" "user" { arn = "arn:aws:iam::111122223333:user/deploy" }
data "aws_arn" "known" { arn = "arn:aws:iam::111122223333:role/path/name" }
data "aws_arn" "queue" { arn = aws_sqs_queue.q.arn }
data "aws_arn" "unknown" { arn = data.http.h.body }
data "aws_canonical_user_id" "c" {}
data "aws_elb_service_account" "c" {}
data "aws_elb_service_account" "us" { region = "us-east-1" }
data "aws_elb_service_account" "nowhere" { provider = aws.nowhere }
data "aws_cloudtrail_service_account" "c" {}
data "aws_redshift_service_account" "c" {}
data "aws_billing_service_account" "c" {}
data "aws_kms_key" "alias" { key_id = "alias/k" }
data "aws_kms_key" "arn" { key_id = "arn:aws:kms:eu-west-1:111122223333:key/k" }
data "aws_kms_key" "id" { key_id = "k" }
data "template_file" "inline" {
  template = "{\\"Statement\\": [\\"$${name}-$${number}\\"]}"
  vars = {
    name   = aws_sqs_queue.q.arn
    number = 1
  }
}
data "template_file" "file" {
  template = file("t.json")
  vars = {
    bucket = "b"
  }
}
data "template_file" "unknown" { template = data.http.h.body }
data "local_file" "f" { filename = "${path.module}/t.json" }
data "local_file" "gone" { filename = "gone" }
data "null_data_source" "n" {
  inputs = {
    a = "b"
  }
}
data "http" "h" { url = "https://example.com" }
data "terraform_remote_state" "vpc" { backend = "s3" }
data "tfe_outputs" "vpc" { workspace = "w" }
data "external" "e" { program = ["x"] }
data "aws_eks_cluster" "c" { name = "c" }
data "aws_iam_openid_connect_provider" "o" { url = data.aws_eks_cluster.c.identity[0].oidc[0].issuer }
"""
FILES: dict[str, str | bytes] = {"t.json": '{"Statement": [{"Resource": "arn:aws:s3:::${bucket}"}]}'}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("data.aws_caller_identity.c.arn", "${caller_arn}"),
        ("data.aws_partition.c.reverse_dns_prefix", "com.amazonaws"),
        ("data.aws_partition.china.partition", "aws-cn"),
        ("data.aws_partition.china.dns_suffix", "amazonaws.com.cn"),
        ("data.aws_region.c.endpoint", "ec2.eu-west-1.amazonaws.com"),
        ("data.aws_region.gov.id", "us-gov-west-1"),
        ("data.aws_region.nowhere.name", "${region@nowhere}"),
        ("data.aws_iam_policy.named.arn", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
        ("data.aws_iam_policy.arn.name", "AWSLambdaBasicExecutionRole"),
        ("data.aws_iam_policy.arn.path", "/service-role/"),
        (
            'contains(flatten(jsondecode(data.aws_iam_policy.named.policy).Statement[*].Action), "logs:PutLogEvents")',
            True,
        ),
        ("data.aws_iam_policy.own.arn", "arn:aws:iam::${account}:policy/own"),
        ("data.aws_iam_policy.own.policy", "${data.aws_iam_policy.own.policy}"),
        ("data.aws_iam_user.u.arn", "arn:aws:iam::${account}:user/u"),
        ("tolist(data.aws_iam_roles.r.arns)[0]", "${data.aws_iam_roles.r.arns[0]}"),
        ("data.aws_service_principal.s.name", "s3.amazonaws.com"),
        ("data.aws_service_principal.s.id", "s3.eu-west-1.amazonaws.com"),
        ("data.aws_service_principal.logs.name", "logs.amazonaws.com.cn"),
        ("data.aws_service.s.reverse_dns_name", "com.amazonaws.eu-west-1.s3"),
        ("data.aws_iam_session_context.me.issuer_arn", "${issuer of caller_arn}"),
        ("data.aws_iam_session_context.session.issuer_arn", "arn:aws:iam::111122223333:role/deploy"),
        ("data.aws_iam_session_context.session.session_name", "build"),
        ("data.aws_iam_session_context.user.issuer_arn", "arn:aws:iam::111122223333:user/deploy"),
        ("data.aws_iam_session_context.user.issuer_name", ""),
        ("data.aws_arn.known.resource", "role/path/name"),
        ("data.aws_arn.known.region", ""),
        ("data.aws_arn.queue.account", "${account}"),
        ("data.aws_arn.unknown.account", "${data.aws_arn.unknown.account}"),
        ("data.aws_canonical_user_id.c.id", "${canonical_user_id}"),
        ("data.aws_elb_service_account.c.arn", "arn:aws:iam::156460612806:root"),
        ("data.aws_elb_service_account.us.id", "127311923021"),
        ("data.aws_elb_service_account.nowhere.id", "${account of elb in region@nowhere}"),
        ("data.aws_cloudtrail_service_account.c.id", "${account of cloudtrail in eu-west-1}"),
        ("data.aws_redshift_service_account.c.arn", "arn:aws:iam::${account of redshift in eu-west-1}:user/logs"),
        ("data.aws_billing_service_account.c.arn", "arn:aws:iam::386209384616:root"),
        ("data.aws_kms_key.alias.arn", "arn:aws:kms:eu-west-1:${account}:key/${data.aws_kms_key.alias.key_id}"),
        ("data.aws_kms_key.arn.arn", "arn:aws:kms:eu-west-1:111122223333:key/k"),
        ("data.aws_kms_key.id.arn", "arn:aws:kms:eu-west-1:${account}:key/k"),
        ("data.template_file.inline.rendered", {"Statement": ["arn:aws:sqs:eu-west-1:${account}:q-1"]}),
        ("data.template_file.file.rendered", {"Statement": [{"Resource": "arn:aws:s3:::b"}]}),
        ("data.template_file.unknown.rendered", "${data.template_file.unknown.rendered}"),
        ("data.local_file.f.content", {"Statement": [{"Resource": "arn:aws:s3:::${bucket}"}]}),
        ('data.null_data_source.n.outputs["a"]', "b"),
        ('data.terraform_remote_state.vpc.outputs.a["b"]', "${data.terraform_remote_state.vpc.outputs.a.b}"),
        ("data.tfe_outputs.vpc.values.x", "${data.tfe_outputs.vpc.values.x}"),
        ('data.external.e.result["x"]', "${data.external.e.result.x}"),
        (
            "data.aws_iam_openid_connect_provider.o.url",
            "${data.aws_eks_cluster.c.identity[0].oidc[0].issuer}",
        ),
    ],
)
def test_attributes(expression: str, expected: object) -> None:
    assert value(expression, DATA, FILES) == expected


def test_a_file_that_is_not_in_the_tree_is_named() -> None:
    assert "there is no file `gone`" in str(value("data.local_file.gone.content", DATA, FILES))
