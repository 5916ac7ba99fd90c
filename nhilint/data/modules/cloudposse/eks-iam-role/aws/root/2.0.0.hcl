model {
  source     = "cloudposse/eks-iam-role/aws"
  versions   = ">= 2.0.0, < 3.0.0"
  read_at    = "2.2.1"
  same_since = "2.1.1"
}

variable "context" {
  type = any
  default = {
    enabled             = true
    namespace           = null
    tenant              = null
    environment         = null
    stage               = null
    name                = null
    delimiter           = null
    attributes          = []
    tags                = {}
    additional_tag_map  = {}
    regex_replace_chars = null
    label_order         = []
    id_length_limit     = null
    label_key_case      = null
    label_value_case    = null
    descriptor_formats  = {}
    labels_as_tags      = ["unset"]
  }
}

variable "enabled" {
  type    = bool
  default = null
}

variable "namespace" {
  type    = string
  default = null
}

variable "tenant" {
  type    = string
  default = null
}

variable "environment" {
  type    = string
  default = null
}

variable "stage" {
  type    = string
  default = null
}

variable "name" {
  type    = string
  default = null
}

variable "delimiter" {
  type    = string
  default = null
}

variable "attributes" {
  type    = list(string)
  default = []
}

variable "labels_as_tags" {
  type    = set(string)
  default = ["default"]
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "additional_tag_map" {
  type    = map(string)
  default = {}
}

variable "label_order" {
  type    = list(string)
  default = null
}

variable "regex_replace_chars" {
  type    = string
  default = null
}

variable "id_length_limit" {
  type    = number
  default = null
}

variable "label_key_case" {
  type    = string
  default = null
}

variable "label_value_case" {
  type    = string
  default = null
}

variable "descriptor_formats" {
  type    = any
  default = {}
}

variable "service_account_name" {
  type    = string
  default = null
}

variable "service_account_namespace" {
  type    = string
  default = null
}

variable "service_account_namespace_name_list" {
  type    = list(string)
  default = []
}

variable "aws_account_number" {
  type    = string
  default = null
}

variable "aws_partition" {
  type    = string
  default = "aws"
}

variable "aws_iam_policy_document" {
  type    = any
  default = []
}

variable "eks_cluster_oidc_issuer_url" {
  type = string
}

variable "permissions_boundary" {
  type    = string
  default = null
}

variable "managed_policy_arns" {
  type    = set(string)
  default = []
}

module "this" {
  source              = "cloudposse/label/null"
  version             = "0.25.0"
  enabled             = var.enabled
  namespace           = var.namespace
  tenant              = var.tenant
  environment         = var.environment
  stage               = var.stage
  name                = var.name
  delimiter           = var.delimiter
  attributes          = var.attributes
  tags                = var.tags
  additional_tag_map  = var.additional_tag_map
  label_order         = var.label_order
  regex_replace_chars = var.regex_replace_chars
  id_length_limit     = var.id_length_limit
  label_key_case      = var.label_key_case
  label_value_case    = var.label_value_case
  descriptor_formats  = var.descriptor_formats
  labels_as_tags      = var.labels_as_tags
  context             = var.context
}

data "aws_caller_identity" "current" {
  count = module.this.enabled ? 1 : 0
}

locals {
  issuer      = module.this.enabled ? replace(var.eks_cluster_oidc_issuer_url, "https://", "") : ""
  aws_account = module.this.enabled ? coalesce(var.aws_account_number, data.aws_caller_identity.current[0].account_id) : ""
  only_listed = (var.service_account_name == null && var.service_account_namespace == null
  && length(var.service_account_namespace_name_list) > 0)
  accounts = concat(
    local.only_listed ? [] : ["${coalesce(var.service_account_namespace, "*")}:${coalesce(var.service_account_name, "*")}"],
    var.service_account_namespace_name_list,
  )
  account        = replace(split(":", local.accounts[0])[1], "*", "all")
  kube_namespace = replace(split(":", local.accounts[0])[0], "*", "all")
  account_id     = trimsuffix(format("%v@%v", local.account, local.kube_namespace), format("@%v", local.account))
  document       = try(var.aws_iam_policy_document[0], tostring(var.aws_iam_policy_document), "{}")
  has_policy     = module.this.enabled && length(var.aws_iam_policy_document) > 0
}

module "service_account_label" {
  source              = "cloudposse/label/null"
  version             = "0.25.0"
  attributes          = [local.account_id]
  regex_replace_chars = "/[^-a-zA-Z0-9@_]/"
  id_length_limit     = 64
  context             = module.this.context
}

resource "aws_iam_role" "service_account" {
  count                = module.this.enabled ? 1 : 0
  name                 = module.service_account_label.id
  description          = "Role assumed by EKS ServiceAccount ${local.account_id}"
  assume_role_policy   = data.aws_iam_policy_document.service_account_assume_role[0].json
  permissions_boundary = var.permissions_boundary
  tags                 = module.service_account_label.tags
}

data "aws_iam_policy_document" "service_account_assume_role" {
  count = module.this.enabled ? 1 : 0
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [format("arn:%s:iam::%s:oidc-provider/%s", var.aws_partition, local.aws_account, local.issuer)]
    }
    condition {
      test     = "StringLike"
      variable = format("%s:sub", local.issuer)
      values   = formatlist("system:serviceaccount:%s", local.accounts)
    }
    condition {
      test     = "StringEquals"
      variable = format("%s:aud", local.issuer)
      values   = ["sts.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "service_account" {
  count  = local.has_policy ? 1 : 0
  name   = module.service_account_label.id
  policy = local.document
  tags   = module.service_account_label.tags
}

resource "aws_iam_role_policy_attachment" "service_account" {
  count      = local.has_policy ? 1 : 0
  role       = aws_iam_role.service_account[0].name
  policy_arn = aws_iam_policy.service_account[0].arn
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each   = module.this.enabled ? var.managed_policy_arns : []
  role       = aws_iam_role.service_account[0].name
  policy_arn = each.key
}

output "service_account_namespace" {
  value = module.this.enabled ? var.service_account_namespace : null
}

output "service_account_name" {
  value = module.this.enabled ? var.service_account_name : null
}

output "service_account_role_name" {
  value = module.this.enabled ? aws_iam_role.service_account[0].name : null
}

output "service_account_role_arn" {
  value = module.this.enabled ? aws_iam_role.service_account[0].arn : null
}

output "service_account_policy_name" {
  value = local.has_policy ? aws_iam_policy.service_account[0].name : null
}

output "service_account_policy_arn" {
  value = local.has_policy ? aws_iam_policy.service_account[0].arn : null
}
