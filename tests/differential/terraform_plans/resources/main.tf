# Policies that stand on resources: buckets, keys, queues, topics, functions, secrets, repositories.
provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "me" {}

resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_s3_bucket" "data" {
  bucket = "resource-data"
}

data "aws_iam_policy_document" "data" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.data.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.app.arn, "arn:aws:iam::111122223333:role/partner"]
    }
  }
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.data.arn, "${aws_s3_bucket.data.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = data.aws_iam_policy_document.data.json
}

resource "aws_kms_key" "data" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" } },
      { Sid = "App", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = "*", Principal = { AWS = aws_iam_role.app.arn } },
    ]
  })
}

resource "aws_kms_alias" "data" {
  name          = "alias/data"
  target_key_id = aws_kms_key.data.id
}

resource "aws_kms_grant" "app" {
  name              = "app"
  key_id            = aws_kms_key.data.key_id
  grantee_principal = aws_iam_role.app.arn
  operations        = ["Encrypt", "Decrypt"]
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}

resource "aws_sqs_queue_policy" "jobs" {
  queue_url = aws_sqs_queue.jobs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.jobs.arn, Principal = { Service = "sns.amazonaws.com" }
      Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.events.arn } }
    }]
  })
}

resource "aws_sns_topic" "events" {
  name = "events"
}

resource "aws_sns_topic_policy" "events" {
  arn    = aws_sns_topic.events.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.events.arn, Principal = { AWS = "111122223333" } }] })
}

resource "aws_lambda_function" "hook" {
  function_name = "hook"
  role          = aws_iam_role.app.arn
  handler       = "main.handler"
  runtime       = "python3.8"
  s3_bucket     = "code"
  s3_key        = "hook"
}

resource "aws_lambda_permission" "hook" {
  statement_id  = "AllowEvents"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.hook.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.events.arn
}

resource "aws_secretsmanager_secret" "token" {
  name = "token"
}

resource "aws_secretsmanager_secret_policy" "token" {
  secret_arn = aws_secretsmanager_secret.token.arn
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "*", Principal = { AWS = aws_iam_role.app.arn } }] })
}

resource "aws_ecr_repository" "app" {
  name = "app"
}

resource "aws_ecr_repository_policy" "app" {
  repository = aws_ecr_repository.app.name
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Pull", Effect = "Allow", Action = ["ecr:BatchGetImage"], Principal = { AWS = "arn:aws:iam::111122223333:root" } }] })
}
