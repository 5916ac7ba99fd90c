variable "name" {}
variable "on" { type = bool }
variable "document" {}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${var.name}/*"]
  }
}

module "none" {
  create = false
  name = "off"
}

module "plain" {
  name   = "read"
  path   = "/ci/"
  policy = data.aws_iam_policy_document.read.json
  tags   = { owner = "a" }
}

module "prefix" {
  name_prefix = "read-"
  policy      = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Allow", Action = "*", Resource = "*" } })
}

module "undecided" {
  create = var.on
  name = var.name
  policy = data.aws_iam_policy_document.read.json
}

module "unknown" {
  name   = "x"
  policy = var.document
}
