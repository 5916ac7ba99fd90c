model {
  source     = "terraform-aws-modules/eks/aws"
  versions   = ">= 21.0.0, < 22.0.0"
  read_at    = "21.19.0"
  same_since = "21.0.4"
  without_effect = [
    "additional_security_group_ids", "addons_timeouts", "cloudwatch_log_group_class",
    "cloudwatch_log_group_kms_key_id", "cloudwatch_log_group_retention_in_days", "cloudwatch_log_group_tags",
    "cluster_tags", "control_plane_scaling_config", "control_plane_subnet_ids", "create_cloudwatch_log_group",
    "create_node_security_group", "create_primary_security_group_tags", "create_security_group",
    "custom_oidc_thumbprints", "dataplane_wait_duration", "deletion_protection", "enable_kms_key_rotation",
    "enabled_log_types", "encryption_policy_description", "endpoint_private_access", "endpoint_public_access",
    "endpoint_public_access_cidrs", "force_update_version", "identity_providers", "include_oidc_root_ca_thumbprint",
    "kms_key_deletion_window_in_days", "kms_key_description", "kms_key_rotation_period_in_days",
    "kubernetes_version", "node_security_group_additional_rules", "node_security_group_description",
    "node_security_group_enable_recommended_rules", "node_security_group_id", "node_security_group_name",
    "node_security_group_tags", "node_security_group_use_name_prefix", "remote_network_config",
    "security_group_additional_rules", "security_group_description", "security_group_id", "security_group_name",
    "security_group_tags", "security_group_use_name_prefix", "service_ipv4_cidr", "service_ipv6_cidr", "subnet_ids",
    "timeouts", "upgrade_policy", "vpc_id", "zonal_shift_config",
  ]
}

variable "create" {
  type    = bool
  default = true
}

variable "prefix_separator" {
  type    = string
  default = "-"
}

variable "region" {
  type    = string
  default = null
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "name" {
  type    = string
  default = ""
}

variable "authentication_mode" {
  type    = string
  default = "API_AND_CONFIG_MAP"
}

variable "compute_config" {
  type = object({
    enabled       = optional(bool, false)
    node_pools    = optional(list(string))
    node_role_arn = optional(string)
  })
  default = null
}

variable "ip_family" {
  type    = string
  default = "ipv4"
}

variable "outpost_config" {
  type = object({
    control_plane_instance_type = optional(string)
    control_plane_placement = optional(object({
      group_name = string
    }))
    outpost_arns = list(string)
  })
  default = null
}

variable "encryption_config" {
  type = object({
    provider_key_arn = optional(string)
    resources        = optional(list(string), ["secrets"])
  })
  default = {}
}

variable "attach_encryption_policy" {
  type    = bool
  default = true
}

variable "access_entries" {
  type = map(object({
    kubernetes_groups = optional(list(string))
    principal_arn     = string
    type              = optional(string, "STANDARD")
    user_name         = optional(string)
    tags              = optional(map(string), {})
    policy_associations = optional(map(object({
      policy_arn = string
      access_scope = object({
        namespaces = optional(list(string))
        type       = string
      })
    })), {})
  }))
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

variable "iam_role_tags" {
  type    = map(string)
  default = {}
}

variable "encryption_policy_use_name_prefix" {
  type    = bool
  default = true
}

variable "encryption_policy_name" {
  type    = string
  default = null
}

variable "encryption_policy_path" {
  type    = string
  default = null
}

variable "encryption_policy_tags" {
  type    = map(string)
  default = {}
}

variable "enable_auto_mode_custom_tags" {
  type    = bool
  default = true
}

variable "create_auto_mode_iam_resources" {
  type    = bool
  default = false
}

variable "addons" {
  type = map(object({
    name                 = optional(string) # will fall back to map key
    before_compute       = optional(bool, false)
    most_recent          = optional(bool, true)
    addon_version        = optional(string)
    configuration_values = optional(string)
    pod_identity_association = optional(list(object({
      role_arn        = string
      service_account = string
    })))
    preserve                    = optional(bool, true)
    resolve_conflicts_on_create = optional(string, "NONE")
    resolve_conflicts_on_update = optional(string, "OVERWRITE")
    service_account_role_arn    = optional(string)
    timeouts = optional(object({
      create = optional(string)
      update = optional(string)
      delete = optional(string)
    }), {})
    tags = optional(map(string), {})
  }))
  default = null
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
  type = map(object({
    create                        = optional(bool)
    name                          = optional(string)
    create_iam_role               = optional(bool)
    iam_role_arn                  = optional(string)
    iam_role_name                 = optional(string)
    iam_role_use_name_prefix      = optional(bool)
    iam_role_path                 = optional(string)
    iam_role_description          = optional(string)
    iam_role_permissions_boundary = optional(string)
    iam_role_tags                 = optional(map(string))
    iam_role_attach_cni_policy    = optional(bool)
    iam_role_additional_policies  = optional(map(string))
    create_iam_role_policy        = optional(bool)
    iam_role_policy_statements = optional(list(object({
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
    })))
    tags = optional(map(string))
  }))
  default = null
}

variable "self_managed_node_groups" {
  type = map(object({
    create                        = optional(bool)
    name                          = optional(string)
    use_name_prefix               = optional(bool)
    ami_type                      = optional(string)
    create_launch_template        = optional(bool)
    create_iam_instance_profile   = optional(bool)
    iam_instance_profile_arn      = optional(string)
    iam_role_name                 = optional(string)
    iam_role_use_name_prefix      = optional(bool)
    iam_role_path                 = optional(string)
    iam_role_description          = optional(string)
    iam_role_permissions_boundary = optional(string)
    iam_role_tags                 = optional(map(string))
    iam_role_attach_cni_policy    = optional(bool)
    iam_role_additional_policies  = optional(map(string))
    create_iam_role_policy        = optional(bool)
    iam_role_policy_statements = optional(list(object({
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
    })))
    create_access_entry = optional(bool)
    iam_role_arn        = optional(string)
    tags                = optional(map(string))
  }))
  default = null
}

variable "eks_managed_node_groups" {
  type = map(object({
    create                        = optional(bool)
    name                          = optional(string)
    use_name_prefix               = optional(bool)
    ami_type                      = optional(string)
    create_launch_template        = optional(bool)
    create_iam_role               = optional(bool)
    iam_role_arn                  = optional(string)
    iam_role_name                 = optional(string)
    iam_role_use_name_prefix      = optional(bool)
    iam_role_path                 = optional(string)
    iam_role_description          = optional(string)
    iam_role_permissions_boundary = optional(string)
    iam_role_tags                 = optional(map(string))
    iam_role_attach_cni_policy    = optional(bool)
    iam_role_additional_policies  = optional(map(string))
    create_iam_role_policy        = optional(bool)
    iam_role_policy_statements = optional(list(object({
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
    })))
    tags = optional(map(string))
  }))
  default = null
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
  create            = var.create && var.putin_khuylo
  partition         = try(data.aws_partition.current[0].partition, "")
  account_id        = try(data.aws_caller_identity.current[0].account_id, "")
  outpost           = var.outpost_config != null
  encrypts          = var.encryption_config != null && !local.outpost
  auto_mode         = try(var.compute_config.enabled, false) == true || var.create_auto_mode_iam_resources
  makes             = local.create && var.create_iam_role
  makes_node        = local.create && var.create_node_iam_role && local.auto_mode
  managed           = "arn:${local.partition}:iam::aws:policy"
  role_arn          = try(aws_iam_role.this[0].arn, var.iam_role_arn)
  role_name         = coalesce(var.iam_role_name, "${var.name}-cluster")
  node_role_name    = coalesce(var.node_iam_role_name, "${var.name}-eks-auto")
  encryption_policy = coalesce(var.encryption_policy_name, "${local.role_name}-ClusterEncryption")
  issuer_arn        = try(data.aws_iam_session_context.current[0].issuer_arn, "")
}

resource "aws_eks_cluster" "this" {
  count    = local.create ? 1 : 0
  region   = var.region
  name     = var.name
  role_arn = local.role_arn
  access_config {
    authentication_mode                         = var.authentication_mode
    bootstrap_cluster_creator_admin_permissions = false
  }
  dynamic "compute_config" {
    for_each = var.compute_config != null ? [var.compute_config] : []
    content {
      node_role_arn = compute_config.value.node_pools != null ? try(aws_iam_role.eks_auto[0].arn, compute_config.value.node_role_arn) : null
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
  associations = flatten([for key, entry in local.entries : [for name, policy in entry.policy_associations : {
    key           = "${key}_${name}"
    principal_arn = entry.principal_arn
    policy_arn    = policy.policy_arn
    type          = policy.access_scope.type
    namespaces    = try(policy.access_scope.namespaces, null)
  }]])
}

resource "aws_eks_access_entry" "this" {
  for_each          = { for key, entry in local.entries : key => entry if local.create }
  region            = var.region
  cluster_name      = aws_eks_cluster.this[0].id
  kubernetes_groups = try(each.value.kubernetes_groups, null)
  principal_arn     = each.value.principal_arn
  type              = try(each.value.type, null)
  user_name         = try(each.value.user_name, null)
}

resource "aws_eks_access_policy_association" "this" {
  for_each = { for association in local.associations : association.key => association if local.create }
  region   = var.region
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
  version                   = "4.0.0"
  create                    = local.create && var.create_kms_key && local.encrypts
  enable_default_policy     = var.kms_key_enable_default_policy
  key_owners                = var.kms_key_owners
  key_administrators        = coalescelist(var.kms_key_administrators, [local.issuer_arn])
  key_users                 = concat([local.role_arn], var.kms_key_users)
  key_service_users         = var.kms_key_service_users
  source_policy_documents   = var.kms_key_source_policy_documents
  override_policy_documents = var.kms_key_override_policy_documents
  aliases                   = var.kms_key_aliases
  computed_aliases          = { cluster = { name = "eks/${var.name}" } }
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
  count      = local.makes && var.attach_encryption_policy && local.encrypts ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.cluster_encryption[0].arn
}

resource "aws_iam_policy" "cluster_encryption" {
  count       = local.makes && var.attach_encryption_policy && local.encrypts ? 1 : 0
  name        = var.encryption_policy_use_name_prefix ? null : local.encryption_policy
  name_prefix = var.encryption_policy_use_name_prefix ? local.encryption_policy : null
  path        = var.encryption_policy_path
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"]
      Resource = var.create_kms_key ? module.kms.key_arn : var.encryption_config.provider_key_arn
    }]
  })
  tags = merge(var.tags, var.encryption_policy_tags)
}

data "aws_iam_policy_document" "custom" {
  count = local.makes && local.auto_mode && var.enable_auto_mode_custom_tags ? 1 : 0
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
  count       = local.makes && local.auto_mode && var.enable_auto_mode_custom_tags ? 1 : 0
  name        = var.iam_role_use_name_prefix ? null : local.role_name
  name_prefix = var.iam_role_use_name_prefix ? "${local.role_name}-" : null
  path        = var.iam_role_path
  policy      = data.aws_iam_policy_document.custom[0].json
  tags        = merge(var.tags, var.iam_role_tags)
}

resource "aws_iam_role_policy_attachment" "custom" {
  count      = local.makes && local.auto_mode && var.enable_auto_mode_custom_tags ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.custom[0].arn
}

locals {
  addons = var.addons != null && local.create && !local.outpost ? var.addons : {}
}

resource "aws_eks_addon" "this" {
  for_each     = { for name, addon in local.addons : name => addon if !addon.before_compute }
  region       = var.region
  cluster_name = aws_eks_cluster.this[0].id
  addon_name   = coalesce(each.value.name, each.key)
  dynamic "pod_identity_association" {
    for_each = each.value.pod_identity_association != null ? each.value.pod_identity_association : []
    content {
      role_arn        = pod_identity_association.value.role_arn
      service_account = pod_identity_association.value.service_account
    }
  }
  service_account_role_arn = each.value.service_account_role_arn
}

resource "aws_eks_addon" "before_compute" {
  for_each     = { for name, addon in local.addons : name => addon if addon.before_compute }
  region       = var.region
  cluster_name = aws_eks_cluster.this[0].id
  addon_name   = coalesce(each.value.name, each.key)
  dynamic "pod_identity_association" {
    for_each = each.value.pod_identity_association != null ? each.value.pod_identity_association : []
    content {
      role_arn        = pod_identity_association.value.role_arn
      service_account = pod_identity_association.value.service_account
    }
  }
  service_account_role_arn = each.value.service_account_role_arn
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
  for_each                      = var.create && !local.outpost && var.fargate_profiles != null ? var.fargate_profiles : {}
  create                        = each.value.create
  region                        = var.region
  partition                     = local.partition
  account_id                    = local.account_id
  cluster_name                  = aws_eks_cluster.this[0].id
  cluster_ip_family             = var.ip_family
  name                          = coalesce(each.value.name, each.key)
  tags                          = merge(var.tags, each.value.tags)
  create_iam_role_policy        = each.value.create_iam_role_policy
  iam_role_policy_statements    = each.value.iam_role_policy_statements
  iam_role_additional_policies  = each.value.iam_role_additional_policies
  iam_role_arn                  = each.value.iam_role_arn
  iam_role_attach_cni_policy    = each.value.iam_role_attach_cni_policy
  iam_role_description          = each.value.iam_role_description
  iam_role_name                 = each.value.iam_role_name
  iam_role_path                 = each.value.iam_role_path
  iam_role_permissions_boundary = each.value.iam_role_permissions_boundary
  iam_role_tags                 = each.value.iam_role_tags
  iam_role_use_name_prefix      = each.value.iam_role_use_name_prefix
  create_iam_role               = each.value.create_iam_role
}

module "eks_managed_node_group" {
  source                        = "./modules/eks-managed-node-group"
  for_each                      = var.create && !local.outpost && var.eks_managed_node_groups != null ? var.eks_managed_node_groups : {}
  create                        = each.value.create
  region                        = var.region
  partition                     = local.partition
  account_id                    = local.account_id
  cluster_name                  = aws_eks_cluster.this[0].id
  cluster_ip_family             = var.ip_family
  name                          = coalesce(each.value.name, each.key)
  tags                          = merge(var.tags, each.value.tags)
  create_iam_role_policy        = each.value.create_iam_role_policy
  iam_role_policy_statements    = each.value.iam_role_policy_statements
  iam_role_additional_policies  = each.value.iam_role_additional_policies
  iam_role_arn                  = each.value.iam_role_arn
  iam_role_attach_cni_policy    = each.value.iam_role_attach_cni_policy
  iam_role_description          = each.value.iam_role_description
  iam_role_name                 = each.value.iam_role_name
  iam_role_path                 = each.value.iam_role_path
  iam_role_permissions_boundary = each.value.iam_role_permissions_boundary
  iam_role_tags                 = each.value.iam_role_tags
  iam_role_use_name_prefix      = each.value.iam_role_use_name_prefix
  create_iam_role               = each.value.create_iam_role
  use_name_prefix               = each.value.use_name_prefix
}

module "self_managed_node_group" {
  source                        = "./modules/self-managed-node-group"
  for_each                      = var.create && var.self_managed_node_groups != null ? var.self_managed_node_groups : {}
  create                        = each.value.create
  region                        = var.region
  partition                     = local.partition
  account_id                    = local.account_id
  cluster_name                  = aws_eks_cluster.this[0].id
  cluster_ip_family             = var.ip_family
  name                          = coalesce(each.value.name, each.key)
  tags                          = merge(var.tags, each.value.tags)
  create_iam_role_policy        = each.value.create_iam_role_policy
  iam_role_policy_statements    = each.value.iam_role_policy_statements
  iam_role_additional_policies  = each.value.iam_role_additional_policies
  iam_role_arn                  = each.value.iam_role_arn
  iam_role_attach_cni_policy    = each.value.iam_role_attach_cni_policy
  iam_role_description          = each.value.iam_role_description
  iam_role_name                 = each.value.iam_role_name
  iam_role_path                 = each.value.iam_role_path
  iam_role_permissions_boundary = each.value.iam_role_permissions_boundary
  iam_role_tags                 = each.value.iam_role_tags
  iam_role_use_name_prefix      = each.value.iam_role_use_name_prefix
  create_iam_instance_profile   = each.value.create_iam_instance_profile
  iam_instance_profile_arn      = each.value.iam_instance_profile_arn
  create_access_entry           = each.value.create_access_entry
  create_launch_template        = each.value.create_launch_template
  ami_type                      = each.value.ami_type
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
