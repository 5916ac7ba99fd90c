model {
  source         = "terraform-aws-modules/eks/aws//modules/fargate-profile"
  versions       = ">= 21.0.0, < 22.0.0"
  read_at        = "21.19.0"
  without_effect = ["selectors", "subnet_ids", "timeouts"]
}

variable "create" {
  type     = bool
  default  = true
  nullable = false
}

variable "tags" {
  type     = map(string)
  default  = {}
  nullable = false
}

variable "region" {
  type    = string
  default = null
}

variable "partition" {
  type    = string
  default = ""
}

variable "account_id" {
  type    = string
  default = ""
}

variable "create_iam_role" {
  type     = bool
  default  = true
  nullable = false
}

variable "cluster_ip_family" {
  type    = string
  default = "ipv4"
}

variable "iam_role_arn" {
  type    = string
  default = null
}

variable "iam_role_name" {
  type    = string
  default = ""
}

variable "iam_role_use_name_prefix" {
  type     = bool
  default  = true
  nullable = false
}

variable "iam_role_path" {
  type    = string
  default = null
}

variable "iam_role_description" {
  type     = string
  default  = "Fargate profile IAM role"
  nullable = false
}

variable "iam_role_permissions_boundary" {
  type    = string
  default = null
}

variable "iam_role_attach_cni_policy" {
  type     = bool
  default  = true
  nullable = false
}

variable "iam_role_additional_policies" {
  type     = map(string)
  default  = {}
  nullable = false
}

variable "iam_role_tags" {
  type     = map(string)
  default  = {}
  nullable = false
}

variable "create_iam_role_policy" {
  type     = bool
  default  = true
  nullable = false
}

variable "iam_role_policy_statements" {
  type = list(object({
    sid           = optional(string)
    actions       = optional(list(string))
    not_actions   = optional(list(string))
    effect        = optional(string)
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
      values   = list(string)
      variable = string
    })))
  }))
  default = null
}

variable "cluster_name" {
  type    = string
  default = ""
}

variable "name" {
  type     = string
  default  = ""
  nullable = false
}

data "aws_partition" "current" {
  count = var.create && var.partition == "" ? 1 : 0
}

data "aws_caller_identity" "current" {
  count = var.create && var.account_id == "" ? 1 : 0
}

data "aws_region" "current" {
  region = var.region
}

locals {
  partition  = try(data.aws_partition.current[0].partition, var.partition)
  account_id = try(data.aws_caller_identity.current[0].account_id, var.account_id)
  region     = data.aws_region.current.region
  role_name  = coalesce(var.iam_role_name, var.name, "fargate-profile")
}

data "aws_iam_policy_document" "assume_role_policy" {
  count = local.makes ? 1 : 0
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["eks-fargate-pods.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:eks:${local.region}:${local.account_id}:fargateprofile/${var.cluster_name}/*"]
    }
  }
}

locals {
  makes   = var.create && var.create_iam_role
  managed = "arn:${local.partition}:iam::aws:policy"
  cni = {
    ipv4 = { AmazonEKS_CNI_Policy = "${local.managed}/AmazonEKS_CNI_Policy" }
    ipv6 = { AmazonEKS_CNI_IPv6_Policy = "arn:${local.partition}:iam::${local.account_id}:policy/AmazonEKS_CNI_IPv6_Policy" }
  }
  attached = merge(
    { for name in ["AmazonEKSFargatePodExecutionRolePolicy"] : name => "${local.managed}/${name}" },
    var.iam_role_attach_cni_policy && var.cluster_ip_family == "ipv4" ? local.cni.ipv4 : {},
    var.iam_role_attach_cni_policy && var.cluster_ip_family == "ipv6" ? local.cni.ipv6 : {},
  )
  own_policy = local.makes && var.create_iam_role_policy && var.iam_role_policy_statements != null
}

resource "aws_iam_role" "this" {
  count                = local.makes ? 1 : 0
  name                 = var.iam_role_use_name_prefix ? null : local.role_name
  name_prefix          = var.iam_role_use_name_prefix ? "${local.role_name}-" : null
  path                 = var.iam_role_path
  description          = var.iam_role_description
  assume_role_policy   = data.aws_iam_policy_document.assume_role_policy[0].json
  permissions_boundary = var.iam_role_permissions_boundary
  tags                 = merge(var.tags, var.iam_role_tags)
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for name, arn in local.attached : name => arn if local.makes }
  policy_arn = each.value
  role       = aws_iam_role.this[0].name
}

resource "aws_iam_role_policy_attachment" "additional" {
  for_each   = { for name, arn in var.iam_role_additional_policies : name => arn if local.makes }
  policy_arn = each.value
  role       = aws_iam_role.this[0].name
}

data "aws_iam_policy_document" "role" {
  count = local.own_policy ? 1 : 0
  dynamic "statement" {
    for_each = var.iam_role_policy_statements == null ? {} : var.iam_role_policy_statements
    iterator = given
    content {
      sid           = given.value.sid
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

resource "aws_iam_role_policy" "this" {
  count       = local.own_policy ? 1 : 0
  name        = var.iam_role_use_name_prefix ? null : local.role_name
  name_prefix = var.iam_role_use_name_prefix ? "${local.role_name}-" : null
  policy      = data.aws_iam_policy_document.role[0].json
  role        = aws_iam_role.this[0].id
}

resource "aws_eks_fargate_profile" "this" {
  count                  = var.create ? 1 : 0
  region                 = var.region
  cluster_name           = var.cluster_name
  fargate_profile_name   = var.name
  pod_execution_role_arn = var.create_iam_role ? aws_iam_role.this[0].arn : var.iam_role_arn
}

output "iam_role_name" {
  value = try(aws_iam_role.this[0].name, null)
}

output "iam_role_arn" {
  value = try(aws_iam_role.this[0].arn, var.iam_role_arn)
}
