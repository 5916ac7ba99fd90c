model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-group"
  versions       = ">= 6.0.0, < 7.0.0"
  read_at        = "6.5.0"
  without_effect = ["policy_description"]
}

variable "create" {
  type    = bool
  default = true
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "name" {
  type    = string
  default = ""
}

variable "path" {
  type    = string
  default = null
}

variable "users" {
  type    = list(string)
  default = []
}

variable "create_policy" {
  type    = bool
  default = true
}

variable "enable_self_management_permissions" {
  type    = bool
  default = true
}

variable "enable_mfa_enforcement" {
  type    = bool
  default = true
}

variable "permissions" {
  type = map(object({
    sid           = optional(string)
    actions       = optional(list(string))
    not_actions   = optional(list(string))
    effect        = optional(string, "Allow")
    resources     = optional(list(string))
    not_resources = optional(list(string))
    principals = optional(list(object({
      type        = string
      identifiers = list(string)
    })))
    not_principals = optional(list(object({
      type        = string
      identifiers = list(string)
    })))
    condition = optional(list(object({
      test     = string
      variable = string
      values   = list(string)
    })))
  }))
  default = null
}

variable "policy_name" {
  type    = string
  default = null
}

variable "policy_use_name_prefix" {
  type    = bool
  default = true
}

variable "policy_path" {
  type    = string
  default = null
}

variable "policies" {
  type    = map(string)
  default = {}
}

variable "users_account_id" {
  type    = string
  default = null
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  partition        = data.aws_partition.current.partition
  users_account_id = coalesce(var.users_account_id, data.aws_caller_identity.current.account_id)
  own              = "arn:${local.partition}:iam::${local.users_account_id}"
  user_resources   = ["${local.own}:user/$${aws:username}", "${local.own}:user/*/$${aws:username}"]
  makes_policy     = var.create && var.create_policy && (var.enable_self_management_permissions || var.permissions != null)
  policy_name      = try(coalesce(var.policy_name, var.name), "")
}

data "aws_iam_policy_document" "this" {
  count = local.makes_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.this
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
      dynamic "condition" {
        for_each = try(statement.value.when, [])
        content {
          test     = condition.value[0]
          variable = condition.value[1]
          values   = condition.value[2]
        }
      }
    }
  }
  dynamic "statement" {
    for_each = var.permissions == null ? {} : var.permissions
    iterator = given
    content {
      sid           = try(coalesce(given.value.sid, given.key))
      effect        = given.value.effect
      actions       = given.value.actions
      not_actions   = given.value.not_actions
      resources     = given.value.resources
      not_resources = given.value.not_resources
      dynamic "principals" {
        for_each = given.value.principals == null ? [] : given.value.principals
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = given.value.not_principals == null ? [] : given.value.not_principals
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = given.value.condition == null ? [] : given.value.condition
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_group" "this" {
  count = var.create ? 1 : 0
  name  = var.name
  path  = var.path
}

resource "aws_iam_group_membership" "this" {
  count = var.create && length(var.users) > 0 ? 1 : 0
  group = aws_iam_group.this[0].id
  name  = var.name
  users = var.users
}

resource "aws_iam_policy" "this" {
  count       = local.makes_policy ? 1 : 0
  name        = var.policy_use_name_prefix ? null : local.policy_name
  name_prefix = var.policy_use_name_prefix ? "${local.policy_name}-" : null
  path        = coalesce(var.policy_path, var.path, "/")
  policy      = data.aws_iam_policy_document.this[0].json
  tags        = var.tags
}

resource "aws_iam_group_policy_attachment" "this" {
  count      = local.makes_policy ? 1 : 0
  group      = aws_iam_group.this[0].id
  policy_arn = aws_iam_policy.this[0].arn
}

resource "aws_iam_group_policy_attachment" "additional" {
  for_each   = { for name, arn in var.policies : name => arn if var.create }
  group      = aws_iam_group.this[0].id
  policy_arn = each.value
}

output "id" {
  value = try(aws_iam_group.this[0].id, null)
}

output "arn" {
  value = try(aws_iam_group.this[0].arn, null)
}

output "name" {
  value = try(aws_iam_group.this[0].name, null)
}

output "policy_arn" {
  value = try(aws_iam_policy.this[0].arn, null)
}

output "policy_name" {
  value = try(aws_iam_policy.this[0].name, null)
}

output "policy_id" {
  value = try(aws_iam_policy.this[0].id, null)
}

locals {
  this = concat(
    [for row in [
      {
        sid = "ViewAccountInfo"
        actions = [
          "iam:GetAccountSummary", "iam:GetAccountPasswordPolicy", "iam:ListAccountAliases",
          "iam:ListVirtualMFADevices",
        ]
        resources = ["*"]
      },
      {
        sid       = "ManageOwnPasswords"
        actions   = ["iam:ChangePassword", "iam:GetLoginProfile", "iam:GetUser", "iam:UpdateLoginProfile"]
        resources = local.user_resources
      },
      {
        sid = "ManageOwnAccessKeys"
        actions = [
          "iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey",
          "iam:GetAccessKeyLastUsed", "iam:TagUser", "iam:ListUserTags", "iam:UntagUser",
        ]
        resources = local.user_resources
      },
      {
        sid = "ManageOwnSigningCertificates"
        actions = [
          "iam:DeleteSigningCertificate", "iam:ListSigningCertificates", "iam:UpdateSigningCertificate",
          "iam:UploadSigningCertificate",
        ]
        resources = local.user_resources
      },
      {
        sid = "ManageOwnSSHPublicKeys"
        actions = [
          "iam:DeleteSSHPublicKey", "iam:GetSSHPublicKey", "iam:ListSSHPublicKeys", "iam:UpdateSSHPublicKey",
          "iam:UploadSSHPublicKey",
        ]
        resources = local.user_resources
      },
      {
        sid = "ManageOwnGitCredentials"
        actions = [
          "iam:CreateServiceSpecificCredential", "iam:DeleteServiceSpecificCredential",
          "iam:ListServiceSpecificCredentials", "iam:ResetServiceSpecificCredential",
          "iam:UpdateServiceSpecificCredential",
        ]
        resources = local.user_resources
      },
      {
        sid       = "ManageOwnVirtualMFADevice"
        actions   = ["iam:CreateVirtualMFADevice"]
        resources = ["arn:${local.partition}:iam::${local.users_account_id}:mfa/*"]
      },
      {
        sid = "ManageOwnUserMFA"
        actions = [
          "iam:DeactivateMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice",
        ]
        resources = local.user_resources
      },
    ] : row if var.enable_self_management_permissions],
    [for row in [
      {
        sid    = "DenyAllExceptListedIfNoMFA"
        effect = "Deny"
        not_actions = [
          "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:GetMFADevice",
          "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken",
          "iam:ChangePassword",
        ]
        resources = ["*"]
        when      = [["BoolIfExists", "aws:MultiFactorAuthPresent", ["false"]]]
      },
    ] : row if var.enable_self_management_permissions && var.enable_mfa_enforcement],
  )
}
