model {
  source   = "terraform-aws-modules/eks/aws//modules/self-managed-node-group"
  versions = ">= 20.0.0, < 21.0.0"
  read_at  = "20.37.2"
  without_effect = [
    "additional_cluster_dns_ips", "ami_id", "autoscaling_group_tags", "availability_zones", "block_device_mappings",
    "bootstrap_extra_args", "capacity_rebalance", "capacity_reservation_specification", "cloudinit_post_nodeadm",
    "cloudinit_pre_nodeadm", "cluster_auth_base64", "cluster_endpoint", "cluster_primary_security_group_id",
    "cluster_service_cidr", "cluster_version", "context", "cpu_options", "create_autoscaling_group",
    "create_placement_group", "create_schedule", "credit_specification", "default_cooldown",
    "default_instance_warmup", "delete_timeout", "desired_size", "desired_size_type", "disable_api_termination",
    "ebs_optimized", "efa_indices", "elastic_gpu_specifications", "elastic_inference_accelerator",
    "enable_efa_only", "enable_efa_support", "enable_monitoring", "enabled_metrics", "enclave_options",
    "force_delete", "force_delete_warm_pool", "health_check_grace_period", "health_check_type",
    "hibernation_options", "ignore_failed_scaling_activities", "initial_lifecycle_hooks",
    "instance_initiated_shutdown_behavior", "instance_maintenance_policy", "instance_market_options",
    "instance_refresh", "instance_requirements", "instance_type", "kernel_id", "key_name",
    "launch_template_default_version", "launch_template_description", "launch_template_id", "launch_template_name",
    "launch_template_tags", "launch_template_use_name_prefix", "launch_template_version", "license_specifications",
    "maintenance_options", "max_instance_lifetime", "max_size", "metadata_options", "metrics_granularity",
    "min_elb_capacity", "min_size", "mixed_instances_policy", "network_interfaces", "placement", "placement_group",
    "placement_group_az", "platform", "post_bootstrap_user_data", "pre_bootstrap_user_data",
    "private_dns_name_options", "protect_from_scale_in", "ram_disk_id", "schedules", "service_linked_role_arn",
    "subnet_ids", "suspended_processes", "tag_specifications", "target_group_arns", "termination_policies",
    "update_launch_template_default_version", "use_mixed_instances_policy", "use_name_prefix",
    "user_data_template_path", "vpc_security_group_ids", "wait_for_capacity_timeout", "wait_for_elb_capacity",
    "warm_pool",
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

variable "cluster_name" {
  type    = string
  default = ""
}

variable "cluster_ip_family" {
  type    = string
  default = "ipv4"
}

variable "create_launch_template" {
  type    = bool
  default = true
}

variable "ami_type" {
  type    = string
  default = "AL2_x86_64"
}

variable "name" {
  type    = string
  default = ""
}

variable "create_iam_instance_profile" {
  type    = bool
  default = true
}

variable "iam_instance_profile_arn" {
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

variable "iam_role_attach_cni_policy" {
  type    = bool
  default = true
}

variable "iam_role_additional_policies" {
  type    = map(string)
  default = {}
}

variable "iam_role_tags" {
  type    = map(string)
  default = {}
}

variable "create_iam_role_policy" {
  type    = bool
  default = true
}

variable "iam_role_policy_statements" {
  type    = any
  default = []
}

variable "create_access_entry" {
  type    = bool
  default = true
}

variable "iam_role_arn" {
  type    = string
  default = null
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  role_name  = coalesce(var.iam_role_name, "${var.name}-node-group")
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
  makes   = var.create && var.create_iam_instance_profile
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
  own_policy = local.makes && var.create_iam_role_policy && length(var.iam_role_policy_statements) > 0
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
    for_each = var.iam_role_policy_statements
    iterator = given
    content {
      sid           = try(given.value.sid, null)
      effect        = try(given.value.effect, null)
      actions       = try(given.value.actions, null)
      not_actions   = try(given.value.not_actions, null)
      resources     = try(given.value.resources, null)
      not_resources = try(given.value.not_resources, null)
      dynamic "principals" {
        for_each = try(given.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = try(given.value.not_principals, [])
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(given.value.conditions, [])
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

resource "aws_iam_instance_profile" "this" {
  count       = local.makes ? 1 : 0
  role        = aws_iam_role.this[0].name
  name        = var.iam_role_use_name_prefix ? null : local.role_name
  name_prefix = var.iam_role_use_name_prefix ? "${local.role_name}-" : null
  path        = var.iam_role_path
}

resource "aws_launch_template" "this" {
  count = var.create && var.create_launch_template ? 1 : 0
  iam_instance_profile {
    arn = var.create_iam_instance_profile ? aws_iam_instance_profile.this[0].arn : var.iam_instance_profile_arn
  }
}

resource "aws_eks_access_entry" "this" {
  count         = var.create && var.create_access_entry ? 1 : 0
  cluster_name  = var.cluster_name
  principal_arn = var.create_iam_instance_profile ? aws_iam_role.this[0].arn : var.iam_role_arn
  type          = startswith(var.ami_type, "WINDOWS_") ? "EC2_WINDOWS" : "EC2_LINUX"
}

output "iam_role_name" {
  value = try(aws_iam_role.this[0].name, null)
}

output "iam_role_arn" {
  value = try(aws_iam_role.this[0].arn, null)
}

output "iam_instance_profile_arn" {
  value = try(aws_iam_instance_profile.this[0].arn, var.iam_instance_profile_arn)
}
