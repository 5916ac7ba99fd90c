model {
  source     = "terraform-aws-modules/eks/aws//modules/karpenter"
  versions   = ">= 20.0.0, < 21.0.0"
  read_at    = "20.37.2"
  same_since = "20.15.0"
  without_effect = [
    "iam_policy_description", "queue_kms_data_key_reuse_period_seconds", "queue_kms_master_key_id",
    "queue_managed_sse_enabled", "rule_name_prefix",
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

variable "create_iam_role" {
  type    = bool
  default = true
}

variable "iam_role_name" {
  type    = string
  default = "KarpenterController"
}

variable "iam_role_use_name_prefix" {
  type    = bool
  default = true
}

variable "iam_role_path" {
  type    = string
  default = "/"
}

variable "iam_role_description" {
  type    = string
  default = "Karpenter controller IAM role"
}

variable "iam_role_max_session_duration" {
  type    = number
  default = null
}

variable "iam_role_permissions_boundary_arn" {
  type    = string
  default = null
}

variable "iam_role_tags" {
  type    = map(any)
  default = {}
}

variable "iam_policy_name" {
  type    = string
  default = "KarpenterController"
}

variable "iam_policy_use_name_prefix" {
  type    = bool
  default = true
}

variable "iam_policy_path" {
  type    = string
  default = "/"
}

variable "iam_policy_statements" {
  type    = any
  default = []
}

variable "iam_role_policies" {
  type    = map(string)
  default = {}
}

variable "ami_id_ssm_parameter_arns" {
  type    = list(string)
  default = []
}

variable "enable_pod_identity" {
  type    = bool
  default = true
}

variable "enable_v1_permissions" {
  type    = bool
  default = false
}

variable "enable_irsa" {
  type    = bool
  default = false
}

variable "irsa_oidc_provider_arn" {
  type    = string
  default = ""
}

variable "irsa_namespace_service_accounts" {
  type    = list(string)
  default = ["karpenter:karpenter"]
}

variable "irsa_assume_role_condition_test" {
  type    = string
  default = "StringEquals"
}

variable "create_pod_identity_association" {
  type    = bool
  default = false
}

variable "namespace" {
  type    = string
  default = "kube-system"
}

variable "service_account" {
  type    = string
  default = "karpenter"
}

variable "enable_spot_termination" {
  type    = bool
  default = true
}

variable "queue_name" {
  type    = string
  default = null
}

variable "create_node_iam_role" {
  type    = bool
  default = true
}

variable "cluster_ip_family" {
  type    = string
  default = "ipv4"
}

variable "node_iam_role_arn" {
  type    = string
  default = null
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
  default = "/"
}

variable "node_iam_role_description" {
  type    = string
  default = null
}

variable "node_iam_role_max_session_duration" {
  type    = number
  default = null
}

variable "node_iam_role_permissions_boundary" {
  type    = string
  default = null
}

variable "node_iam_role_attach_cni_policy" {
  type    = bool
  default = true
}

variable "node_iam_role_additional_policies" {
  type    = map(string)
  default = {}
}

variable "node_iam_role_tags" {
  type    = map(string)
  default = {}
}

variable "create_access_entry" {
  type    = bool
  default = true
}

variable "access_entry_type" {
  type    = string
  default = "EC2_LINUX"
}

variable "create_instance_profile" {
  type    = bool
  default = false
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

data "aws_region" "current" {
}

locals {
  partition               = data.aws_partition.current.partition
  account_id              = data.aws_caller_identity.current.account_id
  region                  = data.aws_region.current.name
  makes                   = var.create && var.create_iam_role
  makes_node              = var.create && var.create_node_iam_role
  enable_spot_termination = var.create && var.enable_spot_termination
  node_name               = coalesce(var.node_iam_role_name, "Karpenter-${var.cluster_name}")
  dns_suffix              = data.aws_partition.current.dns_suffix
  managed                 = "arn:${local.partition}:iam::aws:policy"
  cni = {
    ipv4 = { AmazonEKS_CNI_Policy = "${local.managed}/AmazonEKS_CNI_Policy" }
    ipv6 = { AmazonEKS_CNI_IPv6_Policy = "arn:${local.partition}:iam::${local.account_id}:policy/AmazonEKS_CNI_IPv6_Policy" }
  }
  attached = merge(
    { for name in ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly"] : name => "${local.managed}/${name}" },
    var.node_iam_role_attach_cni_policy && var.cluster_ip_family == "ipv4" ? local.cni.ipv4 : {},
    var.node_iam_role_attach_cni_policy && var.cluster_ip_family == "ipv6" ? local.cni.ipv6 : {},
  )
}

data "aws_iam_policy_document" "controller_assume_role" {
  count = local.makes ? 1 : 0
  dynamic "statement" {
    for_each = var.enable_pod_identity ? [1] : []
    content {
      actions = ["sts:AssumeRole", "sts:TagSession"]
      principals {
        type        = "Service"
        identifiers = ["pods.eks.amazonaws.com"]
      }
    }
  }
  dynamic "statement" {
    for_each = var.enable_irsa ? [replace(var.irsa_oidc_provider_arn, "/^(.*provider/)/", "")] : []
    iterator = by
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [var.irsa_oidc_provider_arn]
      }
      condition {
        test     = var.irsa_assume_role_condition_test
        variable = "${by.value}:sub"
        values   = [for account in var.irsa_namespace_service_accounts : "system:serviceaccount:${account}"]
      }
      condition {
        test     = var.irsa_assume_role_condition_test
        variable = "${by.value}:aud"
        values   = ["sts.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role" "controller" {
  count                = local.makes ? 1 : 0
  name                 = var.iam_role_use_name_prefix ? null : var.iam_role_name
  name_prefix          = var.iam_role_use_name_prefix ? "${var.iam_role_name}-" : null
  path                 = var.iam_role_path
  description          = var.iam_role_description
  assume_role_policy   = data.aws_iam_policy_document.controller_assume_role[0].json
  max_session_duration = var.iam_role_max_session_duration
  permissions_boundary = var.iam_role_permissions_boundary_arn
  tags                 = merge(var.tags, var.iam_role_tags)
}

data "aws_iam_policy_document" "controller" {
  count = local.makes ? 1 : 0
  dynamic "statement" {
    for_each = var.enable_v1_permissions ? local.v1 : local.v033
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
    for_each = var.iam_policy_statements
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

resource "aws_iam_policy" "controller" {
  count       = local.makes ? 1 : 0
  name        = var.iam_policy_use_name_prefix ? null : var.iam_policy_name
  name_prefix = var.iam_policy_use_name_prefix ? "${var.iam_policy_name}-" : null
  path        = var.iam_policy_path
  policy      = data.aws_iam_policy_document.controller[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "controller" {
  count      = local.makes ? 1 : 0
  role       = aws_iam_role.controller[0].name
  policy_arn = aws_iam_policy.controller[0].arn
}

resource "aws_iam_role_policy_attachment" "controller_additional" {
  for_each   = { for name, arn in var.iam_role_policies : name => arn if local.makes }
  role       = aws_iam_role.controller[0].name
  policy_arn = each.value
}

resource "aws_eks_pod_identity_association" "karpenter" {
  count           = local.makes && var.enable_pod_identity && var.create_pod_identity_association ? 1 : 0
  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.controller[0].arn
}

resource "aws_sqs_queue" "this" {
  count = local.enable_spot_termination ? 1 : 0
  name  = coalesce(var.queue_name, "Karpenter-${var.cluster_name}")
}

data "aws_iam_policy_document" "queue" {
  count = local.enable_spot_termination ? 1 : 0
  statement {
    sid       = "SqsWrite"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this[0].arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "sqs.amazonaws.com"]
    }
  }
  statement {
    sid       = "DenyHTTP"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.this[0].arn]
    condition {
      test     = "StringEquals"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }

}

resource "aws_sqs_queue_policy" "this" {
  count     = local.enable_spot_termination ? 1 : 0
  queue_url = aws_sqs_queue.this[0].url
  policy    = data.aws_iam_policy_document.queue[0].json
}

data "aws_iam_policy_document" "node_assume_role" {
  count = local.makes_node ? 1 : 0
  statement {
    sid     = "EKSNodeAssumeRole"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.${local.dns_suffix}"]
    }
  }
}

resource "aws_iam_role" "node" {
  count                = local.makes_node ? 1 : 0
  name                 = var.node_iam_role_use_name_prefix ? null : local.node_name
  name_prefix          = var.node_iam_role_use_name_prefix ? "${local.node_name}-" : null
  path                 = var.node_iam_role_path
  description          = var.node_iam_role_description
  assume_role_policy   = data.aws_iam_policy_document.node_assume_role[0].json
  max_session_duration = var.node_iam_role_max_session_duration
  permissions_boundary = var.node_iam_role_permissions_boundary
  tags                 = merge(var.tags, var.node_iam_role_tags)
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = { for name, arn in local.attached : name => arn if local.makes_node }
  policy_arn = each.value
  role       = aws_iam_role.node[0].name
}

resource "aws_iam_role_policy_attachment" "node_additional" {
  for_each   = { for name, arn in var.node_iam_role_additional_policies : name => arn if local.makes_node }
  policy_arn = each.value
  role       = aws_iam_role.node[0].name
}

resource "aws_eks_access_entry" "node" {
  count         = var.create && var.create_access_entry ? 1 : 0
  cluster_name  = var.cluster_name
  principal_arn = var.create_node_iam_role ? aws_iam_role.node[0].arn : var.node_iam_role_arn
  type          = var.access_entry_type
}

resource "aws_iam_instance_profile" "this" {
  count       = var.create && var.create_instance_profile ? 1 : 0
  name        = var.node_iam_role_use_name_prefix ? null : local.node_name
  name_prefix = var.node_iam_role_use_name_prefix ? "${local.node_name}-" : null
  path        = var.node_iam_role_path
  role        = var.create_node_iam_role ? aws_iam_role.node[0].name : try(replace(var.node_iam_role_arn, "/^(.*role/)/", ""), null)
}

output "iam_role_name" {
  value = try(aws_iam_role.controller[0].name, null)
}

output "iam_role_arn" {
  value = try(aws_iam_role.controller[0].arn, null)
}

output "queue_arn" {
  value = try(aws_sqs_queue.this[0].arn, null)
}

output "queue_name" {
  value = try(aws_sqs_queue.this[0].name, null)
}

output "queue_url" {
  value = try(aws_sqs_queue.this[0].url, null)
}

output "node_iam_role_name" {
  value = try(aws_iam_role.node[0].name, null)
}

output "node_iam_role_arn" {
  value = try(aws_iam_role.node[0].arn, var.node_iam_role_arn)
}

output "instance_profile_name" {
  value = try(aws_iam_instance_profile.this[0].name, null)
}

locals {
  v033 = concat(
    [
      {
        sid     = "AllowScopedEC2InstanceActions"
        actions = ["ec2:RunInstances", "ec2:CreateFleet"]
        resources = [
          "arn:${local.partition}:ec2:*::image/*", "arn:${local.partition}:ec2:*::snapshot/*",
          "arn:${local.partition}:ec2:*:*:spot-instances-request/*",
          "arn:${local.partition}:ec2:*:*:security-group/*", "arn:${local.partition}:ec2:*:*:subnet/*",
          "arn:${local.partition}:ec2:*:*:launch-template/*",
        ]
      },
      {
        sid     = "AllowScopedEC2InstanceActionsWithTags"
        actions = ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"]
        resources = [
          "arn:${local.partition}:ec2:*:*:fleet/*", "arn:${local.partition}:ec2:*:*:instance/*",
          "arn:${local.partition}:ec2:*:*:volume/*", "arn:${local.partition}:ec2:*:*:network-interface/*",
          "arn:${local.partition}:ec2:*:*:launch-template/*",
          "arn:${local.partition}:ec2:*:*:spot-instances-request/*",
        ]
        when = [
          ["StringEquals", "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringLike", "aws:RequestTag/karpenter.sh/nodepool", ["*"]],
        ]
      },
      {
        sid     = "AllowScopedResourceCreationTagging"
        actions = ["ec2:CreateTags"]
        resources = [
          "arn:${local.partition}:ec2:*:*:fleet/*", "arn:${local.partition}:ec2:*:*:instance/*",
          "arn:${local.partition}:ec2:*:*:volume/*", "arn:${local.partition}:ec2:*:*:network-interface/*",
          "arn:${local.partition}:ec2:*:*:launch-template/*",
          "arn:${local.partition}:ec2:*:*:spot-instances-request/*",
        ]
        when = [
          ["StringEquals", "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "ec2:CreateAction", ["RunInstances", "CreateFleet", "CreateLaunchTemplate"]],
          ["StringLike", "aws:RequestTag/karpenter.sh/nodepool", ["*"]],
        ]
      },
      {
        sid       = "AllowScopedResourceTagging"
        actions   = ["ec2:CreateTags"]
        resources = ["arn:${local.partition}:ec2:*:*:instance/*"]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringLike", "aws:ResourceTag/karpenter.sh/nodepool", ["*"]],
          ["ForAllValues:StringEquals", "aws:TagKeys", ["karpenter.sh/nodeclaim", "Name"]],
        ]
      },
      {
        sid     = "AllowScopedDeletion"
        actions = ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"]
        resources = [
          "arn:${local.partition}:ec2:*:*:instance/*", "arn:${local.partition}:ec2:*:*:launch-template/*",
        ]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringLike", "aws:ResourceTag/karpenter.sh/nodepool", ["*"]],
        ]
      },
      {
        sid = "AllowRegionalReadActions"
        actions = [
          "ec2:DescribeAvailabilityZones", "ec2:DescribeImages", "ec2:DescribeInstances",
          "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates",
          "ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
        ]
        resources = ["*"]
        when      = [["StringEquals", "aws:RequestedRegion", [local.region]]]
      },
      {
        sid       = "AllowSSMReadActions"
        actions   = ["ssm:GetParameter"]
        resources = coalescelist(var.ami_id_ssm_parameter_arns, ["arn:${local.partition}:ssm:${local.region}::parameter/aws/service/*"])
      },
      { sid = "AllowPricingReadActions", actions = ["pricing:GetProducts"], resources = ["*"] },
    ],
    [for item in local.enable_spot_termination ? [1] : [] : {
      sid       = "AllowInterruptionQueueActions"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
      resources = [try(aws_sqs_queue.this[0].arn, null)]
    }],
    [
      {
        sid       = "AllowPassingInstanceRole"
        actions   = ["iam:PassRole"]
        resources = var.create_node_iam_role ? [aws_iam_role.node[0].arn] : [var.node_iam_role_arn]
        when      = [["StringEquals", "iam:PassedToService", ["ec2.${local.dns_suffix}"]]]
      },
      {
        sid       = "AllowScopedInstanceProfileCreationActions"
        actions   = ["iam:CreateInstanceProfile"]
        resources = ["*"]
        when = [
          ["StringEquals", "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:RequestTag/topology.kubernetes.io/region", [local.region]],
          ["StringLike", "aws:RequestTag/karpenter.k8s.aws/ec2nodeclass", ["*"]],
        ]
      },
      {
        sid       = "AllowScopedInstanceProfileTagActions"
        actions   = ["iam:TagInstanceProfile"]
        resources = ["*"]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:ResourceTag/topology.kubernetes.io/region", [local.region]],
          ["StringEquals", "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:ResourceTag/topology.kubernetes.io/region", [local.region]],
          ["StringLike", "aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass", ["*"]],
          ["StringLike", "aws:RequestTag/karpenter.k8s.aws/ec2nodeclass", ["*"]],
        ]
      },
      {
        sid = "AllowScopedInstanceProfileActions"
        actions = [
          "iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile",
        ]
        resources = ["*"]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:ResourceTag/topology.kubernetes.io/region", [local.region]],
          ["StringLike", "aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass", ["*"]],
        ]
      },
      { sid = "AllowInstanceProfileReadActions", actions = ["iam:GetInstanceProfile"], resources = ["*"] },
      {
        sid       = "AllowAPIServerEndpointDiscovery"
        actions   = ["eks:DescribeCluster"]
        resources = ["arn:${local.partition}:eks:${local.region}:${local.account_id}:cluster/${var.cluster_name}"]
      },
    ],
  )
}

locals {
  v1 = concat(
    [
      {
        sid     = "AllowScopedEC2InstanceAccessActions"
        actions = ["ec2:RunInstances", "ec2:CreateFleet"]
        resources = [
          "arn:${local.partition}:ec2:${local.region}::image/*",
          "arn:${local.partition}:ec2:${local.region}::snapshot/*",
          "arn:${local.partition}:ec2:${local.region}:*:security-group/*",
          "arn:${local.partition}:ec2:${local.region}:*:subnet/*",
          "arn:${local.partition}:ec2:${local.region}:*:capacity-reservation/*",
        ]
      },
      {
        sid       = "AllowScopedEC2LaunchTemplateAccessActions"
        actions   = ["ec2:RunInstances", "ec2:CreateFleet"]
        resources = ["arn:${local.partition}:ec2:${local.region}:*:launch-template/*"]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringLike", "aws:ResourceTag/karpenter.sh/nodepool", ["*"]],
        ]
      },
      {
        sid     = "AllowScopedEC2InstanceActionsWithTags"
        actions = ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"]
        resources = [
          "arn:${local.partition}:ec2:${local.region}:*:fleet/*",
          "arn:${local.partition}:ec2:${local.region}:*:instance/*",
          "arn:${local.partition}:ec2:${local.region}:*:volume/*",
          "arn:${local.partition}:ec2:${local.region}:*:network-interface/*",
          "arn:${local.partition}:ec2:${local.region}:*:launch-template/*",
          "arn:${local.partition}:ec2:${local.region}:*:spot-instances-request/*",
        ]
        when = [
          ["StringEquals", "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", [var.cluster_name]],
          ["StringLike", "aws:RequestTag/karpenter.sh/nodepool", ["*"]],
        ]
      },
      {
        sid     = "AllowScopedResourceCreationTagging"
        actions = ["ec2:CreateTags"]
        resources = [
          "arn:${local.partition}:ec2:${local.region}:*:fleet/*",
          "arn:${local.partition}:ec2:${local.region}:*:instance/*",
          "arn:${local.partition}:ec2:${local.region}:*:volume/*",
          "arn:${local.partition}:ec2:${local.region}:*:network-interface/*",
          "arn:${local.partition}:ec2:${local.region}:*:launch-template/*",
          "arn:${local.partition}:ec2:${local.region}:*:spot-instances-request/*",
        ]
        when = [
          ["StringEquals", "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", [var.cluster_name]],
          ["StringEquals", "ec2:CreateAction", ["RunInstances", "CreateFleet", "CreateLaunchTemplate"]],
          ["StringLike", "aws:RequestTag/karpenter.sh/nodepool", ["*"]],
        ]
      },
      {
        sid       = "AllowScopedResourceTagging"
        actions   = ["ec2:CreateTags"]
        resources = ["arn:${local.partition}:ec2:${local.region}:*:instance/*"]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringLike", "aws:ResourceTag/karpenter.sh/nodepool", ["*"]],
          ["StringEqualsIfExists", "aws:RequestTag/eks:eks-cluster-name", [var.cluster_name]],
          ["ForAllValues:StringEquals", "aws:TagKeys", ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]],
        ]
      },
      {
        sid     = "AllowScopedDeletion"
        actions = ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"]
        resources = [
          "arn:${local.partition}:ec2:${local.region}:*:instance/*",
          "arn:${local.partition}:ec2:${local.region}:*:launch-template/*",
        ]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringLike", "aws:ResourceTag/karpenter.sh/nodepool", ["*"]],
        ]
      },
      {
        sid = "AllowRegionalReadActions"
        actions = [
          "ec2:DescribeAvailabilityZones", "ec2:DescribeImages", "ec2:DescribeInstances",
          "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates",
          "ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
        ]
        resources = ["*"]
        when      = [["StringEquals", "aws:RequestedRegion", [local.region]]]
      },
      {
        sid       = "AllowSSMReadActions"
        actions   = ["ssm:GetParameter"]
        resources = coalescelist(var.ami_id_ssm_parameter_arns, ["arn:${local.partition}:ssm:${local.region}::parameter/aws/service/*"])
      },
      { sid = "AllowPricingReadActions", actions = ["pricing:GetProducts"], resources = ["*"] },
    ],
    [for item in local.enable_spot_termination ? [1] : [] : {
      sid       = "AllowInterruptionQueueActions"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
      resources = [try(aws_sqs_queue.this[0].arn, null)]
    }],
    [
      {
        sid       = "AllowPassingInstanceRole"
        actions   = ["iam:PassRole"]
        resources = var.create_node_iam_role ? [aws_iam_role.node[0].arn] : [var.node_iam_role_arn]
        when = [
          ["StringEquals", "iam:PassedToService", distinct(["ec2.${local.dns_suffix}", "ec2.amazonaws.com"])],
        ]
      },
      {
        sid       = "AllowScopedInstanceProfileCreationActions"
        actions   = ["iam:CreateInstanceProfile"]
        resources = ["arn:${local.partition}:iam::${local.account_id}:instance-profile/*"]
        when = [
          ["StringEquals", "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", [var.cluster_name]],
          ["StringEquals", "aws:RequestTag/topology.kubernetes.io/region", [local.region]],
          ["StringLike", "aws:RequestTag/karpenter.k8s.aws/ec2nodeclass", ["*"]],
        ]
      },
      {
        sid       = "AllowScopedInstanceProfileTagActions"
        actions   = ["iam:TagInstanceProfile"]
        resources = ["arn:${local.partition}:iam::${local.account_id}:instance-profile/*"]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:ResourceTag/topology.kubernetes.io/region", [local.region]],
          ["StringEquals", "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:RequestTag/eks:eks-cluster-name", [var.cluster_name]],
          ["StringEquals", "aws:RequestTag/topology.kubernetes.io/region", [local.region]],
          ["StringLike", "aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass", ["*"]],
          ["StringLike", "aws:RequestTag/karpenter.k8s.aws/ec2nodeclass", ["*"]],
        ]
      },
      {
        sid = "AllowScopedInstanceProfileActions"
        actions = [
          "iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile",
        ]
        resources = ["arn:${local.partition}:iam::${local.account_id}:instance-profile/*"]
        when = [
          ["StringEquals", "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}", ["owned"]],
          ["StringEquals", "aws:ResourceTag/topology.kubernetes.io/region", [local.region]],
          ["StringLike", "aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass", ["*"]],
        ]
      },
      {
        sid       = "AllowInstanceProfileReadActions"
        actions   = ["iam:GetInstanceProfile"]
        resources = ["arn:${local.partition}:iam::${local.account_id}:instance-profile/*"]
      },
      {
        sid       = "AllowAPIServerEndpointDiscovery"
        actions   = ["eks:DescribeCluster"]
        resources = ["arn:${local.partition}:eks:${local.region}:${local.account_id}:cluster/${var.cluster_name}"]
      },
    ],
  )
}
