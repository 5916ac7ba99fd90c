model {
  source     = "terraform-aws-modules/eks/aws//modules/karpenter"
  versions   = ">= 21.0.0, < 22.0.0"
  read_at    = "21.19.0"
  same_since = "21.19.0"
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

variable "region" {
  type    = string
  default = null
}

variable "create_iam_role" {
  type    = bool
  default = true
}

variable "enable_inline_policy" {
  type    = bool
  default = false
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
  type    = map(string)
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

variable "iam_role_override_assume_policy_documents" {
  type    = list(string)
  default = []
}

variable "iam_role_source_assume_policy_documents" {
  type    = list(string)
  default = []
}

variable "iam_policy_statements" {
  type = list(object({ # TODO - change to `map(object({...}))` in next major version
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

variable "iam_role_policies" {
  type    = map(string)
  default = {}
}

variable "ami_id_ssm_parameter_arns" {
  type    = list(string)
  default = []
}

variable "create_pod_identity_association" {
  type    = bool
  default = true
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

variable "queue_policy_statements" {
  type = map(object({
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
  region = var.region
}

data "aws_service_principal" "ec2" {
  count        = var.create ? 1 : 0
  service_name = "ec2"
}

locals {
  partition               = data.aws_partition.current.partition
  account_id              = data.aws_caller_identity.current.account_id
  region                  = data.aws_region.current.region
  makes                   = var.create && var.create_iam_role
  makes_node              = var.create && var.create_node_iam_role
  enable_spot_termination = var.create && var.enable_spot_termination
  node_name               = coalesce(var.node_iam_role_name, "Karpenter-${var.cluster_name}")
  ec2_sp_name             = try(data.aws_service_principal.ec2[0].name, "")
  managed                 = "arn:${local.partition}:iam::aws:policy"
  cni = {
    ipv4 = { AmazonEKS_CNI_Policy = "${local.managed}/AmazonEKS_CNI_Policy" }
    ipv6 = { AmazonEKS_CNI_IPv6_Policy = "arn:${local.partition}:iam::${local.account_id}:policy/AmazonEKS_CNI_IPv6_Policy" }
  }
  attached = merge(
    { for name in ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"] : name => "${local.managed}/${name}" },
    var.node_iam_role_attach_cni_policy && var.cluster_ip_family == "ipv4" ? local.cni.ipv4 : {},
    var.node_iam_role_attach_cni_policy && var.cluster_ip_family == "ipv6" ? local.cni.ipv6 : {},
  )
}

data "aws_iam_policy_document" "controller_assume_role" {
  count                     = local.makes ? 1 : 0
  override_policy_documents = var.iam_role_override_assume_policy_documents
  source_policy_documents   = var.iam_role_source_assume_policy_documents
  statement {
    sid     = "PodIdentity"
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
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
    for_each = local.controller
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
    for_each = var.iam_policy_statements == null ? {} : var.iam_policy_statements
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

resource "aws_iam_role_policy" "controller" {
  count       = local.makes && var.enable_inline_policy ? 1 : 0
  name        = var.iam_policy_use_name_prefix ? null : var.iam_policy_name
  name_prefix = var.iam_policy_use_name_prefix ? "${var.iam_policy_name}-" : null
  role        = aws_iam_role.controller[0].name
  policy      = data.aws_iam_policy_document.controller[0].json
}

resource "aws_iam_policy" "controller" {
  count       = local.makes && !var.enable_inline_policy ? 1 : 0
  name        = var.iam_policy_use_name_prefix ? null : var.iam_policy_name
  name_prefix = var.iam_policy_use_name_prefix ? "${var.iam_policy_name}-" : null
  path        = var.iam_policy_path
  policy      = data.aws_iam_policy_document.controller[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "controller" {
  count      = local.makes && !var.enable_inline_policy ? 1 : 0
  role       = aws_iam_role.controller[0].name
  policy_arn = aws_iam_policy.controller[0].arn
}

resource "aws_iam_role_policy_attachment" "controller_additional" {
  for_each   = { for name, arn in var.iam_role_policies : name => arn if local.makes }
  role       = aws_iam_role.controller[0].name
  policy_arn = each.value
}

resource "aws_eks_pod_identity_association" "karpenter" {
  count           = local.makes && var.create_pod_identity_association ? 1 : 0
  region          = var.region
  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.controller[0].arn
}

resource "aws_sqs_queue" "this" {
  count  = local.enable_spot_termination ? 1 : 0
  region = var.region
  name   = coalesce(var.queue_name, "Karpenter-${var.cluster_name}")
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
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.queue_policy_statements == null ? {} : var.queue_policy_statements
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

resource "aws_sqs_queue_policy" "this" {
  count     = local.enable_spot_termination ? 1 : 0
  region    = var.region
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
      identifiers = [local.ec2_sp_name]
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
  region        = var.region
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
  controller = concat(
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
          "arn:${local.partition}:ec2:${local.region}:*:placement-group/*",
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
          "arn:${local.partition}:ec2:${local.region}:*:capacity-reservation/*",
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
          "ec2:DescribeCapacityReservations", "ec2:DescribeAvailabilityZones", "ec2:DescribeImages",
          "ec2:DescribeInstances", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes",
          "ec2:DescribeLaunchTemplates", "ec2:DescribeSecurityGroups", "ec2:DescribeInstanceStatus",
          "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets", "ec2:DescribePlacementGroups",
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
      {
        sid       = "AllowZonalShiftReadActions"
        actions   = ["arc-zonal-shift:GetManagedResource"]
        resources = ["arn:${local.partition}:eks:${local.region}:${local.account_id}:cluster/${var.cluster_name}"]
      },
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
        when      = [["StringEquals", "iam:PassedToService", distinct([local.ec2_sp_name, "ec2.amazonaws.com"])]]
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
        sid       = "AllowUnscopedInstanceProfileListAction"
        actions   = ["iam:ListInstanceProfiles"]
        resources = ["*"]
      },
      {
        sid       = "AllowAPIServerEndpointDiscovery"
        actions   = ["eks:DescribeCluster"]
        resources = ["arn:${local.partition}:eks:${local.region}:${local.account_id}:cluster/${var.cluster_name}"]
      },
    ],
  )
}
