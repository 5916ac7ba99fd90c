model {
  source   = "terraform-aws-modules/iam/aws//modules/iam-role"
  versions = ">= 6.0.0, < 7.0.0"
  read_at  = "6.5.0"
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

variable "description" {
  type    = string
  default = null
}

variable "max_session_duration" {
  type    = number
  default = null
}

variable "permissions_boundary" {
  type    = string
  default = null
}

variable "trust_policy_permissions" {
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

variable "trust_policy_conditions" {
  type = list(object({
    test     = string
    variable = string
    values   = list(string)
  }))
  default = []
}

variable "policies" {
  type    = map(string)
  default = {}
}

variable "enable_oidc" {
  type    = bool
  default = false
}

variable "oidc_account_id" {
  type    = string
  default = null
}

variable "oidc_provider_urls" {
  type    = list(string)
  default = []
}

variable "oidc_subjects" {
  type    = list(string)
  default = []
}

variable "oidc_wildcard_subjects" {
  type    = list(string)
  default = []
}

variable "oidc_audiences" {
  type    = list(string)
  default = []
}

variable "enable_github_oidc" {
  type    = bool
  default = false
}

variable "github_provider" {
  type    = string
  default = "token.actions.githubusercontent.com"
}

variable "enable_bitbucket_oidc" {
  type    = bool
  default = false
}

variable "enable_saml" {
  type    = bool
  default = false
}

variable "saml_provider_ids" {
  type    = list(string)
  default = []
}

variable "saml_endpoints" {
  type    = list(string)
  default = ["https://signin.aws.amazon.com/saml"]
}

variable "saml_trust_actions" {
  type    = list(string)
  default = []
}

variable "create_inline_policy" {
  type    = bool
  default = false
}

variable "source_inline_policy_documents" {
  type    = list(string)
  default = []
}

variable "override_inline_policy_documents" {
  type    = list(string)
  default = []
}

variable "inline_policy_permissions" {
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

variable "create_instance_profile" {
  type    = bool
  default = false
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  arn       = "arn:${data.aws_partition.current.partition}:iam"
  account   = data.aws_caller_identity.current.account_id
  providers = [for url in var.oidc_provider_urls : replace(url, "https://", "")]
  bitbucket = try(element(local.providers, 0), null)
  audiences = coalescelist(var.oidc_audiences, ["sts.amazonaws.com"])

  oidc = [for name in local.providers : {
    sid     = null
    name    = name
    account = coalesce(var.oidc_account_id, local.account)
    tests   = [for test in [["StringEquals", "aud", var.oidc_audiences]] : test if length(test[2]) > 0]
    exact   = var.oidc_subjects
    like    = var.oidc_wildcard_subjects
  }]
  github = [{
    sid     = "GithubOidcAuth"
    name    = var.github_provider
    account = local.account
    tests = [
      ["ForAllValues:StringEquals", "iss", ["https://${var.github_provider}"]],
      ["ForAllValues:StringEquals", "aud", local.audiences],
    ]
    exact = [for subject in var.oidc_subjects : "repo:${trimprefix(subject, "repo:")}"]
    like  = [for subject in var.oidc_wildcard_subjects : "repo:${trimprefix(subject, "repo:")}"]
  }]
  bitbuckets = [{
    sid     = "BitbucketOidcAuth"
    name    = local.bitbucket
    account = local.account
    tests   = [["ForAllValues:StringEquals", "aud", local.audiences]]
    exact   = var.oidc_subjects
    like    = var.oidc_wildcard_subjects
  }]
  web = concat(
    var.enable_oidc ? local.oidc : [],
    var.enable_github_oidc ? local.github : [],
    var.enable_bitbucket_oidc ? local.bitbuckets : [],
  )
}

data "aws_iam_policy_document" "this" {
  count = var.create ? 1 : 0

  dynamic "statement" {
    for_each = local.web
    iterator = by
    content {
      sid     = by.value.sid
      actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["${local.arn}::${by.value.account}:oidc-provider/${by.value.name}"]
      }
      dynamic "condition" {
        for_each = by.value.tests
        content {
          test     = condition.value[0]
          variable = "${by.value.name}:${condition.value[1]}"
          values   = condition.value[2]
        }
      }
      dynamic "condition" {
        for_each = length(var.oidc_subjects) > 0 ? ["StringEquals"] : []
        content {
          test     = condition.value
          variable = "${by.value.name}:sub"
          values   = by.value.exact
        }
      }
      dynamic "condition" {
        for_each = length(var.oidc_wildcard_subjects) > 0 ? ["StringLike"] : []
        content {
          test     = condition.value
          variable = "${by.value.name}:sub"
          values   = by.value.like
        }
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

  dynamic "statement" {
    for_each = var.enable_saml ? [1] : []
    content {
      actions = compact(distinct(concat(["sts:TagSession", "sts:AssumeRoleWithSAML"], var.saml_trust_actions)))
      principals {
        type        = "Federated"
        identifiers = var.saml_provider_ids
      }
      condition {
        test     = "StringEquals"
        variable = "SAML:aud"
        values   = var.saml_endpoints
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

  dynamic "statement" {
    for_each = var.trust_policy_permissions == null ? {} : var.trust_policy_permissions
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

resource "aws_iam_role" "this" {
  count                = var.create ? 1 : 0
  name                 = var.use_name_prefix ? null : var.name
  name_prefix          = var.use_name_prefix ? "${var.name}-" : null
  path                 = var.path
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.this[0].json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for name, arn in var.policies : name => arn if var.create }
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

data "aws_iam_policy_document" "inline" {
  count                     = var.create && var.create_inline_policy ? 1 : 0
  source_policy_documents   = var.source_inline_policy_documents
  override_policy_documents = var.override_inline_policy_documents

  dynamic "statement" {
    for_each = var.inline_policy_permissions == null ? {} : var.inline_policy_permissions
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

resource "aws_iam_role_policy" "inline" {
  count       = var.create && var.create_inline_policy ? 1 : 0
  role        = aws_iam_role.this[0].name
  name        = var.use_name_prefix ? null : var.name
  name_prefix = var.use_name_prefix ? "${var.name}-" : null
  policy      = data.aws_iam_policy_document.inline[0].json
}

resource "aws_iam_instance_profile" "this" {
  count       = var.create && var.create_instance_profile ? 1 : 0
  role        = aws_iam_role.this[0].name
  name        = var.use_name_prefix ? null : var.name
  name_prefix = var.use_name_prefix ? "${var.name}-" : null
  path        = var.path
}

output "name" {
  value = try(aws_iam_role.this[0].name, null)
}

output "arn" {
  value = try(aws_iam_role.this[0].arn, null)
}

output "instance_profile_arn" {
  value = try(aws_iam_instance_profile.this[0].arn, null)
}

output "instance_profile_id" {
  value = try(aws_iam_instance_profile.this[0].id, null)
}

output "instance_profile_name" {
  value = try(aws_iam_instance_profile.this[0].name, null)
}
