# Inline policies of every shape: written out, over locals, over the address of another resource, known in part.
provider "aws" {
  region = "eu-west-1"
}

variable "team" {
  default = "payments"
}

locals {
  actions = ["s3:GetObject", "s3:PutObject"]
  trust = {
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  }
}

resource "aws_s3_bucket" "named" {
  bucket = "${var.team}-data"
}

resource "aws_s3_bucket" "unnamed" {}

resource "aws_iam_role" "worker" {
  name               = "${var.team}-worker"
  assume_role_policy = jsonencode(local.trust)

  inline_policy {
    name   = "own"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }] })
  }
  inline_policy {
    name = "bucket"
    policy = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = local.actions, Resource = "${aws_s3_bucket.named.arn}/*" }]
    })
  }
}

resource "aws_iam_role_policy" "unnamed" {
  name = "unnamed"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.unnamed.arn },
      { Effect = "Deny", Action = "s3:DeleteBucket", Resource = "*" },
    ]
  })
}

resource "aws_iam_role_policy" "written" {
  name   = "written"
  role   = aws_iam_role.worker.name
  policy = <<-EOT
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:111122223333:${var.team}"}}
  EOT
}

resource "aws_iam_user" "bot" {
  name = "${var.team}-bot"
  path = "/bots/"
}

resource "aws_iam_user_policy" "bot" {
  user   = aws_iam_user.bot.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.worker.arn }] })
}

resource "aws_iam_access_key" "bot" {
  user = aws_iam_user.bot.name
}
