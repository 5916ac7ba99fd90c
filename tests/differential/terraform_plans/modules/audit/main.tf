terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.home]
    }
  }
}

variable "reader" { type = string }

resource "aws_sns_topic" "events" {
  name = "events"
}

resource "aws_iam_role" "auditor" {
  name = "auditor"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }]
  })
}

resource "aws_iam_role_policy" "publish" {
  name   = "publish"
  role   = aws_iam_role.auditor.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.events.arn }] })
}

resource "aws_iam_role_policy" "home" {
  provider = aws.home
  name     = "home"
  role     = var.reader
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.events.arn }] })
}
