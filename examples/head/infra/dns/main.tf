variable "name" {
  type = string
}

variable "issuer" {
  type = string
}

variable "zones" {
  type = set(string)
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${var.issuer}"]
    }

    dynamic "condition" {
      for_each = {
        aud = "sts.amazonaws.com"
        sub = "system:serviceaccount:dns:external-dns"
      }
      content {
        test     = "StringEquals"
        variable = "${var.issuer}:${condition.key}"
        values   = [condition.value]
      }
    }
  }
}

data "aws_iam_policy_document" "records" {
  statement {
    actions   = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"]
    resources = [for zone in var.zones : "arn:aws:route53:::hostedzone/${zone}"]
  }

  statement {
    actions   = ["route53:ListHostedZones"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = { owner = "team-platform", purpose = "records of shop.example", expires = "2027-06-30" }
}

resource "aws_iam_role_policy" "this" {
  name   = "records"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.records.json
}
