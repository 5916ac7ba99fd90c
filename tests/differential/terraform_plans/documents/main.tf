# Policy documents over policy documents, some of them known only after apply: deferred reads.
provider "aws" {
  region = "eu-central-1"
}

variable "buckets" {
  type    = map(bool)
  default = { logs = false, data = true }
}

resource "aws_s3_bucket" "each" {
  for_each = var.buckets
  bucket   = "corp-${each.key}"
}

resource "aws_kms_key" "main" {}

data "aws_iam_policy_document" "base" {
  policy_id = "base"
  statement {
    sid       = "List"
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }
  statement {
    sid         = "Refuse"
    effect      = "Deny"
    not_actions = ["s3:*"]
    resources   = ["*"]
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

data "aws_iam_policy_document" "read" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]

  dynamic "statement" {
    for_each = var.buckets
    content {
      sid       = "Bucket${title(statement.key)}"
      actions   = statement.value ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"]
      resources = ["${aws_s3_bucket.each[statement.key].arn}/*", "arn:aws:s3:::public-${statement.key}/&{aws:username}/*"]
    }
  }
}

data "aws_iam_policy_document" "final" {
  source_policy_documents   = [data.aws_iam_policy_document.read.json]
  override_policy_documents = [data.aws_iam_policy_document.override.json]
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.main.arn]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-central-1.amazonaws.com", "sqs.eu-central-1.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "override" {
  statement {
    sid       = "BucketLogs"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.each["logs"].arn]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "final" {
  name   = "final"
  role   = aws_iam_role.reader.id
  policy = data.aws_iam_policy_document.final.json
}

resource "aws_iam_policy" "read" {
  name   = "read"
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.read.arn
}
