variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${var.name}/*"]
  }
}

resource "aws_iam_policy" "of_output" {
  name   = "of-output"
  policy = module.json_none.json
}

module "none" {
  enabled            = false
  name               = "off"
  iam_policy_enabled = true
}

module "json_none" {
  name       = "json"
  iam_policy = { statements = [{ sid = "A", effect = "Allow", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::${var.name}/*"] }] }
}

module "policy" {
  namespace                     = "eg"
  name                          = "made"
  iam_policy_enabled            = true
  iam_policy                    = { statements = [{ effect = "Deny", not_actions = ["iam:*"], not_resources = ["a"], conditions = [{ test = "Bool", variable = "aws:SecureTransport", values = ["false"] }] }, { sid = "A", actions = ["sqs:*"], resources = ["*"] }] }
  iam_override_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "A", Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }] })]
}

module "older" {
  namespace          = "eg"
  name               = "older"
  iam_policy_enabled = true
  iam_policy_statements = {
    ListMyBucket = { effect = "Allow", actions = ["s3:ListBucket"], resources = ["arn:aws:s3:::${var.name}"], conditions = [] }
    Write        = { sid = "W", effect = "Allow", actions = ["s3:PutObject"], resources = ["arn:aws:s3:::b/*"], conditions = [{ test = "StringLike", variable = "cloudwatch:namespace", values = ["x-*"] }] }
  }
}

module "sources" {
  namespace                   = "eg"
  name                        = "sources"
  iam_policy_enabled          = true
  iam_source_policy_documents = [data.aws_iam_policy_document.read.json]
}

module "undecided" {
  enabled            = var.on
  name               = var.name
  iam_policy_enabled = true
  iam_policy         = { statements = [{ effect = "Allow", actions = var.names, resources = ["*"] }] }
}
