model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-eks-role"
  versions       = ">= 4.0.0, < 5.0.0"
  read_at        = "4.24.1"
  same_since     = "4.9.0"
  without_effect = ["force_detach_policies"]
}

variable "create_role" {
  type    = bool
  default = true
}

variable "role_name" {
  type    = string
  default = null
}

variable "role_path" {
  type    = string
  default = "/"
}

variable "role_permissions_boundary_arn" {
  type    = string
  default = ""
}

variable "role_description" {
  type    = string
  default = ""
}

variable "role_name_prefix" {
  type    = string
  default = null
}

variable "role_policy_arns" {
  type    = list(string)
  default = []
}

variable "cluster_service_accounts" {
  type    = map(list(string))
  default = {}
}

variable "tags" {
  type    = map(any)
  default = {}
}

variable "max_session_duration" {
  type    = number
  default = 43200
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  arn      = "arn:${data.aws_partition.current.partition}:iam"
  clusters = var.cluster_service_accounts
  issuers  = { for name, cluster in data.aws_eks_cluster.main : name => replace(cluster.identity[0].oidc[0].issuer, "https://", "") }
}

data "aws_eks_cluster" "main" {
  for_each = local.clusters
  name     = each.key
}

data "aws_iam_policy_document" "assume_role_with_oidc" {

  dynamic "statement" {
    for_each = local.clusters
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["${local.arn}::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.issuers[statement.key]}"]
      }
      condition {
        test     = "StringEquals"
        variable = "${local.issuers[statement.key]}:sub"
        values   = [for account in statement.value : "system:serviceaccount:${account}"]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count                = var.create_role ? 1 : 0
  name                 = var.role_name
  name_prefix          = var.role_name_prefix
  path                 = var.role_path
  description          = var.role_description
  assume_role_policy   = data.aws_iam_policy_document.assume_role_with_oidc.json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.role_permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "custom" {
  for_each   = toset([for arn in var.role_policy_arns : arn if var.create_role])
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
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
