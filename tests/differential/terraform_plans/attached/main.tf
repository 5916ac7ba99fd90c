# Managed policies, of one's own and of AWS, attached in every way; boundaries, groups, instance profiles.
provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "Logs"
    actions   = ["logs:PutLogEvents", "logs:CreateLogStream"]
    resources = ["arn:aws:logs:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:log-group:/app/*"]
  }
}

resource "aws_iam_policy" "logs" {
  name   = "logs"
  path   = "/app/"
  policy = data.aws_iam_policy_document.logs.json
}

resource "aws_iam_policy" "queue" {
  name_prefix = "queue-"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = aws_sqs_queue.jobs.arn }]
  })
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}

resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sqs:*", "logs:*"], Resource = "*" }] })
}

resource "aws_iam_role" "app" {
  name                 = "app"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_role" "reader" {
  name                = "reader"
  assume_role_policy  = data.aws_iam_policy_document.trust.json
  managed_policy_arns = [aws_iam_policy.logs.arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

resource "aws_iam_role_policy_attachment" "app" {
  for_each   = { logs = aws_iam_policy.logs.arn, queue = aws_iam_policy.queue.arn }
  role       = aws_iam_role.app.name
  policy_arn = each.value
}

resource "aws_iam_role_policy_attachment" "managed" {
  count      = 2
  role       = aws_iam_role.app.name
  policy_arn = ["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"][count.index]
}

resource "aws_iam_group" "bots" {
  name = "bots"
}

resource "aws_iam_group_policy" "bots" {
  group  = aws_iam_group.bots.name
  policy = data.aws_iam_policy_document.logs.json
}

resource "aws_iam_user" "bot" {
  name = "bot"
}

resource "aws_iam_user_group_membership" "bot" {
  user   = aws_iam_user.bot.name
  groups = [aws_iam_group.bots.name]
}

resource "aws_iam_user_policy_attachment" "bot" {
  user       = aws_iam_user.bot.name
  policy_arn = aws_iam_policy.queue.arn
}

resource "aws_iam_policy_attachment" "shared" {
  name       = "shared"
  roles      = [aws_iam_role.reader.name]
  users      = [aws_iam_user.bot.name]
  policy_arn = aws_iam_policy.logs.arn
}

resource "aws_iam_instance_profile" "app" {
  name = "app"
  role = aws_iam_role.app.name
}
