model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts"
  versions       = ">= 6.0.0, < 7.0.0"
  read_at        = "6.5.0"
  same_since     = "6.5.0"
  without_effect = ["policy_description"]
}

variable "create" {
  type    = bool
  default = true
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

variable "use_name_prefix" {
  type    = bool
  default = true
}

variable "path" {
  type    = string
  default = "/"
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

variable "trust_condition_test" {
  type    = string
  default = "StringEquals"
}

variable "oidc_providers" {
  type    = any
  default = {}
}

variable "policies" {
  type    = map(string)
  default = {}
}

variable "create_policy" {
  type    = bool
  default = true
}

variable "source_policy_documents" {
  type    = list(string)
  default = []
}

variable "override_policy_documents" {
  type    = list(string)
  default = []
}

variable "permissions" {
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

variable "policy_name" {
  type    = string
  default = null
}

variable "policy_path" {
  type    = string
  default = null
}

variable "attach_aws_gateway_controller_policy" {
  type    = bool
  default = false
}

variable "attach_cert_manager_policy" {
  type    = bool
  default = false
}

variable "cert_manager_hosted_zone_arns" {
  type    = list(string)
  default = []
}

variable "attach_cluster_autoscaler_policy" {
  type    = bool
  default = false
}

variable "cluster_autoscaler_cluster_names" {
  type    = list(string)
  default = []
}

variable "attach_ebs_csi_policy" {
  type    = bool
  default = false
}

variable "ebs_csi_kms_cmk_arns" {
  type    = list(string)
  default = []
}

variable "attach_mountpoint_s3_csi_policy" {
  type    = bool
  default = false
}

variable "mountpoint_s3_csi_bucket_arns" {
  type    = list(string)
  default = []
}

variable "mountpoint_s3_csi_kms_arns" {
  type    = list(string)
  default = []
}

variable "mountpoint_s3_csi_path_arns" {
  type    = list(string)
  default = []
}

variable "attach_efs_csi_policy" {
  type    = bool
  default = false
}

variable "attach_external_dns_policy" {
  type    = bool
  default = false
}

variable "external_dns_hosted_zone_arns" {
  type    = list(string)
  default = []
}

variable "attach_external_secrets_policy" {
  type    = bool
  default = false
}

variable "external_secrets_ssm_parameter_arns" {
  type    = list(string)
  default = []
}

variable "external_secrets_secrets_manager_arns" {
  type    = list(string)
  default = []
}

variable "external_secrets_kms_key_arns" {
  type    = list(string)
  default = []
}

variable "external_secrets_secrets_manager_create_permission" {
  type    = bool
  default = false
}

variable "attach_fsx_lustre_csi_policy" {
  type    = bool
  default = false
}

variable "fsx_lustre_csi_service_role_arns" {
  type    = list(string)
  default = ["arn:aws:iam::*:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/*"]
}

variable "attach_fsx_openzfs_csi_policy" {
  type    = bool
  default = false
}

variable "fsx_openzfs_csi_service_role_arns" {
  type    = list(string)
  default = ["arn:aws:iam::*:role/aws-service-role/fsx.amazonaws.com/*"]
}

variable "attach_load_balancer_controller_policy" {
  type    = bool
  default = false
}

variable "attach_load_balancer_controller_targetgroup_binding_only_policy" {
  type    = bool
  default = false
}

variable "load_balancer_controller_targetgroup_arns" {
  type    = list(string)
  default = []
}

variable "attach_amazon_managed_service_prometheus_policy" {
  type    = bool
  default = false
}

variable "amazon_managed_service_prometheus_workspace_arns" {
  type    = list(string)
  default = []
}

variable "attach_velero_policy" {
  type    = bool
  default = false
}

variable "velero_s3_bucket_arns" {
  type    = list(string)
  default = []
}

variable "attach_vpc_cni_policy" {
  type    = bool
  default = false
}

variable "vpc_cni_enable_cloudwatch_logs" {
  type    = bool
  default = false
}

variable "vpc_cni_enable_ipv4" {
  type    = bool
  default = false
}

variable "vpc_cni_enable_ipv6" {
  type    = bool
  default = false
}

variable "attach_node_termination_handler_policy" {
  type    = bool
  default = false
}

variable "node_termination_handler_sqs_queue_arns" {
  type    = list(string)
  default = []
}

variable "attach_cloudwatch_observability_policy" {
  type    = bool
  default = false
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

data "aws_partition" "current" {}

data "aws_service_principal" "elasticloadbalancing" {
  count        = var.create && var.attach_load_balancer_controller_policy ? 1 : 0
  service_name = "elasticloadbalancing"
  region       = var.region
}

data "aws_service_principal" "fsx" {
  count        = var.create && (var.attach_fsx_lustre_csi_policy || var.attach_fsx_openzfs_csi_policy) ? 1 : 0
  service_name = "fsx"
  region       = var.region
}

data "aws_service_principal" "vpc_lattice" {
  count        = var.create && var.attach_aws_gateway_controller_policy ? 1 : 0
  service_name = "vpc-lattice"
  region       = var.region
}

data "aws_service_principal" "delivery_logs" {
  count        = var.create && var.attach_aws_gateway_controller_policy ? 1 : 0
  service_name = "delivery.logs"
  region       = var.region
}

locals {
  partition = data.aws_partition.current.partition

  policy_name = try(coalesce(
    var.policy_name,

    var.attach_aws_gateway_controller_policy ? "AWS_Gateway_Controller" : null,
    var.attach_cert_manager_policy ? "Cert_Manager" : null,
    var.attach_cluster_autoscaler_policy ? "Cluster_Autoscaler" : null,
    var.attach_ebs_csi_policy ? "EBS_CSI" : null,
    var.attach_efs_csi_policy ? "EFS_CSI" : null,
    var.attach_mountpoint_s3_csi_policy ? "Mountpoint_S3_CSI" : null,
    var.attach_external_dns_policy ? "External_DNS" : null,
    var.attach_external_secrets_policy ? "External_Secrets" : null,
    var.attach_fsx_lustre_csi_policy ? "FSX_Lustre_CSI" : null,
    var.attach_fsx_openzfs_csi_policy ? "FSX_OpenZFS_CSI" : null,
    var.attach_load_balancer_controller_policy ? "AWS_Load_Balancer_Controller" : null,
    var.attach_load_balancer_controller_targetgroup_binding_only_policy ? "AWS_LBC_TargetGroup_Binding_Only" : null,
    var.attach_amazon_managed_service_prometheus_policy ? "Amazon_Managed_Service_Prometheus" : null,
    var.attach_node_termination_handler_policy ? "Node_Termination_Handler" : null,
    var.attach_velero_policy ? "Velero" : null,
    var.attach_vpc_cni_policy ? "VPC_CNI_${var.vpc_cni_enable_ipv4 ? "IPv4" : "IPv6"}" : null,
    var.name,
    "default",
  ))

  documents = concat(

    var.attach_aws_gateway_controller_policy ? [local.aws_gateway_controller] : [],
    var.attach_cert_manager_policy ? [local.cert_manager] : [],
    var.attach_cluster_autoscaler_policy ? [local.cluster_autoscaler] : [],
    var.attach_ebs_csi_policy ? [local.ebs_csi] : [],
    var.attach_efs_csi_policy ? [local.efs_csi] : [],
    var.attach_mountpoint_s3_csi_policy ? [local.mountpoint_s3_csi] : [],
    var.attach_external_dns_policy ? [local.external_dns] : [],
    var.attach_external_secrets_policy ? [local.external_secrets] : [],
    var.attach_fsx_lustre_csi_policy ? [local.fsx_lustre_csi] : [],
    var.attach_fsx_openzfs_csi_policy ? [local.fsx_openzfs_csi] : [],
    var.attach_load_balancer_controller_policy ? [local.load_balancer_controller] : [],
    var.attach_load_balancer_controller_targetgroup_binding_only_policy ? [local.load_balancer_controller_targetgroup_only] : [],
    var.attach_amazon_managed_service_prometheus_policy ? [local.amazon_managed_service_prometheus] : [],
    var.attach_node_termination_handler_policy ? [local.node_termination_handler] : [],
    var.attach_velero_policy ? [local.velero] : [],
    var.attach_vpc_cni_policy ? [local.vpc_cni] : [],
  )

  sources = concat(data.aws_iam_policy_document.addons[*].json, var.source_policy_documents)

  own_policy = (var.create && var.create_policy
  && (length(local.sources) > 0 || length(var.override_policy_documents) > 0 || var.permissions != null))
}

data "aws_iam_policy_document" "assume" {
  count = var.create ? 1 : 0

  dynamic "statement" {
    for_each = var.oidc_providers
    iterator = by
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [by.value.provider_arn]
      }
      condition {
        test     = var.trust_condition_test
        variable = "${replace(by.value.provider_arn, "/^(.*provider/)/", "")}:sub"
        values   = [for account in by.value.namespace_service_accounts : "system:serviceaccount:${account}"]
      }
      condition {
        test     = var.trust_condition_test
        variable = "${replace(by.value.provider_arn, "/^(.*provider/)/", "")}:aud"
        values   = ["sts.amazonaws.com"]
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
  assume_role_policy   = data.aws_iam_policy_document.assume[0].json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "additional" {
  for_each   = { for name, arn in var.policies : name => arn if var.create }
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

data "aws_iam_policy_document" "addons" {
  count = var.create ? length(local.documents) : 0
  dynamic "statement" {
    for_each = local.documents[count.index]
    content {
      sid       = try(statement.value.sid, null)
      actions   = statement.value.actions
      resources = try(statement.value.resources, null)
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

data "aws_iam_policy_document" "this" {
  count                     = local.own_policy ? 1 : 0
  source_policy_documents   = local.sources
  override_policy_documents = var.override_policy_documents

  dynamic "statement" {
    for_each = var.permissions == null ? {} : var.permissions
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

resource "aws_iam_policy" "this" {
  count       = local.own_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.policy_name
  name_prefix = var.use_name_prefix ? "${local.policy_name}-" : null
  path        = coalesce(var.policy_path, var.path)
  policy      = data.aws_iam_policy_document.this[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  count      = local.own_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.this[0].arn
}

resource "aws_iam_role_policy_attachment" "amazon_cloudwatch_observability" {
  for_each = var.create && var.attach_cloudwatch_observability_policy ? {
    for name in ["AWSXrayWriteOnlyAccess", "CloudWatchAgentServerPolicy"] : name => "arn:${local.partition}:iam::aws:policy/${name}"
  } : {}
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

output "name" {
  value = try(aws_iam_role.this[0].name, null)
}

output "arn" {
  value = try(aws_iam_role.this[0].arn, null)
}

output "iam_policy_arn" {
  value = try(aws_iam_policy.this[0].arn, null)
}

output "iam_policy" {
  value = try(aws_iam_policy.this[0].policy, null)
}

locals {
  aws_gateway_controller = [
    {
      actions = [
        "vpc-lattice:*", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeTags",
        "ec2:DescribeSecurityGroups", "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:DescribeLogGroups",
        "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "tag:GetResources", "firehose:TagDeliveryStream",
        "s3:GetBucketPolicy", "s3:PutBucketPolicy", "tag:TagResources", "tag:UntagResources",
      ]
      resources = ["*"]
    },
    {
      actions = ["iam:CreateServiceLinkedRole"]
      resources = [
        "arn:${local.partition}:iam::*:role/aws-service-role/${data.aws_service_principal.vpc_lattice[0].name}/AWSServiceRoleForVpcLattice",
      ]
      when = [["StringLike", "iam:AWSServiceName", [data.aws_service_principal.vpc_lattice[0].name]]]
    },
    {
      actions = ["iam:CreateServiceLinkedRole"]
      resources = [
        "arn:${local.partition}:iam::*:role/aws-service-role/${data.aws_service_principal.delivery_logs[0].name}/AWSServiceRoleForLogDelivery",
      ]
      when = [["StringLike", "iam:AWSServiceName", [data.aws_service_principal.delivery_logs[0].name]]]
    },
  ]
}

locals {
  cert_manager = [
    { actions = ["route53:GetChange"], resources = ["arn:${local.partition}:route53:::change/*"] },
    {
      actions   = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"]
      resources = var.cert_manager_hosted_zone_arns
    },
    { actions = ["route53:ListHostedZonesByName"], resources = ["*"] },
  ]
}

locals {
  cluster_autoscaler = concat(
    [
      {
        actions = [
          "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances",
          "autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities",
          "autoscaling:DescribeTags", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeInstanceTypes",
          "eks:DescribeNodegroup", "ec2:DescribeImages", "ec2:GetInstanceTypesFromInstanceRequirements",
        ]
        resources = ["*"]
      },
    ],
    [for item in toset(var.cluster_autoscaler_cluster_names) : {
      actions   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
      resources = ["*"]
      when = [
        ["StringEquals", "autoscaling:ResourceTag/kubernetes.io/cluster/${item}", ["owned"]],
      ]
    }],
  )
}

locals {
  ebs_csi = concat(
    [
      {
        actions = [
          "ec2:DescribeAvailabilityZones", "ec2:DescribeInstanceTypes", "ec2:DescribeInstances",
          "ec2:DescribeSnapshots", "ec2:DescribeTags", "ec2:DescribeVolumes", "ec2:DescribeVolumesModifications",
        ]
        resources = ["*"]
      },
      {
        actions   = ["ec2:CreateSnapshot", "ec2:ModifyVolume"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*"]
      },
      {
        actions   = ["ec2:AttachVolume", "ec2:DetachVolume"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*", "arn:${local.partition}:ec2:*:*:instance/*"]
      },
      {
        actions   = ["ec2:CreateVolume", "ec2:EnableFastSnapshotRestores"]
        resources = ["arn:${local.partition}:ec2:*:*:snapshot/*"]
      },
      {
        actions   = ["ec2:CreateTags"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*", "arn:${local.partition}:ec2:*:*:snapshot/*"]
        when      = [["StringEquals", "ec2:CreateAction", ["CreateVolume", "CreateSnapshot"]]]
      },
      {
        actions   = ["ec2:DeleteTags"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*", "arn:${local.partition}:ec2:*:*:snapshot/*"]
      },
      {
        actions   = ["ec2:CreateVolume"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*"]
        when      = [["StringLike", "aws:RequestTag/ebs.csi.aws.com/cluster", ["true"]]]
      },
      {
        actions   = ["ec2:CreateVolume"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*"]
        when      = [["StringLike", "aws:RequestTag/CSIVolumeName", ["*"]]]
      },
      {
        actions   = ["ec2:DeleteVolume"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*"]
        when      = [["StringLike", "aws:ResourceTag/ebs.csi.aws.com/cluster", ["true"]]]
      },
      {
        actions   = ["ec2:DeleteVolume"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*"]
        when      = [["StringLike", "aws:ResourceTag/CSIVolumeName", ["*"]]]
      },
      {
        actions   = ["ec2:DeleteVolume"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*"]
        when      = [["StringLike", "ec2:ResourceTag/kubernetes.io/created-for/pvc/name", ["*"]]]
      },
      {
        actions   = ["ec2:CreateSnapshot"]
        resources = ["arn:${local.partition}:ec2:*:*:snapshot/*"]
        when      = [["StringLike", "aws:RequestTag/CSIVolumeSnapshotName", ["*"]]]
      },
      {
        actions   = ["ec2:CreateSnapshot"]
        resources = ["arn:${local.partition}:ec2:*:*:snapshot/*"]
        when      = [["StringLike", "aws:RequestTag/ebs.csi.aws.com/cluster", ["true"]]]
      },
      {
        actions   = ["ec2:DeleteSnapshot"]
        resources = ["arn:${local.partition}:ec2:*:*:snapshot/*"]
        when      = [["StringLike", "aws:ResourceTag/CSIVolumeSnapshotName", ["*"]]]
      },
      {
        actions   = ["ec2:DeleteSnapshot"]
        resources = ["arn:${local.partition}:ec2:*:*:snapshot/*"]
        when      = [["StringLike", "aws:ResourceTag/ebs.csi.aws.com/cluster", ["true"]]]
      },
    ],
    [for item in length(var.ebs_csi_kms_cmk_arns) > 0 ? [1] : [] : {
      actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
      resources = var.ebs_csi_kms_cmk_arns
      when      = [["Bool", "kms:GrantIsForAWSResource", [true]]]
    }],
    [for item in length(var.ebs_csi_kms_cmk_arns) > 0 ? [1] : [] : {
      actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      resources = var.ebs_csi_kms_cmk_arns
    }],
  )
}

locals {
  efs_csi = [
    {
      actions = [
        "ec2:DescribeAvailabilityZones", "elasticfilesystem:DescribeAccessPoints",
        "elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeMountTargets",
      ]
      resources = ["*"]
    },
    {
      actions   = ["elasticfilesystem:CreateAccessPoint"]
      resources = ["*"]
      when      = [["StringLike", "aws:RequestTag/efs.csi.aws.com/cluster", ["true"]]]
    },
    {
      actions   = ["elasticfilesystem:TagResource"]
      resources = ["*"]
      when      = [["StringLike", "aws:RequestTag/efs.csi.aws.com/cluster", ["true"]]]
    },
    {
      actions   = ["elasticfilesystem:DeleteAccessPoint"]
      resources = ["*"]
      when      = [["StringEquals", "aws:ResourceTag/efs.csi.aws.com/cluster", ["true"]]]
    },
  ]
}

locals {
  mountpoint_s3_csi = concat(
    [
      {
        sid       = "MountpointFullBucketAccess"
        actions   = ["s3:ListBucket"]
        resources = coalescelist(var.mountpoint_s3_csi_bucket_arns, ["arn:${local.partition}:s3:::*"])
      },
      {
        sid       = "MountpointFullObjectAccess"
        actions   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"]
        resources = var.mountpoint_s3_csi_path_arns
      },
    ],
    [for item in length(var.mountpoint_s3_csi_kms_arns) > 0 ? [1] : [] : { actions = ["kms:GenerateDataKey", "kms:Decrypt"], resources = var.mountpoint_s3_csi_kms_arns }],
  )
}

locals {
  external_dns = [
    { actions = ["route53:ChangeResourceRecordSets"], resources = var.external_dns_hosted_zone_arns },
    {
      actions   = ["route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResources"]
      resources = ["*"]
    },
  ]
}

locals {
  external_secrets = concat(
    [
      { actions = ["ssm:DescribeParameters"], resources = ["*"] },
    ],
    [for item in length(var.external_secrets_ssm_parameter_arns) > 0 ? [1] : [] : {
      actions   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
      resources = var.external_secrets_ssm_parameter_arns
    }],
    [
      { actions = ["secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue"], resources = ["*"] },
    ],
    [for item in length(var.external_secrets_secrets_manager_arns) > 0 ? [1] : [] : {
      actions = [
        "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecretVersionIds",
      ]
      resources = var.external_secrets_secrets_manager_arns
    }],
    [for item in length(var.external_secrets_kms_key_arns) > 0 ? [1] : [] : { actions = ["kms:Decrypt"], resources = var.external_secrets_kms_key_arns }],
    [for item in var.external_secrets_secrets_manager_create_permission ? [1] : [] : {
      actions   = ["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:TagResource"]
      resources = var.external_secrets_secrets_manager_arns
    }],
    [for item in var.external_secrets_secrets_manager_create_permission ? [1] : [] : {
      actions   = ["secretsmanager:DeleteSecret"]
      resources = var.external_secrets_secrets_manager_arns
      when      = [["StringEquals", "secretsmanager:ResourceTag/managed-by", ["external-secrets"]]]
    }],
  )
}

locals {
  fsx_lustre_csi = [
    {
      actions   = ["iam:CreateServiceLinkedRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"]
      resources = var.fsx_lustre_csi_service_role_arns
    },
    {
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["*"]
      when      = [["StringLike", "iam:AWSServiceName", [data.aws_service_principal.fsx[0].name]]]
    },
    {
      actions = [
        "s3:ListBucket", "fsx:CreateFileSystem", "fsx:DeleteFileSystem", "fsx:DescribeFileSystems",
        "fsx:TagResource", "fsx:UpdateFileSystem",
      ]
      resources = ["*"]
    },
  ]
}

locals {
  fsx_openzfs_csi = [
    {
      actions   = ["iam:CreateServiceLinkedRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"]
      resources = var.fsx_openzfs_csi_service_role_arns
    },
    {
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["*"]
      when      = [["StringLike", "iam:AWSServiceName", [data.aws_service_principal.fsx[0].name]]]
    },
    {
      actions = [
        "fsx:CreateFileSystem", "fsx:UpdateFileSystem", "fsx:DeleteFileSystem", "fsx:DescribeFileSystems",
        "fsx:CreateVolume", "fsx:DeleteVolume", "fsx:DescribeVolumes", "fsx:CreateSnapshot", "fsx:DeleteSnapshot",
        "fsx:DescribeSnapshots", "fsx:TagResource", "fsx:ListTagsForResource",
      ]
      resources = ["*"]
    },
  ]
}

locals {
  load_balancer_controller = [
    {
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["*"]
      when = [
        ["StringEquals", "iam:AWSServiceName", [data.aws_service_principal.elasticloadbalancing[0].name]],
      ]
    },
    {
      actions = [
        "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInternetGateways", "ec2:DescribeVpcs", "ec2:DescribeVpcPeeringConnections",
        "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeTags", "ec2:GetCoipPoolUsage", "ec2:DescribeCoipPools",
        "ec2:GetSecurityGroupsForVpc", "ec2:DescribeIpamPools", "ec2:DescribeRouteTables",
        "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeSSLPolicies", "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTrustStores", "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeCapacityReservation",
      ]
      resources = ["*"]
    },
    {
      actions = [
        "cognito-idp:DescribeUserPoolClient", "acm:ListCertificates", "acm:DescribeCertificate",
        "iam:ListServerCertificates", "iam:GetServerCertificate", "waf-regional:GetWebACL",
        "waf-regional:GetWebACLForResource", "waf-regional:AssociateWebACL", "waf-regional:DisassociateWebACL",
        "wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL",
        "shield:GetSubscriptionState", "shield:DescribeProtection", "shield:CreateProtection",
        "shield:DeleteProtection",
      ]
      resources = ["*"]
    },
    { actions = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"], resources = ["*"] },
    { actions = ["ec2:CreateSecurityGroup"], resources = ["*"] },
    {
      actions   = ["ec2:CreateTags"]
      resources = ["arn:${local.partition}:ec2:*:*:security-group/*"]
      when = [
        ["StringEquals", "ec2:CreateAction", ["CreateSecurityGroup"]],
        ["Null", "aws:RequestTag/elbv2.k8s.aws/cluster", ["false"]],
      ]
    },
    {
      actions   = ["ec2:CreateTags", "ec2:DeleteTags"]
      resources = ["arn:${local.partition}:ec2:*:*:security-group/*"]
      when = [
        ["Null", "aws:RequestTag/elbv2.k8s.aws/cluster", ["true"]],
        ["Null", "aws:ResourceTag/elbv2.k8s.aws/cluster", ["false"]],
      ]
    },
    {
      actions = [
        "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup",
      ]
      resources = ["*"]
      when      = [["Null", "aws:ResourceTag/elbv2.k8s.aws/cluster", ["false"]]]
    },
    {
      actions   = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"]
      resources = ["*"]
      when      = [["Null", "aws:RequestTag/elbv2.k8s.aws/cluster", ["false"]]]
    },
    {
      actions = [
        "elasticloadbalancing:CreateListener", "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteRule",
      ]
      resources = ["*"]
    },
    {
      actions = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]
      resources = [
        "arn:${local.partition}:elasticloadbalancing:*:*:targetgroup/*/*",
        "arn:${local.partition}:elasticloadbalancing:*:*:loadbalancer/net/*/*",
        "arn:${local.partition}:elasticloadbalancing:*:*:loadbalancer/app/*/*",
      ]
      when = [
        ["Null", "aws:RequestTag/elbv2.k8s.aws/cluster", ["true"]],
        ["Null", "aws:ResourceTag/elbv2.k8s.aws/cluster", ["false"]],
      ]
    },
    {
      actions = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]
      resources = [
        "arn:${local.partition}:elasticloadbalancing:*:*:listener/net/*/*/*",
        "arn:${local.partition}:elasticloadbalancing:*:*:listener/app/*/*/*",
        "arn:${local.partition}:elasticloadbalancing:*:*:listener-rule/net/*/*/*",
        "arn:${local.partition}:elasticloadbalancing:*:*:listener-rule/app/*/*/*",
      ]
    },
    {
      actions = [
        "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:SetIpAddressType",
        "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
        "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyCapacityReservation",
        "elasticloadbalancing:ModifyIpPools",
      ]
      resources = ["*"]
      when      = [["Null", "aws:ResourceTag/elbv2.k8s.aws/cluster", ["false"]]]
    },
    {
      actions = ["elasticloadbalancing:AddTags"]
      resources = [
        "arn:${local.partition}:elasticloadbalancing:*:*:targetgroup/*/*",
        "arn:${local.partition}:elasticloadbalancing:*:*:loadbalancer/net/*/*",
        "arn:${local.partition}:elasticloadbalancing:*:*:loadbalancer/app/*/*",
      ]
      when = [
        ["StringEquals", "elasticloadbalancing:CreateAction", ["CreateTargetGroup", "CreateLoadBalancer"]],
        ["Null", "aws:RequestTag/elbv2.k8s.aws/cluster", ["false"]],
      ]
    },
    {
      actions   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
      resources = ["arn:${local.partition}:elasticloadbalancing:*:*:targetgroup/*/*"]
    },
    {
      actions = [
        "elasticloadbalancing:SetWebAcl", "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:RemoveListenerCertificates",
        "elasticloadbalancing:ModifyRule", "elasticloadbalancing:SetRulePriorities",
      ]
      resources = ["*"]
    },
  ]
}

locals {
  load_balancer_controller_targetgroup_only = [
    {
      actions = [
        "ec2:DescribeSecurityGroups", "ec2:DescribeInstances", "ec2:DescribeVpcs",
        "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress",
        "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
      ]
      resources = ["*"]
    },
    {
      actions = [
        "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets",
      ]
      resources = var.load_balancer_controller_targetgroup_arns
    },
  ]
}

locals {
  amazon_managed_service_prometheus = [
    {
      actions = [
        "aps:RemoteWrite", "aps:QueryMetrics", "aps:GetSeries", "aps:GetLabels", "aps:GetMetricMetadata",
      ]
      resources = var.amazon_managed_service_prometheus_workspace_arns
    },
  ]
}

locals {
  node_termination_handler = [
    {
      actions = [
        "autoscaling:CompleteLifecycleAction", "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeTags", "ec2:DescribeInstances",
      ]
      resources = ["*"]
    },
    {
      actions   = ["sqs:DeleteMessage", "sqs:ReceiveMessage"]
      resources = var.node_termination_handler_sqs_queue_arns
    },
  ]
}

locals {
  velero = [
    {
      sid = "Ec2ReadWrite"
      actions = [
        "ec2:DescribeVolumes", "ec2:DescribeSnapshots", "ec2:CreateTags", "ec2:CreateVolume",
        "ec2:CreateSnapshot", "ec2:DeleteSnapshot",
      ]
      resources = ["*"]
    },
    {
      sid = "S3ReadWrite"
      actions = [
        "s3:GetObject", "s3:DeleteObject", "s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
      ]
      resources = [for bucket in var.velero_s3_bucket_arns : "${bucket}/*"]
    },
    { sid = "S3List", actions = ["s3:ListBucket"], resources = var.velero_s3_bucket_arns },
  ]
}

locals {
  vpc_cni = concat(
    [for item in var.vpc_cni_enable_ipv4 ? [1] : [] : {
      sid = "IPV4"
      actions = [
        "ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface", "ec2:DescribeInstances", "ec2:DescribeTags",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeInstanceTypes", "ec2:DescribeSubnets",
        "ec2:DetachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute", "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["*"]
    }],
    [for item in var.vpc_cni_enable_ipv6 ? [1] : [] : {
      sid = "IPV6"
      actions = [
        "ec2:AssignIpv6Addresses", "ec2:DescribeInstances", "ec2:DescribeTags", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeInstanceTypes",
      ]
      resources = ["*"]
    }],
    [for item in var.vpc_cni_enable_cloudwatch_logs ? [1] : [] : {
      sid       = "CloudWatchLogs"
      actions   = ["logs:DescribeLogGroups", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["*"]
    }],
    [
      {
        sid       = "CreateTags"
        actions   = ["ec2:CreateTags"]
        resources = ["arn:${local.partition}:ec2:*:*:network-interface/*"]
      },
    ],
  )
}
