model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-read-only-policy"
  versions       = ">= 4.0.0, < 5.0.0"
  read_at        = "4.24.1"
  same_since     = "4.11.0"
  without_effect = ["description"]
}

variable "create_policy" {
  type    = bool
  default = true
}

variable "name" {
  type    = string
  default = ""
}

variable "path" {
  type    = string
  default = "/"
}

variable "allowed_services" {
  type = list(string)
}

variable "additional_policy_json" {
  type    = string
  default = "{}"
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "allow_cloudwatch_logs_query" {
  type    = bool
  default = true
}

variable "allow_predefined_sts_actions" {
  type    = bool
  default = true
}

variable "allow_web_console_services" {
  type    = bool
  default = true
}

variable "web_console_services" {
  type    = list(string)
  default = ["resource-groups", "tag", "health", "ce"]
}

data "aws_iam_policy_document" "allowed_services" {
  dynamic "statement" {
    for_each = toset(distinct(var.allowed_services))
    content {
      sid       = replace(statement.value, "-", "")
      actions   = ["${statement.value}:List*", "${statement.value}:Get*", "${statement.value}:Describe*", "${statement.value}:View*"]
      resources = ["*"]
    }
  }
}

data "aws_iam_policy_document" "console_services" {
  count = var.allow_web_console_services ? 1 : 0
  dynamic "statement" {
    for_each = toset(var.web_console_services)
    content {
      sid       = replace(statement.value, "-", "")
      actions   = ["${statement.value}:List*", "${statement.value}:Get*", "${statement.value}:Describe*", "${statement.value}:View*"]
      resources = ["*"]
    }
  }
}

data "aws_iam_policy_document" "sts" {
  count = var.allow_predefined_sts_actions ? 1 : 0
  statement {
    sid       = "STS"
    actions   = ["sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "logs_query" {
  count = var.allow_cloudwatch_logs_query ? 1 : 0
  statement {
    sid       = "AllowLogsQuery"
    actions   = ["logs:StartQuery", "logs:StopQuery", "logs:FilterLogEvents"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "combined" {
  source_policy_documents = concat(
    [data.aws_iam_policy_document.allowed_services.json],
    data.aws_iam_policy_document.console_services[*].json,
    data.aws_iam_policy_document.sts[*].json,
    data.aws_iam_policy_document.logs_query[*].json,
    [var.additional_policy_json],
  )
}

resource "aws_iam_policy" "policy" {
  count = var.create_policy ? 1 : 0
  name  = var.name

  path   = var.path
  policy = data.aws_iam_policy_document.combined.json
  tags   = var.tags
}

output "policy_json" {
  value = data.aws_iam_policy_document.combined.json
}

output "id" {
  value = try(aws_iam_policy.policy[0].id, "")
}

output "arn" {
  value = try(aws_iam_policy.policy[0].arn, "")
}

output "name" {
  value = try(aws_iam_policy.policy[0].name, "")
}

output "path" {
  value = try(aws_iam_policy.policy[0].path, "")
}

output "policy" {
  value = try(aws_iam_policy.policy[0].policy, "")
}
