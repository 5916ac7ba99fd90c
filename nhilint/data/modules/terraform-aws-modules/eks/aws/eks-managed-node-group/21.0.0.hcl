model {
  source   = "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"
  versions = ">= 21.0.0, < 22.0.0"
  read_at  = "21.19.0"
  without_effect = [
    "ami_id", "ami_release_version", "ami_type", "block_device_mappings", "bootstrap_extra_args",
    "capacity_reservation_specification", "capacity_type", "cloudinit_post_nodeadm", "cloudinit_pre_nodeadm",
    "cluster_auth_base64", "cluster_endpoint", "cluster_primary_security_group_id", "cluster_service_cidr",
    "cpu_options", "create_launch_template", "create_placement_group", "create_security_group",
    "credit_specification", "desired_size", "disable_api_termination", "disk_size", "ebs_optimized", "efa_indices",
    "enable_bootstrap_user_data", "enable_efa_only", "enable_efa_support", "enable_monitoring", "enclave_options",
    "force_update_version", "instance_market_options", "instance_types", "kernel_id", "key_name",
    "kubernetes_version", "labels", "launch_template_default_version", "launch_template_description",
    "launch_template_id", "launch_template_name", "launch_template_tags", "launch_template_use_name_prefix",
    "launch_template_version", "license_specifications", "maintenance_options", "max_size", "metadata_options",
    "min_size", "network_interfaces", "node_repair_config", "placement", "post_bootstrap_user_data",
    "pre_bootstrap_user_data", "private_dns_name_options", "ram_disk_id", "remote_access",
    "security_group_description", "security_group_egress_rules", "security_group_ingress_rules",
    "security_group_name", "security_group_tags", "security_group_use_name_prefix", "subnet_ids",
    "tag_specifications", "taints", "timeouts", "update_config", "update_launch_template_default_version",
    "use_custom_launch_template", "use_latest_ami_release_version", "user_data_template_path",
    "vpc_security_group_ids",
  ]
}

variable "create" {
  type     = bool
  default  = true
  nullable = false
}

variable "tags" {
  type    = map(string)
  default = {}
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

variable "cluster_name" {
  type    = string
  default = ""
}

variable "name" {
  type    = string
  default = ""
}

variable "use_name_prefix" {
  type     = bool
  default  = true
  nullable = false
}

variable "create_iam_role" {
  type     = bool
  default  = true
  nullable = false
}

variable "cluster_ip_family" {
  type     = string
  default  = "ipv4"
  nullable = false
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
  default  = "EKS managed node group IAM role"
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

data "aws_partition" "current" {
  count = var.create && var.partition == "" ? 1 : 0
}

data "aws_caller_identity" "current" {
  count = var.create && var.account_id == "" ? 1 : 0
}

locals {
  partition  = try(data.aws_partition.current[0].partition, var.partition)
  account_id = try(data.aws_caller_identity.current[0].account_id, var.account_id)
  role_name  = coalesce(var.iam_role_name, "${var.name}-eks-node-group")
}

data "aws_iam_policy_document" "assume_role_policy" {
  count = local.makes ? 1 : 0
  statement {
    sid     = "EKSNodeAssumeRole"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
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
    { for name in ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly"] : name => "${local.managed}/${name}" },
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

resource "aws_eks_node_group" "this" {
  count                  = var.create ? 1 : 0
  region                 = var.region
  cluster_name           = var.cluster_name
  node_role_arn          = var.create_iam_role ? aws_iam_role.this[0].arn : var.iam_role_arn
  node_group_name        = var.use_name_prefix ? null : var.name
  node_group_name_prefix = var.use_name_prefix ? "${var.name}-" : null
}

output "iam_role_name" {
  value = try(aws_iam_role.this[0].name, null)
}

output "iam_role_arn" {
  value = try(aws_iam_role.this[0].arn, var.iam_role_arn)
}
