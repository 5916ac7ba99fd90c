model {
  source     = "terraform-aws-modules/eks/aws"
  versions   = ">= 20.0.0, < 21.0.0"
  read_at    = "20.37.2"
  same_since = "20.31.4"
  without_effect = [
    "bootstrap_self_managed_addons", "cloudwatch_log_group_class", "cloudwatch_log_group_kms_key_id",
    "cloudwatch_log_group_retention_in_days", "cloudwatch_log_group_tags", "cluster_additional_security_group_ids",
    "cluster_addons_timeouts", "cluster_enabled_log_types", "cluster_encryption_policy_description",
    "cluster_endpoint_private_access", "cluster_endpoint_public_access", "cluster_endpoint_public_access_cidrs",
    "cluster_force_update_version", "cluster_identity_providers", "cluster_remote_network_config",
    "cluster_security_group_additional_rules", "cluster_security_group_description", "cluster_security_group_id",
    "cluster_security_group_name", "cluster_security_group_tags", "cluster_security_group_use_name_prefix",
    "cluster_service_ipv4_cidr", "cluster_service_ipv6_cidr", "cluster_tags", "cluster_timeouts",
    "cluster_upgrade_policy", "cluster_version", "cluster_zonal_shift_config", "control_plane_subnet_ids",
    "create_cloudwatch_log_group", "create_cluster_primary_security_group_tags", "create_cluster_security_group",
    "create_node_security_group", "custom_oidc_thumbprints", "dataplane_wait_duration", "enable_efa_support",
    "enable_kms_key_rotation", "include_oidc_root_ca_thumbprint", "kms_key_deletion_window_in_days",
    "kms_key_description", "node_security_group_additional_rules", "node_security_group_description",
    "node_security_group_enable_recommended_rules", "node_security_group_id", "node_security_group_name",
    "node_security_group_tags", "node_security_group_use_name_prefix", "subnet_ids", "vpc_id",
  ]
}

variable "create" {
  type    = bool
  default = true
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "prefix_separator" {
  type    = string
  default = "-"
}

variable "cluster_name" {
  type    = string
  default = ""
}

variable "authentication_mode" {
  type    = string
  default = "API_AND_CONFIG_MAP"
}

variable "cluster_compute_config" {
  type    = any
  default = {}
}

variable "cluster_ip_family" {
  type    = string
  default = "ipv4"
}

variable "outpost_config" {
  type    = any
  default = {}
}

variable "cluster_encryption_config" {
  type = any
  default = {
    resources = ["secrets"]
  }
}

variable "attach_cluster_encryption_policy" {
  type    = bool
  default = true
}

variable "access_entries" {
  type    = any
  default = {}
}

variable "enable_cluster_creator_admin_permissions" {
  type    = bool
  default = false
}

variable "create_kms_key" {
  type    = bool
  default = true
}

variable "kms_key_enable_default_policy" {
  type    = bool
  default = true
}

variable "kms_key_owners" {
  type    = list(string)
  default = []
}

variable "kms_key_administrators" {
  type    = list(string)
  default = []
}

variable "kms_key_users" {
  type    = list(string)
  default = []
}

variable "kms_key_service_users" {
  type    = list(string)
  default = []
}

variable "kms_key_source_policy_documents" {
  type    = list(string)
  default = []
}

variable "kms_key_override_policy_documents" {
  type    = list(string)
  default = []
}

variable "kms_key_aliases" {
  type    = list(string)
  default = []
}

variable "create_cni_ipv6_iam_policy" {
  type    = bool
  default = false
}

variable "enable_irsa" {
  type    = bool
  default = true
}

variable "openid_connect_audiences" {
  type    = list(string)
  default = []
}

variable "create_iam_role" {
  type    = bool
  default = true
}

variable "iam_role_arn" {
  type    = string
  default = null
}

variable "iam_role_name" {
  type    = string
  default = null
}

variable "iam_role_use_name_prefix" {
  type    = bool
  default = true
}

variable "iam_role_path" {
  type    = string
  default = null
}

variable "iam_role_description" {
  type    = string
  default = null
}

variable "iam_role_permissions_boundary" {
  type    = string
  default = null
}

variable "iam_role_additional_policies" {
  type    = map(string)
  default = {}
}

variable "enable_security_groups_for_pods" {
  type    = bool
  default = true
}

variable "iam_role_tags" {
  type    = map(string)
  default = {}
}

variable "cluster_encryption_policy_use_name_prefix" {
  type    = bool
  default = true
}

variable "cluster_encryption_policy_name" {
  type    = string
  default = null
}

variable "cluster_encryption_policy_path" {
  type    = string
  default = null
}

variable "cluster_encryption_policy_tags" {
  type    = map(string)
  default = {}
}

variable "enable_auto_mode_custom_tags" {
  type    = bool
  default = true
}

variable "cluster_addons" {
  type    = any
  default = {}
}

variable "create_node_iam_role" {
  type    = bool
  default = true
}

variable "node_iam_role_name" {
  type    = string
  default = null
}

variable "node_iam_role_use_name_prefix" {
  type    = bool
  default = true
}

variable "node_iam_role_path" {
  type    = string
  default = null
}

variable "node_iam_role_description" {
  type    = string
  default = null
}

variable "node_iam_role_permissions_boundary" {
  type    = string
  default = null
}

variable "node_iam_role_additional_policies" {
  type    = map(string)
  default = {}
}

variable "node_iam_role_tags" {
  type    = map(string)
  default = {}
}

variable "fargate_profiles" {
  type    = any
  default = {}
}

variable "fargate_profile_defaults" {
  type    = any
  default = {}
}

variable "self_managed_node_groups" {
  type    = any
  default = {}
}

variable "self_managed_node_group_defaults" {
  type    = any
  default = {}
}

variable "eks_managed_node_groups" {
  type    = any
  default = {}
}

variable "eks_managed_node_group_defaults" {
  type    = any
  default = {}
}

variable "putin_khuylo" {
  type    = bool
  default = true
}

data "aws_partition" "current" {
  count = local.create ? 1 : 0
}

data "aws_caller_identity" "current" {
  count = local.create ? 1 : 0
}

data "aws_iam_session_context" "current" {
  count = local.create ? 1 : 0
  arn   = try(data.aws_caller_identity.current[0].arn, "")
}

locals {
  create    = var.create && var.putin_khuylo
  partition = try(data.aws_partition.current[0].partition, "")

  outpost           = length(var.outpost_config) > 0
  encrypts          = length(var.cluster_encryption_config) > 0 && !local.outpost
  auto_mode         = try(var.cluster_compute_config.enabled, false)
  makes             = local.create && var.create_iam_role
  makes_node        = local.create && var.create_node_iam_role && local.auto_mode
  managed           = "arn:${local.partition}:iam::aws:policy"
  role_arn          = try(aws_iam_role.this[0].arn, var.iam_role_arn)
  role_name         = coalesce(var.iam_role_name, "${var.cluster_name}-cluster")
  node_role_name    = coalesce(var.node_iam_role_name, "${var.cluster_name}-eks-auto")
  encryption_policy = coalesce(var.cluster_encryption_policy_name, "${local.role_name}-ClusterEncryption")
  issuer_arn        = try(data.aws_iam_session_context.current[0].issuer_arn, "")
}

resource "aws_eks_cluster" "this" {
  count    = local.create ? 1 : 0
  name     = var.cluster_name
  role_arn = local.role_arn
  access_config {
    authentication_mode                         = var.authentication_mode
    bootstrap_cluster_creator_admin_permissions = false
  }
  dynamic "compute_config" {
    for_each = length(var.cluster_compute_config) > 0 ? [var.cluster_compute_config] : []
    content {
      node_role_arn = local.auto_mode && length(try(compute_config.value.node_pools, [])) > 0 ? try(compute_config.value.node_role_arn, aws_iam_role.eks_auto[0].arn, null) : null
    }
  }
}

locals {
  creator = var.enable_cluster_creator_admin_permissions ? {
    cluster_creator = {
      principal_arn = local.issuer_arn
      type          = "STANDARD"
      policy_associations = {
        admin = {
          policy_arn   = "arn:${local.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
          access_scope = { type = "cluster" }
        }
      }
    }
  } : {}
  entries = merge(local.creator, var.access_entries)
  associations = flatten([for key, entry in local.entries : [for name, policy in lookup(entry, "policy_associations", {}) : {
    key           = "${key}_${name}"
    principal_arn = entry.principal_arn
    policy_arn    = policy.policy_arn
    type          = policy.access_scope.type
    namespaces    = lookup(policy.access_scope, "namespaces", [])
  }]])
}

resource "aws_eks_access_entry" "this" {
  for_each          = { for key, entry in local.entries : key => entry if local.create }
  cluster_name      = aws_eks_cluster.this[0].id
  kubernetes_groups = try(each.value.kubernetes_groups, null)
  principal_arn     = each.value.principal_arn
  type              = try(each.value.type, "STANDARD")
  user_name         = try(each.value.user_name, null)
}

resource "aws_eks_access_policy_association" "this" {
  for_each = { for association in local.associations : association.key => association if local.create }
  access_scope {
    namespaces = each.value.namespaces
    type       = each.value.type
  }
  cluster_name  = aws_eks_cluster.this[0].id
  policy_arn    = each.value.policy_arn
  principal_arn = each.value.principal_arn
}

module "kms" {
  source                    = "terraform-aws-modules/kms/aws"
  version                   = "2.1.0"
  create                    = local.create && var.create_kms_key && local.encrypts
  enable_default_policy     = var.kms_key_enable_default_policy
  key_owners                = var.kms_key_owners
  key_administrators        = coalescelist(var.kms_key_administrators, [local.issuer_arn])
  key_users                 = concat([local.role_arn], var.kms_key_users)
  key_service_users         = var.kms_key_service_users
  source_policy_documents   = var.kms_key_source_policy_documents
  override_policy_documents = var.kms_key_override_policy_documents
  aliases                   = var.kms_key_aliases
  computed_aliases          = { cluster = { name = "eks/${var.cluster_name}" } }
  tags                      = var.tags
}

resource "aws_iam_openid_connect_provider" "oidc_provider" {
  count          = local.create && var.enable_irsa && !local.outpost ? 1 : 0
  client_id_list = distinct(compact(concat(["sts.amazonaws.com"], var.openid_connect_audiences)))
  url            = aws_eks_cluster.this[0].identity[0].oidc[0].issuer
  tags           = var.tags
}

data "aws_iam_policy_document" "assume_role_policy" {
  count = local.makes ? 1 : 0
  statement {
    sid     = "EKSClusterAssumeRole"
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
    dynamic "principals" {
      for_each = local.outpost ? ["ec2.amazonaws.com"] : []
      content {
        type        = "Service"
        identifiers = [principals.value]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count                = local.makes ? 1 : 0
  name                 = var.iam_role_use_name_prefix ? null : local.role_name
  name_prefix          = var.iam_role_use_name_prefix ? "${local.role_name}${var.prefix_separator}" : null
  path                 = var.iam_role_path
  description          = var.iam_role_description
  assume_role_policy   = data.aws_iam_policy_document.assume_role_policy[0].json
  permissions_boundary = var.iam_role_permissions_boundary
  tags                 = merge(var.tags, var.iam_role_tags)
}

locals {
  auto_policies = ["Cluster", "Compute", "BlockStorage", "LoadBalancing", "Networking"]
  attached = merge(
    local.outpost || local.auto_mode ? {} : { AmazonEKSClusterPolicy = "${local.managed}/AmazonEKSClusterPolicy" },
    !local.outpost && local.auto_mode ? {
      for name in local.auto_policies : "AmazonEKS${name}Policy" => "${local.managed}/AmazonEKS${name}Policy"
    } : {},
    local.outpost && !local.auto_mode ? {
      AmazonEKSClusterPolicy = "${local.managed}/AmazonEKSLocalOutpostClusterPolicy"
    } : {},
    var.enable_security_groups_for_pods && !local.outpost && !local.auto_mode ? {
      AmazonEKSVPCResourceController = "${local.managed}/AmazonEKSVPCResourceController"
    } : {},
  )
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

resource "aws_iam_role_policy_attachment" "cluster_encryption" {
  count      = local.makes && var.attach_cluster_encryption_policy && local.encrypts ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.cluster_encryption[0].arn
}

resource "aws_iam_policy" "cluster_encryption" {
  count       = local.makes && var.attach_cluster_encryption_policy && local.encrypts ? 1 : 0
  name        = var.cluster_encryption_policy_use_name_prefix ? null : local.encryption_policy
  name_prefix = var.cluster_encryption_policy_use_name_prefix ? local.encryption_policy : null
  path        = var.cluster_encryption_policy_path
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"]
      Resource = var.create_kms_key ? module.kms.key_arn : var.cluster_encryption_config.provider_key_arn
    }]
  })
  tags = merge(var.tags, var.cluster_encryption_policy_tags)
}

data "aws_iam_policy_document" "custom" {
  count = local.makes && var.enable_auto_mode_custom_tags ? 1 : 0
  dynamic "statement" {
    for_each = local.custom
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

resource "aws_iam_policy" "custom" {
  count       = local.makes && var.enable_auto_mode_custom_tags ? 1 : 0
  name        = var.iam_role_use_name_prefix ? null : local.role_name
  name_prefix = var.iam_role_use_name_prefix ? "${local.role_name}-" : null
  path        = var.iam_role_path
  policy      = data.aws_iam_policy_document.custom[0].json
  tags        = merge(var.tags, var.iam_role_tags)
}

resource "aws_iam_role_policy_attachment" "custom" {
  count      = local.makes && var.enable_auto_mode_custom_tags ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.custom[0].arn
}

locals {
  addons = { for name, addon in var.cluster_addons : name => addon if local.create && !local.outpost }
}

resource "aws_eks_addon" "this" {
  for_each     = { for name, addon in local.addons : name => addon if !try(addon.before_compute, false) }
  cluster_name = aws_eks_cluster.this[0].id
  addon_name   = try(each.value.name, each.key)
  dynamic "pod_identity_association" {
    for_each = try(each.value.pod_identity_association, [])
    content {
      role_arn        = pod_identity_association.value.role_arn
      service_account = pod_identity_association.value.service_account
    }
  }
  service_account_role_arn = try(each.value.service_account_role_arn, null)
}

resource "aws_eks_addon" "before_compute" {
  for_each     = { for name, addon in local.addons : name => addon if try(addon.before_compute, false) }
  cluster_name = aws_eks_cluster.this[0].id
  addon_name   = try(each.value.name, each.key)
  dynamic "pod_identity_association" {
    for_each = try(each.value.pod_identity_association, [])
    content {
      role_arn        = pod_identity_association.value.role_arn
      service_account = pod_identity_association.value.service_account
    }
  }
  service_account_role_arn = try(each.value.service_account_role_arn, null)
}

data "aws_iam_policy_document" "node_assume_role_policy" {
  count = local.makes_node ? 1 : 0
  statement {
    sid     = "EKSAutoNodeAssumeRole"
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "eks_auto" {
  count                = local.makes_node ? 1 : 0
  name                 = var.node_iam_role_use_name_prefix ? null : local.node_role_name
  name_prefix          = var.node_iam_role_use_name_prefix ? "${local.node_role_name}-" : null
  path                 = var.node_iam_role_path
  description          = var.node_iam_role_description
  assume_role_policy   = data.aws_iam_policy_document.node_assume_role_policy[0].json
  permissions_boundary = var.node_iam_role_permissions_boundary
  tags                 = merge(var.tags, var.node_iam_role_tags)
}

resource "aws_iam_role_policy_attachment" "eks_auto" {
  for_each   = { for name in ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"] : name => name if local.makes_node }
  policy_arn = "${local.managed}/${each.value}"
  role       = aws_iam_role.eks_auto[0].name
}

resource "aws_iam_role_policy_attachment" "eks_auto_additional" {
  for_each   = { for name, arn in var.node_iam_role_additional_policies : name => arn if local.makes_node }
  policy_arn = each.value
  role       = aws_iam_role.eks_auto[0].name
}

data "aws_iam_policy_document" "cni_ipv6_policy" {
  count = var.create && var.create_cni_ipv6_iam_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.cni_ipv6_policy
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

resource "aws_iam_policy" "cni_ipv6_policy" {
  count  = var.create && var.create_cni_ipv6_iam_policy ? 1 : 0
  name   = "AmazonEKS_CNI_IPv6_Policy"
  policy = data.aws_iam_policy_document.cni_ipv6_policy[0].json
  tags   = var.tags
}

module "fargate_profile" {
  source                        = "./modules/fargate-profile"
  for_each                      = { for name, group in var.fargate_profiles : name => group if var.create && !local.outpost }
  create                        = try(each.value.create, true)
  cluster_name                  = aws_eks_cluster.this[0].id
  cluster_ip_family             = var.cluster_ip_family
  name                          = try(each.value.name, each.key)
  tags                          = merge(var.tags, try(each.value.tags, var.fargate_profile_defaults.tags, {}))
  iam_role_additional_policies  = lookup(each.value, "iam_role_additional_policies", lookup(var.fargate_profile_defaults, "iam_role_additional_policies", {}))
  create_iam_role_policy        = try(each.value.create_iam_role_policy, var.fargate_profile_defaults.create_iam_role_policy, true)
  iam_role_policy_statements    = try(each.value.iam_role_policy_statements, var.fargate_profile_defaults.iam_role_policy_statements, [])
  iam_role_arn                  = try(each.value.iam_role_arn, var.fargate_profile_defaults.iam_role_arn, null)
  iam_role_attach_cni_policy    = try(each.value.iam_role_attach_cni_policy, var.fargate_profile_defaults.iam_role_attach_cni_policy, true)
  iam_role_description          = try(each.value.iam_role_description, var.fargate_profile_defaults.iam_role_description, "Fargate profile IAM role")
  iam_role_name                 = try(each.value.iam_role_name, var.fargate_profile_defaults.iam_role_name, null)
  iam_role_path                 = try(each.value.iam_role_path, var.fargate_profile_defaults.iam_role_path, null)
  iam_role_permissions_boundary = try(each.value.iam_role_permissions_boundary, var.fargate_profile_defaults.iam_role_permissions_boundary, null)
  iam_role_tags                 = try(each.value.iam_role_tags, var.fargate_profile_defaults.iam_role_tags, {})
  iam_role_use_name_prefix      = try(each.value.iam_role_use_name_prefix, var.fargate_profile_defaults.iam_role_use_name_prefix, true)
  create_iam_role               = try(each.value.create_iam_role, var.fargate_profile_defaults.create_iam_role, true)
}

module "eks_managed_node_group" {
  source                        = "./modules/eks-managed-node-group"
  for_each                      = { for name, group in var.eks_managed_node_groups : name => group if var.create && !local.outpost }
  create                        = try(each.value.create, true)
  cluster_name                  = aws_eks_cluster.this[0].id
  cluster_ip_family             = var.cluster_ip_family
  name                          = try(each.value.name, each.key)
  tags                          = merge(var.tags, try(each.value.tags, var.eks_managed_node_group_defaults.tags, {}))
  iam_role_additional_policies  = lookup(each.value, "iam_role_additional_policies", lookup(var.eks_managed_node_group_defaults, "iam_role_additional_policies", {}))
  create_iam_role_policy        = try(each.value.create_iam_role_policy, var.eks_managed_node_group_defaults.create_iam_role_policy, true)
  iam_role_policy_statements    = try(each.value.iam_role_policy_statements, var.eks_managed_node_group_defaults.iam_role_policy_statements, [])
  iam_role_arn                  = try(each.value.iam_role_arn, var.eks_managed_node_group_defaults.iam_role_arn, null)
  iam_role_attach_cni_policy    = try(each.value.iam_role_attach_cni_policy, var.eks_managed_node_group_defaults.iam_role_attach_cni_policy, true)
  iam_role_description          = try(each.value.iam_role_description, var.eks_managed_node_group_defaults.iam_role_description, "EKS managed node group IAM role")
  iam_role_name                 = try(each.value.iam_role_name, var.eks_managed_node_group_defaults.iam_role_name, null)
  iam_role_path                 = try(each.value.iam_role_path, var.eks_managed_node_group_defaults.iam_role_path, null)
  iam_role_permissions_boundary = try(each.value.iam_role_permissions_boundary, var.eks_managed_node_group_defaults.iam_role_permissions_boundary, null)
  iam_role_tags                 = try(each.value.iam_role_tags, var.eks_managed_node_group_defaults.iam_role_tags, {})
  iam_role_use_name_prefix      = try(each.value.iam_role_use_name_prefix, var.eks_managed_node_group_defaults.iam_role_use_name_prefix, true)
  create_iam_role               = try(each.value.create_iam_role, var.eks_managed_node_group_defaults.create_iam_role, true)
  use_name_prefix               = try(each.value.use_name_prefix, var.eks_managed_node_group_defaults.use_name_prefix, true)
}

module "self_managed_node_group" {
  source                        = "./modules/self-managed-node-group"
  for_each                      = { for name, group in var.self_managed_node_groups : name => group if var.create }
  create                        = try(each.value.create, true)
  cluster_name                  = aws_eks_cluster.this[0].id
  cluster_ip_family             = var.cluster_ip_family
  name                          = try(each.value.name, each.key)
  tags                          = merge(var.tags, try(each.value.tags, var.self_managed_node_group_defaults.tags, {}))
  iam_role_additional_policies  = lookup(each.value, "iam_role_additional_policies", lookup(var.self_managed_node_group_defaults, "iam_role_additional_policies", {}))
  create_iam_role_policy        = try(each.value.create_iam_role_policy, var.self_managed_node_group_defaults.create_iam_role_policy, true)
  iam_role_policy_statements    = try(each.value.iam_role_policy_statements, var.self_managed_node_group_defaults.iam_role_policy_statements, [])
  iam_role_arn                  = try(each.value.iam_role_arn, var.self_managed_node_group_defaults.iam_role_arn, null)
  iam_role_attach_cni_policy    = try(each.value.iam_role_attach_cni_policy, var.self_managed_node_group_defaults.iam_role_attach_cni_policy, true)
  iam_role_description          = try(each.value.iam_role_description, var.self_managed_node_group_defaults.iam_role_description, "Self managed node group IAM role")
  iam_role_name                 = try(each.value.iam_role_name, var.self_managed_node_group_defaults.iam_role_name, null)
  iam_role_path                 = try(each.value.iam_role_path, var.self_managed_node_group_defaults.iam_role_path, null)
  iam_role_permissions_boundary = try(each.value.iam_role_permissions_boundary, var.self_managed_node_group_defaults.iam_role_permissions_boundary, null)
  iam_role_tags                 = try(each.value.iam_role_tags, var.self_managed_node_group_defaults.iam_role_tags, {})
  iam_role_use_name_prefix      = try(each.value.iam_role_use_name_prefix, var.self_managed_node_group_defaults.iam_role_use_name_prefix, true)
  create_iam_instance_profile   = try(each.value.create_iam_instance_profile, var.self_managed_node_group_defaults.create_iam_instance_profile, true)
  iam_instance_profile_arn      = try(each.value.iam_instance_profile_arn, var.self_managed_node_group_defaults.iam_instance_profile_arn, null)
  create_access_entry           = try(each.value.create_access_entry, var.self_managed_node_group_defaults.create_access_entry, true)
  create_launch_template        = try(each.value.create_launch_template, var.self_managed_node_group_defaults.create_launch_template, true)
  ami_type                      = try(each.value.ami_type, var.self_managed_node_group_defaults.ami_type, "AL2_x86_64")
}

output "cluster_arn" {
  value = try(aws_eks_cluster.this[0].arn, null)
}

output "cluster_name" {
  value = try(aws_eks_cluster.this[0].name, "")
}

output "cluster_oidc_issuer_url" {
  value = try(aws_eks_cluster.this[0].identity[0].oidc[0].issuer, null)
}

output "oidc_provider" {
  value = try(replace(aws_eks_cluster.this[0].identity[0].oidc[0].issuer, "https://", ""), null)
}

output "oidc_provider_arn" {
  value = try(aws_iam_openid_connect_provider.oidc_provider[0].arn, null)
}

output "cluster_iam_role_name" {
  value = try(aws_iam_role.this[0].name, null)
}

output "cluster_iam_role_arn" {
  value = try(aws_iam_role.this[0].arn, null)
}

output "node_iam_role_name" {
  value = try(aws_iam_role.eks_auto[0].name, null)
}

output "node_iam_role_arn" {
  value = try(aws_iam_role.eks_auto[0].arn, null)
}

output "kms_key_arn" {
  value = module.kms.key_arn
}

output "eks_managed_node_groups" {
  value = module.eks_managed_node_group
}

output "self_managed_node_groups" {
  value = module.self_managed_node_group
}

output "fargate_profiles" {
  value = module.fargate_profile
}

locals {
  custom = [
    {
      sid       = "Compute"
      actions   = ["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"]
      resources = ["*"]
      when = [
        ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", ["$${aws:PrincipalTag/eks:eks-cluster-name}"]],
        ["StringLike", "aws:RequestTag/eks:kubernetes-node-class-name", ["*"]],
        ["StringLike", "aws:RequestTag/eks:kubernetes-node-pool-name", ["*"]],
      ]
    },
    {
      sid       = "Storage"
      actions   = ["ec2:CreateVolume", "ec2:CreateSnapshot"]
      resources = ["arn:${local.partition}:ec2:*:*:volume/*", "arn:${local.partition}:ec2:*:*:snapshot/*"]
      when = [
        ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", ["$${aws:PrincipalTag/eks:eks-cluster-name}"]],
      ]
    },
    {
      sid       = "Networking"
      actions   = ["ec2:CreateNetworkInterface"]
      resources = ["*"]
      when = [
        ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", ["$${aws:PrincipalTag/eks:eks-cluster-name}"]],
        ["StringEquals", "aws:RequestTag/eks:kubernetes-cni-node-name", ["*"]],
      ]
    },
    {
      sid = "LoadBalancer"
      actions = [
        "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup",
        "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateRule", "ec2:CreateSecurityGroup",
      ]
      resources = ["*"]
      when = [
        ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", ["$${aws:PrincipalTag/eks:eks-cluster-name}"]],
      ]
    },
    {
      sid       = "ShieldProtection"
      actions   = ["shield:CreateProtection"]
      resources = ["*"]
      when = [
        ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", ["$${aws:PrincipalTag/eks:eks-cluster-name}"]],
      ]
    },
    {
      sid       = "ShieldTagResource"
      actions   = ["shield:TagResource"]
      resources = ["arn:${local.partition}:shield::*:protection/*"]
      when = [
        ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", ["$${aws:PrincipalTag/eks:eks-cluster-name}"]],
      ]
    },
  ]
}

locals {
  cni_ipv6_policy = [
    {
      sid = "AssignDescribe"
      actions = [
        "ec2:AssignIpv6Addresses", "ec2:DescribeInstances", "ec2:DescribeTags", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeInstanceTypes",
      ]
      resources = ["*"]
    },
    {
      sid       = "CreateTags"
      actions   = ["ec2:CreateTags"]
      resources = ["arn:${local.partition}:ec2:*:*:network-interface/*"]
    },
  ]
}
