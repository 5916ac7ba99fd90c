model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts-eks"
  versions       = ">= 5.0.0, < 6.0.0"
  read_at        = "5.60.0"
  same_since     = "5.60.0"
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
  default = null
}

variable "role_description" {
  type    = string
  default = null
}

variable "role_name_prefix" {
  type    = string
  default = null
}

variable "policy_name_prefix" {
  type    = string
  default = "AmazonEKS_"
}

variable "role_policy_arns" {
  type    = map(string)
  default = {}
}

variable "oidc_providers" {
  type    = any
  default = {}
}

variable "tags" {
  type    = map(any)
  default = {}
}

variable "max_session_duration" {
  type    = number
  default = null
}

variable "assume_role_condition_test" {
  type    = string
  default = "StringEquals"
}

variable "allow_self_assume_role" {
  type    = bool
  default = false
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
  default = ["arn:aws:route53:::hostedzone/*"]
}

variable "attach_cluster_autoscaler_policy" {
  type    = bool
  default = false
}

variable "cluster_autoscaler_cluster_ids" {
  type    = list(string)
  default = []
}

variable "cluster_autoscaler_cluster_names" {
  type    = list(string)
  default = []
}

variable "attach_ebs_csi_policy" {
  type    = bool
  default = false
}

variable "ebs_csi_kms_cmk_ids" {
  type    = list(string)
  default = []
}

variable "attach_efs_csi_policy" {
  type    = bool
  default = false
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

variable "attach_external_dns_policy" {
  type    = bool
  default = false
}

variable "external_dns_hosted_zone_arns" {
  type    = list(string)
  default = ["arn:aws:route53:::hostedzone/*"]
}

variable "attach_external_secrets_policy" {
  type    = bool
  default = false
}

variable "external_secrets_ssm_parameter_arns" {
  type    = list(string)
  default = ["arn:aws:ssm:*:*:parameter/*"]
}

variable "external_secrets_secrets_manager_arns" {
  type    = list(string)
  default = ["arn:aws:secretsmanager:*:*:secret:*"]
}

variable "external_secrets_kms_key_arns" {
  type    = list(string)
  default = ["arn:aws:kms:*:*:key/*"]
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

variable "attach_karpenter_controller_policy" {
  type    = bool
  default = false
}

variable "karpenter_controller_cluster_id" {
  type    = string
  default = "*"
}

variable "karpenter_controller_cluster_name" {
  type    = string
  default = "*"
}

variable "karpenter_tag_key" {
  type    = string
  default = "karpenter.sh/discovery"
}

variable "karpenter_controller_ssm_parameter_arns" {
  type    = list(string)
  default = ["arn:aws:ssm:*:*:parameter/aws/service/*"]
}

variable "karpenter_controller_node_iam_role_arns" {
  type    = list(string)
  default = ["*"]
}

variable "karpenter_subnet_account_id" {
  type    = string
  default = ""
}

variable "karpenter_sqs_queue_arn" {
  type    = string
  default = null
}

variable "enable_karpenter_instance_profile_creation" {
  type    = bool
  default = false
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
  default = ["arn:aws:elasticloadbalancing:*:*:targetgroup/*/*"]
}

variable "attach_appmesh_controller_policy" {
  type    = bool
  default = false
}

variable "attach_appmesh_envoy_proxy_policy" {
  type    = bool
  default = false
}

variable "attach_amazon_managed_service_prometheus_policy" {
  type    = bool
  default = false
}

variable "amazon_managed_service_prometheus_workspace_arns" {
  type    = list(string)
  default = ["*"]
}

variable "attach_velero_policy" {
  type    = bool
  default = false
}

variable "velero_s3_bucket_arns" {
  type    = list(string)
  default = ["*"]
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
  default = ["*"]
}

variable "attach_cloudwatch_observability_policy" {
  type    = bool
  default = false
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  dns_suffix = data.aws_partition.current.dns_suffix
  region     = data.aws_region.current.name
  own_name   = var.role_name == null ? "${var.role_name_prefix}*" : var.role_name

  karpenter_controller_cluster_name = (var.karpenter_controller_cluster_name != "*"
  ? var.karpenter_controller_cluster_name : var.karpenter_controller_cluster_id)
}

data "aws_iam_policy_document" "this" {
  count = var.create_role ? 1 : 0

  dynamic "statement" {
    for_each = var.allow_self_assume_role ? [1] : []
    content {
      sid     = "ExplicitSelfRoleAssumption"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${local.own_name}"]
      }
    }
  }

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
        test     = var.assume_role_condition_test
        variable = "${replace(by.value.provider_arn, "/^(.*provider/)/", "")}:sub"
        values   = [for account in by.value.namespace_service_accounts : "system:serviceaccount:${account}"]
      }
      condition {
        test     = var.assume_role_condition_test
        variable = "${replace(by.value.provider_arn, "/^(.*provider/)/", "")}:aud"
        values   = ["sts.amazonaws.com"]
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
  assume_role_policy   = data.aws_iam_policy_document.this[0].json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.role_permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for name, arn in var.role_policy_arns : name => arn if var.create_role }
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

resource "aws_iam_policy" "aws_gateway_controller" {
  count       = var.create_role && var.attach_aws_gateway_controller_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}AWSGatewayController-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.aws_gateway_controller[0].json
}

data "aws_iam_policy_document" "aws_gateway_controller" {
  count = var.create_role && var.attach_aws_gateway_controller_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.aws_gateway_controller
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

resource "aws_iam_role_policy_attachment" "aws_gateway_controller" {
  count      = var.create_role && var.attach_aws_gateway_controller_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.aws_gateway_controller[0].arn
}

locals {
  aws_gateway_controller = [
    {
      actions = [
        "vpc-lattice:*", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeTags",
        "ec2:DescribeSecurityGroups", "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:DescribeLogGroups",
        "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "tag:GetResources", "firehose:TagDeliveryStream",
        "s3:GetBucketPolicy", "s3:PutBucketPolicy",
      ]
      resources = ["*"]
    },
    {
      actions = ["iam:CreateServiceLinkedRole"]
      resources = [
        "arn:${local.partition}:iam::*:role/aws-service-role/vpc-lattice.${local.dns_suffix}/AWSServiceRoleForVpcLattice",
      ]
      when = [["StringLike", "iam:AWSServiceName", ["vpc-lattice.${local.dns_suffix}"]]]
    },
    {
      actions = ["iam:CreateServiceLinkedRole"]
      resources = [
        "arn:${local.partition}:iam::*:role/aws-service-role/delivery.logs.${local.dns_suffix}/AWSServiceRoleForLogDelivery",
      ]
      when = [["StringLike", "iam:AWSServiceName", ["delivery.logs.${local.dns_suffix}"]]]
    },
  ]
}

resource "aws_iam_policy" "cert_manager" {
  count       = var.create_role && var.attach_cert_manager_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Cert_Manager_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.cert_manager[0].json
}

data "aws_iam_policy_document" "cert_manager" {
  count = var.create_role && var.attach_cert_manager_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.cert_manager
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

resource "aws_iam_role_policy_attachment" "cert_manager" {
  count      = var.create_role && var.attach_cert_manager_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.cert_manager[0].arn
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

resource "aws_iam_policy" "cluster_autoscaler" {
  count       = var.create_role && var.attach_cluster_autoscaler_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Cluster_Autoscaler_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.cluster_autoscaler[0].json
}

data "aws_iam_policy_document" "cluster_autoscaler" {
  count = var.create_role && var.attach_cluster_autoscaler_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.cluster_autoscaler
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

resource "aws_iam_role_policy_attachment" "cluster_autoscaler" {
  count      = var.create_role && var.attach_cluster_autoscaler_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.cluster_autoscaler[0].arn
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
    [for item in toset(coalescelist(var.cluster_autoscaler_cluster_ids, var.cluster_autoscaler_cluster_names)) : {
      actions   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
      resources = ["*"]
      when = [
        ["StringEquals", "autoscaling:ResourceTag/kubernetes.io/cluster/${item}", ["owned"]],
      ]
    }],
  )
}

resource "aws_iam_policy" "ebs_csi" {
  count       = var.create_role && var.attach_ebs_csi_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}EBS_CSI_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.ebs_csi[0].json
}

data "aws_iam_policy_document" "ebs_csi" {
  count = var.create_role && var.attach_ebs_csi_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.ebs_csi
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

resource "aws_iam_role_policy_attachment" "ebs_csi" {
  count      = var.create_role && var.attach_ebs_csi_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.ebs_csi[0].arn
}

locals {
  ebs_csi = concat(
    [
      {
        actions = [
          "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeTags",
          "ec2:DescribeVolumes", "ec2:DescribeVolumesModifications",
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
    [for item in length(var.ebs_csi_kms_cmk_ids) > 0 ? [1] : [] : {
      actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
      resources = var.ebs_csi_kms_cmk_ids
      when      = [["Bool", "kms:GrantIsForAWSResource", [true]]]
    }],
    [for item in length(var.ebs_csi_kms_cmk_ids) > 0 ? [1] : [] : {
      actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      resources = var.ebs_csi_kms_cmk_ids
    }],
  )
}

resource "aws_iam_policy" "efs_csi" {
  count       = var.create_role && var.attach_efs_csi_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}EFS_CSI_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.efs_csi[0].json
}

data "aws_iam_policy_document" "efs_csi" {
  count = var.create_role && var.attach_efs_csi_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.efs_csi
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

resource "aws_iam_role_policy_attachment" "efs_csi" {
  count      = var.create_role && var.attach_efs_csi_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.efs_csi[0].arn
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

resource "aws_iam_policy" "mountpoint_s3_csi" {
  count       = var.create_role && var.attach_mountpoint_s3_csi_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Mountpoint_S3_CSI-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.mountpoint_s3_csi[0].json
}

data "aws_iam_policy_document" "mountpoint_s3_csi" {
  count = var.create_role && var.attach_mountpoint_s3_csi_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.mountpoint_s3_csi
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

resource "aws_iam_role_policy_attachment" "mountpoint_s3_csi" {
  count      = var.create_role && var.attach_mountpoint_s3_csi_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.mountpoint_s3_csi[0].arn
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

resource "aws_iam_policy" "external_dns" {
  count       = var.create_role && var.attach_external_dns_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}External_DNS_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.external_dns[0].json
}

data "aws_iam_policy_document" "external_dns" {
  count = var.create_role && var.attach_external_dns_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.external_dns
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

resource "aws_iam_role_policy_attachment" "external_dns" {
  count      = var.create_role && var.attach_external_dns_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.external_dns[0].arn
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

resource "aws_iam_policy" "external_secrets" {
  count       = var.create_role && var.attach_external_secrets_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}External_Secrets_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.external_secrets[0].json
}

data "aws_iam_policy_document" "external_secrets" {
  count = var.create_role && var.attach_external_secrets_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.external_secrets
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

resource "aws_iam_role_policy_attachment" "external_secrets" {
  count      = var.create_role && var.attach_external_secrets_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.external_secrets[0].arn
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
      {
        actions = [
          "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret",
          "secretsmanager:ListSecretVersionIds",
        ]
        resources = var.external_secrets_secrets_manager_arns
      },
    ],
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

resource "aws_iam_policy" "fsx_lustre_csi" {
  count       = var.create_role && var.attach_fsx_lustre_csi_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}FSx_Lustre_CSI_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.fsx_lustre_csi[0].json
}

data "aws_iam_policy_document" "fsx_lustre_csi" {
  count = var.create_role && var.attach_fsx_lustre_csi_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.fsx_lustre_csi
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

resource "aws_iam_role_policy_attachment" "fsx_lustre_csi" {
  count      = var.create_role && var.attach_fsx_lustre_csi_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.fsx_lustre_csi[0].arn
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
      when      = [["StringLike", "iam:AWSServiceName", ["fsx.${local.dns_suffix}"]]]
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

resource "aws_iam_policy" "fsx_openzfs_csi" {
  count       = var.create_role && var.attach_fsx_openzfs_csi_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}FSx_OpenZFS_CSI_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.fsx_openzfs_csi[0].json
}

data "aws_iam_policy_document" "fsx_openzfs_csi" {
  count = var.create_role && var.attach_fsx_openzfs_csi_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.fsx_openzfs_csi
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

resource "aws_iam_role_policy_attachment" "fsx_openzfs_csi" {
  count      = var.create_role && var.attach_fsx_openzfs_csi_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.fsx_openzfs_csi[0].arn
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
      when      = [["StringLike", "iam:AWSServiceName", ["fsx.${local.dns_suffix}"]]]
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

resource "aws_iam_policy" "karpenter_controller" {
  count       = var.create_role && var.attach_karpenter_controller_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Karpenter_Controller_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.karpenter_controller[0].json
}

data "aws_iam_policy_document" "karpenter_controller" {
  count = var.create_role && var.attach_karpenter_controller_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.karpenter_controller
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

resource "aws_iam_role_policy_attachment" "karpenter_controller" {
  count      = var.create_role && var.attach_karpenter_controller_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.karpenter_controller[0].arn
}

locals {
  karpenter_controller = concat(
    [
      {
        actions = [
          "ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:DescribeAvailabilityZones",
          "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceTypeOfferings",
          "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates", "ec2:DescribeSecurityGroups",
          "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets", "pricing:GetProducts",
        ]
        resources = ["*"]
      },
      {
        actions   = ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"]
        resources = ["*"]
        when = [
          ["StringEquals", "ec2:ResourceTag/${var.karpenter_tag_key}", [local.karpenter_controller_cluster_name]],
        ]
      },
      {
        actions   = ["ec2:RunInstances"]
        resources = ["arn:${local.partition}:ec2:*:${local.account_id}:launch-template/*"]
        when = [
          ["StringEquals", "ec2:ResourceTag/${var.karpenter_tag_key}", [local.karpenter_controller_cluster_name]],
        ]
      },
      {
        actions = ["ec2:RunInstances"]
        resources = [
          "arn:${local.partition}:ec2:*::image/*", "arn:${local.partition}:ec2:*:${local.account_id}:instance/*",
          "arn:${local.partition}:ec2:*:${local.account_id}:spot-instances-request/*",
          "arn:${local.partition}:ec2:*:${local.account_id}:security-group/*",
          "arn:${local.partition}:ec2:*:${local.account_id}:volume/*",
          "arn:${local.partition}:ec2:*:${local.account_id}:network-interface/*",
          "arn:${local.partition}:ec2:*:${coalesce(var.karpenter_subnet_account_id, local.account_id)}:subnet/*",
        ]
      },
      { actions = ["ssm:GetParameter"], resources = var.karpenter_controller_ssm_parameter_arns },
      { actions = ["iam:PassRole"], resources = var.karpenter_controller_node_iam_role_arns },
    ],
    [for item in var.enable_karpenter_instance_profile_creation ? [1] : [] : {
      actions = [
        "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile",
        "iam:GetInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile",
      ]
      resources = ["*"]
    }],
    [
      {
        actions = ["eks:DescribeCluster"]
        resources = [
          "arn:${local.partition}:eks:${local.region}:${local.account_id}:cluster/${local.karpenter_controller_cluster_name}",
        ]
      },
    ],
    [for item in var.karpenter_sqs_queue_arn != null ? [1] : [] : {
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
      resources = [var.karpenter_sqs_queue_arn]
    }],
  )
}

resource "aws_iam_policy" "load_balancer_controller" {
  count       = var.create_role && var.attach_load_balancer_controller_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}AWS_Load_Balancer_Controller-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.load_balancer_controller[0].json
}

data "aws_iam_policy_document" "load_balancer_controller" {
  count = var.create_role && var.attach_load_balancer_controller_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.load_balancer_controller
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

resource "aws_iam_role_policy_attachment" "load_balancer_controller" {
  count      = var.create_role && var.attach_load_balancer_controller_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.load_balancer_controller[0].arn
}

locals {
  load_balancer_controller = [
    {
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["*"]
      when      = [["StringEquals", "iam:AWSServiceName", ["elasticloadbalancing.${local.dns_suffix}"]]]
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

resource "aws_iam_policy" "load_balancer_controller_targetgroup_only" {
  count       = var.create_role && var.attach_load_balancer_controller_targetgroup_binding_only_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}AWS_Load_Balancer_Controller_TargetGroup_Only-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.load_balancer_controller_targetgroup_only[0].json
}

data "aws_iam_policy_document" "load_balancer_controller_targetgroup_only" {
  count = var.create_role && var.attach_load_balancer_controller_targetgroup_binding_only_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.load_balancer_controller_targetgroup_only
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

resource "aws_iam_role_policy_attachment" "load_balancer_controller_targetgroup_only" {
  count      = var.create_role && var.attach_load_balancer_controller_targetgroup_binding_only_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.load_balancer_controller_targetgroup_only[0].arn
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

resource "aws_iam_policy" "appmesh_controller" {
  count       = var.create_role && var.attach_appmesh_controller_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Appmesh_Controller-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.appmesh_controller[0].json
}

data "aws_iam_policy_document" "appmesh_controller" {
  count = var.create_role && var.attach_appmesh_controller_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.appmesh_controller
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

resource "aws_iam_role_policy_attachment" "appmesh_controller" {
  count      = var.create_role && var.attach_appmesh_controller_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.appmesh_controller[0].arn
}

locals {
  appmesh_controller = [
    {
      actions = [
        "appmesh:ListVirtualRouters", "appmesh:ListVirtualServices", "appmesh:ListRoutes",
        "appmesh:ListGatewayRoutes", "appmesh:ListMeshes", "appmesh:ListVirtualNodes",
        "appmesh:ListVirtualGateways", "appmesh:DescribeMesh", "appmesh:DescribeVirtualRouter",
        "appmesh:DescribeRoute", "appmesh:DescribeVirtualNode", "appmesh:DescribeVirtualGateway",
        "appmesh:DescribeGatewayRoute", "appmesh:DescribeVirtualService", "appmesh:CreateMesh",
        "appmesh:CreateVirtualRouter", "appmesh:CreateVirtualGateway", "appmesh:CreateVirtualService",
        "appmesh:CreateGatewayRoute", "appmesh:CreateRoute", "appmesh:CreateVirtualNode", "appmesh:UpdateMesh",
        "appmesh:UpdateRoute", "appmesh:UpdateVirtualGateway", "appmesh:UpdateVirtualRouter",
        "appmesh:UpdateGatewayRoute", "appmesh:UpdateVirtualService", "appmesh:UpdateVirtualNode",
        "appmesh:DeleteMesh", "appmesh:DeleteRoute", "appmesh:DeleteVirtualRouter", "appmesh:DeleteGatewayRoute",
        "appmesh:DeleteVirtualService", "appmesh:DeleteVirtualNode", "appmesh:DeleteVirtualGateway",
      ]
      resources = ["*"]
    },
    {
      actions = ["iam:CreateServiceLinkedRole"]
      resources = [
        "arn:${local.partition}:iam::*:role/aws-service-role/appmesh.${local.dns_suffix}/AWSServiceRoleForAppMesh",
      ]
      when = [["StringLike", "iam:AWSServiceName", ["appmesh.${local.dns_suffix}"]]]
    },
    {
      actions = [
        "acm:ListCertificates", "acm:DescribeCertificate", "acm-pca:DescribeCertificateAuthority",
        "acm-pca:ListCertificateAuthorities",
      ]
      resources = ["*"]
    },
    {
      actions = [
        "servicediscovery:CreateService", "servicediscovery:DeleteService", "servicediscovery:GetService",
        "servicediscovery:GetInstance", "servicediscovery:RegisterInstance",
        "servicediscovery:DeregisterInstance", "servicediscovery:ListInstances",
        "servicediscovery:ListNamespaces", "servicediscovery:ListServices",
        "servicediscovery:GetInstancesHealthStatus", "servicediscovery:UpdateInstanceCustomHealthStatus",
        "servicediscovery:GetOperation", "route53:GetHealthCheck", "route53:CreateHealthCheck",
        "route53:UpdateHealthCheck", "route53:ChangeResourceRecordSets", "route53:DeleteHealthCheck",
      ]
      resources = ["*"]
    },
  ]
}

resource "aws_iam_policy" "appmesh_envoy_proxy" {
  count       = var.create_role && var.attach_appmesh_envoy_proxy_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Appmesh_Envoy_Proxy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.appmesh_envoy_proxy[0].json
}

data "aws_iam_policy_document" "appmesh_envoy_proxy" {
  count = var.create_role && var.attach_appmesh_envoy_proxy_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.appmesh_envoy_proxy
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

resource "aws_iam_role_policy_attachment" "appmesh_envoy_proxy" {
  count      = var.create_role && var.attach_appmesh_envoy_proxy_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.appmesh_envoy_proxy[0].arn
}

locals {
  appmesh_envoy_proxy = [
    { actions = ["appmesh:StreamAggregatedResources"], resources = ["*"] },
    { actions = ["acm:ExportCertificate", "acm-pca:GetCertificateAuthorityCertificate"], resources = ["*"] },
  ]
}

resource "aws_iam_policy" "amazon_managed_service_prometheus" {
  count       = var.create_role && var.attach_amazon_managed_service_prometheus_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Managed_Service_Prometheus_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.amazon_managed_service_prometheus[0].json
}

data "aws_iam_policy_document" "amazon_managed_service_prometheus" {
  count = var.create_role && var.attach_amazon_managed_service_prometheus_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.amazon_managed_service_prometheus
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

resource "aws_iam_role_policy_attachment" "amazon_managed_service_prometheus" {
  count      = var.create_role && var.attach_amazon_managed_service_prometheus_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.amazon_managed_service_prometheus[0].arn
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

resource "aws_iam_policy" "node_termination_handler" {
  count       = var.create_role && var.attach_node_termination_handler_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Node_Termination_Handler_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.node_termination_handler[0].json
}

data "aws_iam_policy_document" "node_termination_handler" {
  count = var.create_role && var.attach_node_termination_handler_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.node_termination_handler
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

resource "aws_iam_role_policy_attachment" "node_termination_handler" {
  count      = var.create_role && var.attach_node_termination_handler_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.node_termination_handler[0].arn
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

resource "aws_iam_policy" "velero" {
  count       = var.create_role && var.attach_velero_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}Velero_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.velero[0].json
}

data "aws_iam_policy_document" "velero" {
  count = var.create_role && var.attach_velero_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.velero
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

resource "aws_iam_role_policy_attachment" "velero" {
  count      = var.create_role && var.attach_velero_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.velero[0].arn
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

resource "aws_iam_policy" "vpc_cni" {
  count       = var.create_role && var.attach_vpc_cni_policy ? 1 : 0
  name_prefix = "${var.policy_name_prefix}CNI_Policy-"
  path        = var.role_path
  tags        = var.tags
  policy      = data.aws_iam_policy_document.vpc_cni[0].json
}

data "aws_iam_policy_document" "vpc_cni" {
  count = var.create_role && var.attach_vpc_cni_policy ? 1 : 0
  dynamic "statement" {
    for_each = local.vpc_cni
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

resource "aws_iam_role_policy_attachment" "vpc_cni" {
  count      = var.create_role && var.attach_vpc_cni_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.vpc_cni[0].arn
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

resource "aws_iam_role_policy_attachment" "amazon_cloudwatch_observability" {
  for_each = var.create_role && var.attach_cloudwatch_observability_policy ? {
    for name in ["AWSXrayWriteOnlyAccess", "CloudWatchAgentServerPolicy"] : name => "arn:${local.partition}:iam::aws:policy/${name}"
  } : {}
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}
