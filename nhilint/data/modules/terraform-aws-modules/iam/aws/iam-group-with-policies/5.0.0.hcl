model {
  source     = "terraform-aws-modules/iam/aws//modules/iam-group-with-policies"
  versions   = ">= 5.0.0, < 6.0.0"
  read_at    = "5.60.0"
  same_since = "5.37.2"
}

variable "create_group" {
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

variable "group_users" {
  type    = list(string)
  default = []
}

variable "custom_group_policy_arns" {
  type    = list(string)
  default = []
}

variable "custom_group_policies" {
  type    = list(map(string))
  default = []
}

variable "enable_mfa_enforcement" {
  type    = bool
  default = true
}

variable "attach_iam_self_management_policy" {
  type    = bool
  default = true
}

variable "iam_self_management_policy_name_prefix" {
  type    = string
  default = "IAMSelfManagement-"
}

variable "aws_account_id" {
  type    = string
  default = ""
}

variable "tags" {
  type    = map(string)
  default = {}
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  group_name     = var.create_group ? aws_iam_group.this[0].id : var.name
  aws_account_id = var.aws_account_id == "" ? data.aws_caller_identity.current.account_id : var.aws_account_id
  partition      = data.aws_partition.current.partition
}

resource "aws_iam_group" "this" {
  count = var.create_group ? 1 : 0
  name  = var.name
  path  = var.path
}

resource "aws_iam_group_membership" "this" {
  count = length(var.group_users) > 0 ? 1 : 0
  group = local.group_name
  name  = var.name
  users = var.group_users
}

resource "aws_iam_policy" "iam_self_management" {
  count       = var.attach_iam_self_management_policy ? 1 : 0
  name_prefix = var.iam_self_management_policy_name_prefix
  policy      = data.aws_iam_policy_document.self.json
  tags        = var.tags
}

resource "aws_iam_group_policy_attachment" "iam_self_management" {
  count      = var.attach_iam_self_management_policy ? 1 : 0
  group      = local.group_name
  policy_arn = aws_iam_policy.iam_self_management[0].arn
}

resource "aws_iam_group_policy_attachment" "custom_arns" {
  count      = length(var.custom_group_policy_arns)
  group      = local.group_name
  policy_arn = element(var.custom_group_policy_arns, count.index)
}

resource "aws_iam_policy" "custom" {
  count  = length(var.custom_group_policies)
  name   = var.custom_group_policies[count.index]["name"]
  policy = var.custom_group_policies[count.index]["policy"]
  tags   = var.tags
}

resource "aws_iam_group_policy_attachment" "custom" {
  count      = length(var.custom_group_policies)
  group      = local.group_name
  policy_arn = element(aws_iam_policy.custom[*].arn, count.index)
}

data "aws_iam_policy_document" "self" {
  dynamic "statement" {
    for_each = local.iam_self_management
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
}

locals {
  iam_self_management = concat(
    [
      {
        sid = "AllowViewAccountInfo"
        actions = [
          "iam:GetAccountSummary", "iam:GetAccountPasswordPolicy", "iam:ListAccountAliases",
          "iam:ListVirtualMFADevices",
        ]
        resources = ["*"]
      },
      {
        sid     = "AllowManageOwnPasswords"
        actions = ["iam:ChangePassword", "iam:GetLoginProfile", "iam:GetUser", "iam:UpdateLoginProfile"]
        resources = [
          "arn:${local.partition}:iam::${local.aws_account_id}:user/$${aws:username}",
          "arn:${local.partition}:iam::${local.aws_account_id}:user/*/$${aws:username}",
        ]
      },
      {
        sid = "AllowManageOwnAccessKeys"
        actions = [
          "iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey",
          "iam:GetAccessKeyLastUsed", "iam:TagUser", "iam:ListUserTags", "iam:UntagUser",
        ]
        resources = [
          "arn:${local.partition}:iam::${local.aws_account_id}:user/$${aws:username}",
          "arn:${local.partition}:iam::${local.aws_account_id}:user/*/$${aws:username}",
        ]
      },
      {
        sid = "AllowManageOwnSigningCertificates"
        actions = [
          "iam:DeleteSigningCertificate", "iam:ListSigningCertificates", "iam:UpdateSigningCertificate",
          "iam:UploadSigningCertificate",
        ]
        resources = [
          "arn:${local.partition}:iam::${local.aws_account_id}:user/$${aws:username}",
          "arn:${local.partition}:iam::${local.aws_account_id}:user/*/$${aws:username}",
        ]
      },
      {
        sid = "AllowManageOwnSSHPublicKeys"
        actions = [
          "iam:DeleteSSHPublicKey", "iam:GetSSHPublicKey", "iam:ListSSHPublicKeys", "iam:UpdateSSHPublicKey",
          "iam:UploadSSHPublicKey",
        ]
        resources = [
          "arn:${local.partition}:iam::${local.aws_account_id}:user/$${aws:username}",
          "arn:${local.partition}:iam::${local.aws_account_id}:user/*/$${aws:username}",
        ]
      },
      {
        sid = "AllowManageOwnGitCredentials"
        actions = [
          "iam:CreateServiceSpecificCredential", "iam:DeleteServiceSpecificCredential",
          "iam:ListServiceSpecificCredentials", "iam:ResetServiceSpecificCredential",
          "iam:UpdateServiceSpecificCredential",
        ]
        resources = [
          "arn:${local.partition}:iam::${local.aws_account_id}:user/$${aws:username}",
          "arn:${local.partition}:iam::${local.aws_account_id}:user/*/$${aws:username}",
        ]
      },
      {
        sid       = "AllowManageOwnVirtualMFADevice"
        actions   = ["iam:CreateVirtualMFADevice"]
        resources = ["arn:${local.partition}:iam::${local.aws_account_id}:mfa/*"]
      },
      {
        sid = "AllowManageOwnUserMFA"
        actions = [
          "iam:DeactivateMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice",
        ]
        resources = [
          "arn:${local.partition}:iam::${local.aws_account_id}:user/$${aws:username}",
          "arn:${local.partition}:iam::${local.aws_account_id}:user/*/$${aws:username}",
        ]
      },
    ],
    [for item in var.enable_mfa_enforcement ? [1] : [] : {
      sid    = "DenyAllExceptListedIfNoMFA"
      effect = "Deny"
      not_actions = [
        "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:GetMFADevice",
        "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken",
        "iam:ChangePassword",
      ]
      resources = ["*"]
      when      = [["BoolIfExists", "aws:MultiFactorAuthPresent", ["false"]]]
    }],
  )
}

output "group_name" {
  value = try(aws_iam_group.this[0].name, var.name)
}

output "group_arn" {
  value = try(aws_iam_group.this[0].arn, "")
}
