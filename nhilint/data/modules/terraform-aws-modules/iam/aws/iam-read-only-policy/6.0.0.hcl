model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-read-only-policy"
  versions       = ">= 6.0.0, < 7.0.0"
  read_at        = "6.5.0"
  without_effect = ["description"]
}

variable "create" {
  type    = bool
  default = true
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "create_policy" {
  type    = bool
  default = true
}

variable "name" {
  type    = string
  default = null
}

variable "use_name_prefix" {
  type    = bool
  default = true
}

variable "path" {
  type    = string
  default = null
}

variable "allowed_services" {
  type    = list(string)
  default = []
}

variable "source_inline_policy_documents" {
  type    = list(string)
  default = []
}

variable "override_inline_policy_documents" {
  type    = list(string)
  default = []
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

data "aws_iam_policy_document" "this" {
  count                     = var.create ? 1 : 0
  source_policy_documents   = var.source_inline_policy_documents
  override_policy_documents = var.override_inline_policy_documents
  dynamic "statement" {
    for_each = toset(distinct(var.allowed_services))
    content {
      sid       = replace(statement.value, "-", "")
      actions   = ["${statement.value}:List*", "${statement.value}:Get*", "${statement.value}:BatchGet*", "${statement.value}:Describe*", "${statement.value}:View*"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.allow_web_console_services ? toset(var.web_console_services) : toset([])
    content {
      sid       = replace(statement.value, "-", "")
      actions   = ["${statement.value}:List*", "${statement.value}:Get*", "${statement.value}:BatchGet*", "${statement.value}:Describe*", "${statement.value}:View*"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.allow_predefined_sts_actions ? [1] : []
    content {
      sid       = "STS"
      actions   = ["sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.allow_cloudwatch_logs_query ? [1] : []
    content {
      sid       = "AllowLogsQuery"
      actions   = ["logs:StartQuery", "logs:StopQuery", "logs:FilterLogEvents"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_policy" "policy" {
  count       = var.create && var.create_policy ? 1 : 0
  name        = var.use_name_prefix ? null : var.name
  name_prefix = var.use_name_prefix ? "${var.name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.this[0].json
  tags        = var.tags
}

output "id" {
  value = try(aws_iam_policy.policy[0].id, null)
}

output "arn" {
  value = try(aws_iam_policy.policy[0].arn, null)
}

output "name" {
  value = try(aws_iam_policy.policy[0].name, null)
}

output "policy" {
  value = try(aws_iam_policy.policy[0].policy, null)
}

output "policy_json" {
  value = try(data.aws_iam_policy_document.this[0].json, "")
}
