# What runs as a role: functions, tasks, instances, builds; roles with prefixes and random parts.
provider "aws" {
  region = "eu-west-1"
}

locals {
  services = ["ecs-tasks", "codebuild", "events"]
}

resource "aws_iam_role" "run" {
  for_each    = toset(local.services)
  name_prefix = "run-${each.key}-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${each.key}.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "run" {
  for_each = aws_iam_role.run
  role     = each.value.id
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*" }] })
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_ecs_task_definition" "app" {
  family                = "app"
  execution_role_arn    = aws_iam_role.run["ecs-tasks"].arn
  task_role_arn         = aws_iam_role.run["ecs-tasks"].arn
  container_definitions = jsonencode([{ name = "app", image = "app", memory = 128 }])
}

resource "aws_codebuild_project" "build" {
  name         = "build"
  service_role = aws_iam_role.run["codebuild"].arn
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:5.0"
    type         = "LINUX_CONTAINER"
  }
  source {
    type     = "GITHUB"
    location = "https://github.com/acme/app.git"
  }
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_ecs_cluster.main.arn
  role_arn = aws_iam_role.run["events"].arn
  ecs_target {
    task_definition_arn = aws_ecs_task_definition.app.arn
  }
}

resource "aws_iam_role_policy" "run_tasks" {
  name = "run-tasks"
  role = aws_iam_role.run["events"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "ecs:RunTask", Resource = replace(aws_ecs_task_definition.app.arn, "/:\\d+$/", ":*") },
      { Effect = "Allow", Action = "iam:PassRole", Resource = values(aws_iam_role.run)[*].arn },
    ]
  })
}

resource "aws_instance" "box" {
  ami                  = "ami-12345678"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.box.name
}

resource "aws_iam_role" "box" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_instance_profile" "box" {
  role = aws_iam_role.box.name
}

resource "aws_iam_role_policy" "box" {
  role   = aws_iam_role.box.name
  policy = templatefile("${path.module}/policy.json.tpl", { bucket = aws_s3_bucket.box.bucket, role = aws_iam_role.box.name })
}

resource "aws_s3_bucket" "box" {
  bucket_prefix = "box-"
}
