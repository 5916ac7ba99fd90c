# What no path can know before the apply: instances over unknown values, choices by unknown conditions.
provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "main" {
  description = "main"
}

resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  inline_policy {
    name = "mixed"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.main.arn }],
        aws_kms_key.main.key_id == "x" ? [{ Effect = "Allow", Action = "kms:*", Resource = "*" }] : []
      )
    })
  }
}

locals {
  chosen = substr(aws_kms_key.main.key_id, 0, 1) == "a" ? "s3:GetObject" : "s3:PutObject"
}

resource "aws_iam_policy" "chosen" {
  name   = "chosen"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = local.chosen, Resource = "arn:aws:s3:::${aws_kms_key.main.key_id}/*" }] })
}

resource "aws_iam_role_policy_attachment" "chosen" {
  role       = aws_iam_role.app.name
  policy_arn = aws_iam_policy.chosen.arn
}

resource "aws_iam_role_policy" "decoded" {
  name   = "decoded"
  role   = aws_iam_role.app.id
  policy = jsonencode(merge(jsondecode(data.aws_iam_policy_document.base.json), { Id = aws_kms_key.main.key_id }))
}

data "aws_iam_policy_document" "base" {
  statement {
    actions   = ["dynamodb:GetItem"]
    resources = ["arn:aws:dynamodb:*:*:table/${aws_kms_key.main.key_id}", "*"]
  }
}
