# Variables from files, a secret among them; a count over a variable; lookups of what is there already.
provider "aws" {
  region = var.region
}

variable "region" {}

variable "environment" {}

variable "admins" {
  type    = list(string)
  default = []
}

variable "secret" {
  sensitive = true
}

data "aws_iam_role" "existing" {
  name = "existing"
}

resource "aws_iam_user" "admin" {
  for_each = toset(var.admins)
  name     = "${var.environment}-${each.key}"
}

resource "aws_iam_user_policy_attachment" "admin" {
  for_each   = aws_iam_user.admin
  user       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_role" "hidden" {
  name = "${var.environment}-hidden"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_iam_role.existing.arn }
      Condition = { StringEquals = { "sts:ExternalId" = var.secret } }
    }]
  })
}

resource "aws_iam_role_policy" "only_production" {
  count  = var.environment == "production" ? 1 : 0
  name   = "production"
  role   = aws_iam_role.hidden.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::${var.environment}-*" }] })
}

resource "aws_iam_role_policy" "existing" {
  name   = "more"
  role   = data.aws_iam_role.existing.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}
