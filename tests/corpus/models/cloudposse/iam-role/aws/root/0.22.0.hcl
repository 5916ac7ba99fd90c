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

module "none" {
  enabled          = false
  namespace        = "eg"
  name             = "off"
  role_description = "d"
}

module "plain" {
  namespace        = "eg"
  stage            = "prod"
  name             = "app"
  role_description = "d"
  principals       = { AWS = ["arn:aws:iam::111122223333:root"], Service = ["ec2.amazonaws.com"] }
  policy_documents = [data.aws_iam_policy_document.read.json]
  tags             = { team = "a" }
}

module "managed" {
  namespace                = "eg"
  name                     = "managed-with-a-name-that-goes-on-and-on-until-it-is-far-too-long-for-a-role"
  role_description         = "d"
  policy_document_count    = 0
  managed_policy_arns      = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  principals               = { Service = ["lambda.amazonaws.com"] }
  instance_profile_enabled = true
  path                     = "/ci/"
  permissions_boundary     = "arn:aws:iam::aws:policy/PowerUserAccess"
  max_session_duration     = 7200
}

module "inline" {
  name                   = "inline"
  use_fullname           = false
  namespace              = "eg"
  role_description       = "d"
  inline_policy_enabled  = true
  policy_name            = "own"
  policy_document_count  = 2
  policy_documents       = [data.aws_iam_policy_document.read.json, jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Read", Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })]
  principals             = { AWS = ["arn:aws:iam::111122223333:role/${var.name}"] }
  assume_role_actions    = ["sts:AssumeRole"]
  assume_role_conditions = [{ test = "StringEquals", variable = "sts:ExternalId", values = ["x"] }]
}

module "undecided" {
  enabled          = var.on
  name             = var.name
  role_description = "d"
  principals       = { AWS = var.names }
  policy_documents = [data.aws_iam_policy_document.read.json]
}

module "given_trust" {
  name                  = "given"
  role_description      = "d"
  policy_document_count = 0
  assume_role_policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
