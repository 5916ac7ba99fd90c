model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-saml"
  versions       = ">= 5.0.0, < 6.0.0"
  read_at        = "5.60.0"
  same_since     = "5.23.0"
  without_effect = ["force_detach_policies"]
}

variable "create_role" {
  type    = bool
  default = false
}

variable "provider_id" {
  type    = string
  default = ""
}

variable "provider_ids" {
  type    = list(string)
  default = []
}

variable "aws_saml_endpoint" {
  type    = string
  default = "https://signin.aws.amazon.com/saml"
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "role_name" {
  type    = string
  default = null
}

variable "role_name_prefix" {
  type    = string
  default = null
}

variable "role_description" {
  type    = string
  default = ""
}

variable "role_path" {
  type    = string
  default = "/"
}

variable "role_permissions_boundary_arn" {
  type    = string
  default = ""
}

variable "max_session_duration" {
  type    = number
  default = 3600
}

variable "role_policy_arns" {
  type    = list(string)
  default = []
}

variable "number_of_role_policy_arns" {
  type    = number
  default = null
}

variable "allow_self_assume_role" {
  type    = bool
  default = false
}

variable "trusted_role_actions" {
  type    = list(string)
  default = ["sts:AssumeRoleWithSAML", "sts:TagSession"]
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  arn       = "arn:${data.aws_partition.current.partition}:iam"
  own_name  = var.role_name != null ? var.role_name : "${var.role_name_prefix}*"
  providers = compact(distinct(concat(var.provider_ids, [var.provider_id])))
}

data "aws_iam_policy_document" "assume_role_with_saml" {
  dynamic "statement" {
    for_each = var.allow_self_assume_role ? [1] : []
    content {
      sid     = "ExplicitSelfRoleAssumption"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["${local.arn}::${data.aws_caller_identity.current.account_id}:role${var.role_path}${local.own_name}"]
      }
    }
  }

  statement {
    actions = compact(distinct(concat(["sts:AssumeRoleWithSAML"], var.trusted_role_actions)))
    principals {
      type        = "Federated"
      identifiers = local.providers
    }
    condition {
      test     = "StringEquals"
      variable = "SAML:aud"
      values   = [var.aws_saml_endpoint]
    }
  }
}

resource "aws_iam_role" "this" {
  count                = var.create_role ? 1 : 0
  name                 = var.role_name
  name_prefix          = var.role_name_prefix
  path                 = var.role_path
  description          = var.role_description
  assume_role_policy   = data.aws_iam_policy_document.assume_role_with_saml.json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.role_permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "custom" {
  count      = var.create_role ? coalesce(var.number_of_role_policy_arns, length(var.role_policy_arns)) : 0
  role       = aws_iam_role.this[0].name
  policy_arn = var.role_policy_arns[count.index]
}

output "iam_role_arn" {
  value = try(aws_iam_role.this[0].arn, "")
}

output "iam_role_name" {
  value = try(aws_iam_role.this[0].name, "")
}

output "iam_role_path" {
  value = try(aws_iam_role.this[0].path, "")
}
