model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-assumable-roles-with-saml"
  versions       = ">= 5.0.0, < 6.0.0"
  read_at        = "5.60.0"
  same_since     = "5.23.0"
  without_effect = ["force_detach_policies"]
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

variable "allow_self_assume_role" {
  type    = bool
  default = false
}

variable "trusted_role_actions" {
  type    = list(string)
  default = ["sts:AssumeRoleWithSAML", "sts:TagSession"]
}

variable "create_admin_role" {
  type    = bool
  default = false
}

variable "admin_role_name" {
  type    = string
  default = "admin"
}

variable "admin_role_path" {
  type    = string
  default = "/"
}

variable "admin_role_policy_arns" {
  type    = list(string)
  default = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}

variable "admin_role_permissions_boundary_arn" {
  type    = string
  default = ""
}

variable "admin_role_tags" {
  type    = map(string)
  default = {}
}

variable "create_poweruser_role" {
  type    = bool
  default = false
}

variable "poweruser_role_name" {
  type    = string
  default = "poweruser"
}

variable "poweruser_role_path" {
  type    = string
  default = "/"
}

variable "poweruser_role_policy_arns" {
  type    = list(string)
  default = ["arn:aws:iam::aws:policy/PowerUserAccess"]
}

variable "poweruser_role_permissions_boundary_arn" {
  type    = string
  default = ""
}

variable "poweruser_role_tags" {
  type    = map(string)
  default = {}
}

variable "create_readonly_role" {
  type    = bool
  default = false
}

variable "readonly_role_name" {
  type    = string
  default = "readonly"
}

variable "readonly_role_path" {
  type    = string
  default = "/"
}

variable "readonly_role_policy_arns" {
  type    = list(string)
  default = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

variable "readonly_role_permissions_boundary_arn" {
  type    = string
  default = ""
}

variable "readonly_role_tags" {
  type    = map(string)
  default = {}
}

variable "max_session_duration" {
  type    = number
  default = 3600
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  arn       = "arn:${data.aws_partition.current.partition}:iam"
  providers = compact(distinct(concat(var.provider_ids, [var.provider_id])))
}

data "aws_iam_policy_document" "assume_role_with_saml" {
  dynamic "statement" {
    for_each = var.allow_self_assume_role && var.create_admin_role ? [1] : []
    content {
      sid     = "ExplicitSelfAdminRoleAssumption"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["${local.arn}::${data.aws_caller_identity.current.account_id}:role${var.admin_role_path}${var.admin_role_name}"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.allow_self_assume_role && var.create_poweruser_role ? [1] : []
    content {
      sid     = "ExplicitSelfPowerUserRoleAssumption"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["${local.arn}::${data.aws_caller_identity.current.account_id}:role${var.poweruser_role_path}${var.poweruser_role_name}"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.allow_self_assume_role && var.create_readonly_role ? [1] : []
    content {
      sid     = "ExplicitSelfReadOnlyRoleAssumption"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["${local.arn}::${data.aws_caller_identity.current.account_id}:role${var.readonly_role_path}${var.readonly_role_name}"]
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

resource "aws_iam_role" "admin" {
  count                = var.create_admin_role ? 1 : 0
  name                 = var.admin_role_name
  path                 = var.admin_role_path
  max_session_duration = var.max_session_duration
  permissions_boundary = var.admin_role_permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.assume_role_with_saml.json
  tags                 = var.admin_role_tags
}

resource "aws_iam_role_policy_attachment" "admin" {
  count      = var.create_admin_role ? length(var.admin_role_policy_arns) : 0
  role       = aws_iam_role.admin[0].name
  policy_arn = element(var.admin_role_policy_arns, count.index)
}

output "admin_iam_role_arn" {
  value = try(aws_iam_role.admin[0].arn, "")
}

output "admin_iam_role_name" {
  value = try(aws_iam_role.admin[0].name, "")
}

output "admin_iam_role_path" {
  value = try(aws_iam_role.admin[0].path, "")
}

resource "aws_iam_role" "poweruser" {
  count                = var.create_poweruser_role ? 1 : 0
  name                 = var.poweruser_role_name
  path                 = var.poweruser_role_path
  max_session_duration = var.max_session_duration
  permissions_boundary = var.poweruser_role_permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.assume_role_with_saml.json
  tags                 = var.poweruser_role_tags
}

resource "aws_iam_role_policy_attachment" "poweruser" {
  count      = var.create_poweruser_role ? length(var.poweruser_role_policy_arns) : 0
  role       = aws_iam_role.poweruser[0].name
  policy_arn = element(var.poweruser_role_policy_arns, count.index)
}

output "poweruser_iam_role_arn" {
  value = try(aws_iam_role.poweruser[0].arn, "")
}

output "poweruser_iam_role_name" {
  value = try(aws_iam_role.poweruser[0].name, "")
}

output "poweruser_iam_role_path" {
  value = try(aws_iam_role.poweruser[0].path, "")
}

resource "aws_iam_role" "readonly" {
  count                = var.create_readonly_role ? 1 : 0
  name                 = var.readonly_role_name
  path                 = var.readonly_role_path
  max_session_duration = var.max_session_duration
  permissions_boundary = var.readonly_role_permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.assume_role_with_saml.json
  tags                 = var.readonly_role_tags
}

resource "aws_iam_role_policy_attachment" "readonly" {
  count      = var.create_readonly_role ? length(var.readonly_role_policy_arns) : 0
  role       = aws_iam_role.readonly[0].name
  policy_arn = element(var.readonly_role_policy_arns, count.index)
}

output "readonly_iam_role_arn" {
  value = try(aws_iam_role.readonly[0].arn, "")
}

output "readonly_iam_role_name" {
  value = try(aws_iam_role.readonly[0].name, "")
}

output "readonly_iam_role_path" {
  value = try(aws_iam_role.readonly[0].path, "")
}
