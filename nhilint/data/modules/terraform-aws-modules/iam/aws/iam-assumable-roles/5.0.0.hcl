model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-assumable-roles"
  versions       = ">= 5.0.0, < 6.0.0"
  read_at        = "5.60.0"
  same_since     = "5.23.0"
  without_effect = ["force_detach_policies"]
}

variable "trusted_role_actions" {
  type    = list(string)
  default = ["sts:AssumeRole", "sts:TagSession"]
}

variable "trusted_role_arns" {
  type    = list(string)
  default = []
}

variable "trusted_role_services" {
  type    = list(string)
  default = []
}

variable "trust_policy_conditions" {
  type = list(object({
    test     = string
    variable = string
    values   = list(string)
  }))
  default = []
}

variable "mfa_age" {
  type    = number
  default = 86400
}

variable "allow_self_assume_role" {
  type    = bool
  default = false
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

variable "admin_role_requires_mfa" {
  type    = bool
  default = true
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

variable "poweruser_role_requires_mfa" {
  type    = bool
  default = true
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

variable "readonly_role_requires_mfa" {
  type    = bool
  default = true
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
  arn = "arn:${data.aws_partition.current.partition}:iam"
}

data "aws_iam_policy_document" "assume_role" {
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
    actions = compact(distinct(concat(["sts:AssumeRole"], var.trusted_role_actions)))
    principals {
      type        = "AWS"
      identifiers = var.trusted_role_arns
    }
    principals {
      type        = "Service"
      identifiers = var.trusted_role_services
    }
    dynamic "condition" {
      for_each = var.trust_policy_conditions
      content {
        test     = condition.value.test
        variable = condition.value.variable
        values   = condition.value.values
      }
    }
  }
}

data "aws_iam_policy_document" "assume_role_with_mfa" {
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
    actions = compact(distinct(concat(["sts:AssumeRole"], var.trusted_role_actions)))
    principals {
      type        = "AWS"
      identifiers = var.trusted_role_arns
    }
    principals {
      type        = "Service"
      identifiers = var.trusted_role_services
    }
    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
    condition {
      test     = "NumericLessThan"
      variable = "aws:MultiFactorAuthAge"
      values   = [var.mfa_age]
    }
    dynamic "condition" {
      for_each = var.trust_policy_conditions
      content {
        test     = condition.value.test
        variable = condition.value.variable
        values   = condition.value.values
      }
    }
  }
}

resource "aws_iam_role" "admin" {
  count                = var.create_admin_role ? 1 : 0
  name                 = var.admin_role_name
  path                 = var.admin_role_path
  max_session_duration = var.max_session_duration
  permissions_boundary = var.admin_role_permissions_boundary_arn
  assume_role_policy = (var.admin_role_requires_mfa
  ? data.aws_iam_policy_document.assume_role_with_mfa.json : data.aws_iam_policy_document.assume_role.json)
  tags = var.admin_role_tags
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
  assume_role_policy = (var.poweruser_role_requires_mfa
  ? data.aws_iam_policy_document.assume_role_with_mfa.json : data.aws_iam_policy_document.assume_role.json)
  tags = var.poweruser_role_tags
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
  assume_role_policy = (var.readonly_role_requires_mfa
  ? data.aws_iam_policy_document.assume_role_with_mfa.json : data.aws_iam_policy_document.assume_role.json)
  tags = var.readonly_role_tags
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
