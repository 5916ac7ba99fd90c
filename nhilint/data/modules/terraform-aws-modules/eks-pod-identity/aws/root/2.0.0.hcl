model {
  source         = "terraform-aws-modules/eks-pod-identity/aws"
  versions       = ">= 2.0.0, < 3.0.0"
  read_at        = "2.8.1"
  same_since     = "2.8.1"
  without_effect = ["custom_policy_description"]
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

variable "trust_policy_conditions" {
  type = list(object({
    test     = string
    values   = list(string)
    variable = string
  }))
  default = []
}

variable "trust_policy_statements" {
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

variable "name" {
  type    = string
  default = ""
}

variable "use_name_prefix" {
  type    = string
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

variable "permissions_boundary_arn" {
  type    = string
  default = null
}

variable "additional_policy_arns" {
  type    = map(string)
  default = {}
}

variable "association_defaults" {
  type = object({
    cluster_name         = optional(string)
    disable_session_tags = optional(bool)
    namespace            = optional(string)
    service_account      = optional(string)
    role_arn             = optional(string)
    target_role_arn      = optional(string)
    tags                 = optional(map(string), {})
  })
  default = {}
}

variable "associations" {
  type = map(object({
    cluster_name         = optional(string)
    disable_session_tags = optional(bool)
    namespace            = optional(string)
    service_account      = optional(string)
    role_arn             = optional(string)
    target_role_arn      = optional(string)
    tags                 = optional(map(string), {})
  }))
  default = {}
}

variable "source_policy_documents" {
  type    = list(string)
  default = []
}

variable "override_policy_documents" {
  type    = list(string)
  default = []
}

variable "policy_statements" {
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

variable "policy_name_prefix" {
  type    = string
  default = "AmazonEKS_"
}

variable "attach_custom_policy" {
  type    = bool
  default = false
}

variable "attach_amazon_managed_service_prometheus_policy" {
  type    = bool
  default = false
}

variable "amazon_managed_service_prometheus_policy_name" {
  type    = string
  default = null
}

variable "amazon_managed_service_prometheus_workspace_arns" {
  type    = list(string)
  default = []
}

variable "attach_aws_appmesh_controller_policy" {
  type    = bool
  default = false
}

variable "appmesh_controller_policy_name" {
  type    = string
  default = null
}

variable "attach_aws_cloudwatch_observability_policy" {
  type    = bool
  default = false
}

variable "attach_aws_appmesh_envoy_proxy_policy" {
  type    = bool
  default = false
}

variable "appmesh_envoy_proxy_policy_name" {
  type    = string
  default = null
}

variable "attach_aws_ebs_csi_policy" {
  type    = bool
  default = false
}

variable "aws_ebs_csi_policy_name" {
  type    = string
  default = null
}

variable "aws_ebs_csi_kms_arns" {
  type    = list(string)
  default = []
}

variable "attach_aws_efs_csi_policy" {
  type    = bool
  default = false
}

variable "aws_efs_csi_policy_name" {
  type    = string
  default = null
}

variable "attach_aws_fsx_lustre_csi_policy" {
  type    = bool
  default = false
}

variable "aws_fsx_lustre_csi_policy_name" {
  type    = string
  default = null
}

variable "aws_fsx_lustre_csi_service_role_arns" {
  type    = list(string)
  default = []
}

variable "attach_aws_gateway_controller_policy" {
  type    = bool
  default = false
}

variable "aws_gateway_controller_policy_name" {
  type    = string
  default = null
}

variable "attach_aws_lb_controller_policy" {
  type    = bool
  default = false
}

variable "aws_lb_controller_policy_name" {
  type    = string
  default = null
}

variable "attach_aws_lb_controller_targetgroup_binding_only_policy" {
  type    = bool
  default = false
}

variable "aws_lb_controller_targetgroup_only_policy_name" {
  type    = string
  default = null
}

variable "aws_lb_controller_targetgroup_arns" {
  type    = list(string)
  default = []
}

variable "attach_aws_node_termination_handler_policy" {
  type    = bool
  default = false
}

variable "aws_node_termination_handler_policy_name" {
  type    = string
  default = null
}

variable "aws_node_termination_handler_sqs_queue_arns" {
  type    = list(string)
  default = []
}

variable "attach_aws_privateca_issuer_policy" {
  type    = bool
  default = false
}

variable "aws_privateca_issuer_policy_name" {
  type    = string
  default = null
}

variable "aws_privateca_issuer_acmca_arns" {
  type    = list(string)
  default = []
}

variable "attach_aws_vpc_cni_policy" {
  type    = bool
  default = false
}

variable "aws_vpc_cni_policy_name" {
  type    = string
  default = null
}

variable "aws_vpc_cni_enable_cloudwatch_logs" {
  type    = bool
  default = false
}

variable "aws_vpc_cni_enable_ipv4" {
  type    = bool
  default = false
}

variable "aws_vpc_cni_enable_ipv6" {
  type    = bool
  default = false
}

variable "attach_cert_manager_policy" {
  type    = bool
  default = false
}

variable "cert_manager_policy_name" {
  type    = string
  default = null
}

variable "cert_manager_hosted_zone_arns" {
  type    = list(string)
  default = []
}

variable "attach_cluster_autoscaler_policy" {
  type    = bool
  default = false
}

variable "cluster_autoscaler_policy_name" {
  type    = string
  default = null
}

variable "cluster_autoscaler_cluster_names" {
  type    = list(string)
  default = []
}

variable "attach_external_dns_policy" {
  type    = bool
  default = false
}

variable "external_dns_policy_name" {
  type    = string
  default = null
}

variable "external_dns_hosted_zone_arns" {
  type    = list(string)
  default = []
}

variable "attach_external_secrets_policy" {
  type    = bool
  default = false
}

variable "external_secrets_policy_name" {
  type    = string
  default = null
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

variable "external_secrets_create_permission" {
  type    = bool
  default = false
}

variable "attach_mountpoint_s3_csi_policy" {
  type    = bool
  default = false
}

variable "mountpoint_s3_csi_policy_name" {
  type    = string
  default = null
}

variable "mountpoint_s3_csi_bucket_arns" {
  type    = list(string)
  default = []
}

variable "mountpoint_s3_csi_bucket_path_arns" {
  type    = list(string)
  default = []
}

variable "attach_pganalyze_policy" {
  type    = bool
  default = false
}

variable "pganalyze_policy_name" {
  type    = string
  default = null
}

variable "attach_velero_policy" {
  type    = bool
  default = false
}

variable "velero_policy_name" {
  type    = string
  default = null
}

variable "velero_s3_bucket_arns" {
  type    = list(string)
  default = []
}

variable "velero_s3_bucket_path_arns" {
  type    = list(string)
  default = []
}

variable "velero_kms_arns" {
  type    = list(string)
  default = []
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

data "aws_region" "current" {
  region = var.region
}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.region
}

data "aws_iam_policy_document" "assume" {
  count = var.create ? 1 : 0
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
    dynamic "condition" {
      for_each = var.trust_policy_conditions
      content {
        test     = condition.value.test
        variable = condition.value.variable
        values   = condition.value.values
      }
    }
  }
  dynamic "statement" {
    for_each = var.trust_policy_statements == null ? {} : var.trust_policy_statements
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

resource "aws_iam_role" "this" {
  count                = var.create ? 1 : 0
  name                 = var.use_name_prefix ? null : var.name
  name_prefix          = var.use_name_prefix ? "${var.name}-" : null
  path                 = var.path
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.assume[0].json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for name, arn in var.additional_policy_arns : name => arn if var.create }
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

data "aws_iam_policy_document" "base" {
  count                     = var.create ? 1 : 0
  source_policy_documents   = var.source_policy_documents
  override_policy_documents = var.attach_custom_policy ? var.override_policy_documents : []
  dynamic "statement" {
    for_each = var.policy_statements == null ? {} : var.policy_statements
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

resource "aws_iam_policy" "custom" {
  count       = var.create && var.attach_custom_policy ? 1 : 0
  name        = var.use_name_prefix ? null : var.name
  name_prefix = var.use_name_prefix ? "${var.name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.base[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "custom" {
  count      = var.create && var.attach_custom_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.custom[0].arn
}

resource "aws_eks_pod_identity_association" "this" {
  for_each        = { for name, association in var.associations : name => association if var.create }
  cluster_name    = try(coalesce(each.value.cluster_name, var.association_defaults.cluster_name))
  namespace       = try(coalesce(each.value.namespace, var.association_defaults.namespace))
  service_account = try(coalesce(each.value.service_account, var.association_defaults.service_account))
  role_arn        = aws_iam_role.this[0].arn
  target_role_arn = try(coalesce(each.value.target_role_arn, var.association_defaults.target_role_arn), null)
}

output "iam_role_arn" {
  value = try(aws_iam_role.this[0].arn, null)
}

output "iam_role_name" {
  value = try(aws_iam_role.this[0].name, null)
}

output "iam_role_path" {
  value = try(aws_iam_role.this[0].path, null)
}

resource "aws_iam_role_policy_attachment" "aws_cloudwatch_observability" {
  for_each = var.create && var.attach_aws_cloudwatch_observability_policy ? {
    for name in ["AWSXrayWriteOnlyAccess", "CloudWatchAgentServerPolicy"] : name => "arn:${local.partition}:iam::aws:policy/${name}"
  } : {}
  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

locals {
  amazon_managed_service_prometheus_policy_name = coalesce(var.amazon_managed_service_prometheus_policy_name, "${var.policy_name_prefix}ManagedServiceForPrometheus")
}

data "aws_iam_policy_document" "amazon_managed_service_prometheus" {
  count                     = var.create && var.attach_amazon_managed_service_prometheus_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "amazon_managed_service_prometheus" {
  count       = var.create && var.attach_amazon_managed_service_prometheus_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.amazon_managed_service_prometheus_policy_name
  name_prefix = var.use_name_prefix ? "${local.amazon_managed_service_prometheus_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.amazon_managed_service_prometheus[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "amazon_managed_service_prometheus" {
  count      = var.create && var.attach_amazon_managed_service_prometheus_policy ? 1 : 0
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

locals {
  appmesh_controller_policy_name = coalesce(var.appmesh_controller_policy_name, "${var.policy_name_prefix}AppMeshController")
}

data "aws_iam_policy_document" "appmesh_controller" {
  count                     = var.create && var.attach_aws_appmesh_controller_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "appmesh_controller" {
  count       = var.create && var.attach_aws_appmesh_controller_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.appmesh_controller_policy_name
  name_prefix = var.use_name_prefix ? "${local.appmesh_controller_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.appmesh_controller[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "appmesh_controller" {
  count      = var.create && var.attach_aws_appmesh_controller_policy ? 1 : 0
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
        "arn:${local.partition}:iam::*:role/aws-service-role/appmesh.amazonaws.com/AWSServiceRoleForAppMesh",
      ]
      when = [["StringLike", "iam:AWSServiceName", ["appmesh.amazonaws.com"]]]
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

locals {
  appmesh_envoy_proxy_policy_name = coalesce(var.appmesh_envoy_proxy_policy_name, "${var.policy_name_prefix}AppMeshEnvoyProxy")
}

data "aws_iam_policy_document" "appmesh_envoy_proxy" {
  count                     = var.create && var.attach_aws_appmesh_envoy_proxy_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "appmesh_envoy_proxy" {
  count       = var.create && var.attach_aws_appmesh_envoy_proxy_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.appmesh_envoy_proxy_policy_name
  name_prefix = var.use_name_prefix ? "${local.appmesh_envoy_proxy_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.appmesh_envoy_proxy[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "appmesh_envoy_proxy" {
  count      = var.create && var.attach_aws_appmesh_envoy_proxy_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.appmesh_envoy_proxy[0].arn
}

locals {
  appmesh_envoy_proxy = [
    { actions = ["appmesh:StreamAggregatedResources"], resources = ["*"] },
    { actions = ["acm:ExportCertificate", "acm-pca:GetCertificateAuthorityCertificate"], resources = ["*"] },
  ]
}

locals {
  aws_ebs_csi_policy_name = coalesce(var.aws_ebs_csi_policy_name, "${var.policy_name_prefix}EBS_CSI")
}

data "aws_iam_policy_document" "ebs_csi" {
  count                     = var.create && var.attach_aws_ebs_csi_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "ebs_csi" {
  count       = var.create && var.attach_aws_ebs_csi_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_ebs_csi_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_ebs_csi_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.ebs_csi[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "ebs_csi" {
  count      = var.create && var.attach_aws_ebs_csi_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.ebs_csi[0].arn
}

locals {
  ebs_csi = concat(
    [
      {
        actions = [
          "ec2:CreateSnapshot", "ec2:AttachVolume", "ec2:DetachVolume", "ec2:ModifyVolume",
          "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeInstanceTypes",
          "ec2:DescribeSnapshots", "ec2:DescribeTags", "ec2:DescribeVolumes", "ec2:DescribeVolumesModifications",
          "ec2:DescribeVolumeStatus", "ec2:EnableFastSnapshotRestores",
        ]
        resources = ["*"]
      },
      { actions = ["ec2:CopyVolumes"], resources = ["arn:${local.partition}:ec2:*:*:volume/vol-*"] },
      {
        actions   = ["ec2:CreateTags"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*", "arn:${local.partition}:ec2:*:*:snapshot/*"]
        when      = [["StringEquals", "ec2:CreateAction", ["CreateVolume", "CreateSnapshot", "CopyVolumes"]]]
      },
      {
        actions   = ["ec2:DeleteTags"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*", "arn:${local.partition}:ec2:*:*:snapshot/*"]
      },
      {
        actions   = ["ec2:CreateVolume", "ec2:CopyVolumes"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*"]
        when      = [["StringLike", "aws:RequestTag/ebs.csi.aws.com/cluster", ["true"]]]
      },
      {
        actions   = ["ec2:CreateVolume", "ec2:CopyVolumes"]
        resources = ["arn:${local.partition}:ec2:*:*:volume/*"]
        when      = [["StringLike", "aws:RequestTag/CSIVolumeName", ["*"]]]
      },
      { actions = ["ec2:CreateVolume"], resources = ["arn:${local.partition}:ec2:*:*:snapshot/*"] },
      {
        actions   = ["ec2:DeleteVolume"]
        resources = ["*"]
        when      = [["StringLike", "ec2:ResourceTag/ebs.csi.aws.com/cluster", ["true"]]]
      },
      {
        actions   = ["ec2:DeleteVolume"]
        resources = ["*"]
        when      = [["StringLike", "ec2:ResourceTag/CSIVolumeName", ["*"]]]
      },
      {
        actions   = ["ec2:DeleteVolume"]
        resources = ["*"]
        when      = [["StringLike", "ec2:ResourceTag/kubernetes.io/created-for/pvc/name", ["*"]]]
      },
      {
        actions   = ["ec2:DeleteSnapshot", "ec2:LockSnapshot"]
        resources = ["*"]
        when      = [["StringLike", "ec2:ResourceTag/CSIVolumeSnapshotName", ["*"]]]
      },
      {
        actions   = ["ec2:DeleteSnapshot", "ec2:LockSnapshot"]
        resources = ["*"]
        when      = [["StringLike", "ec2:ResourceTag/ebs.csi.aws.com/cluster", ["true"]]]
      },
    ],
    [for item in length(var.aws_ebs_csi_kms_arns) > 0 ? [1] : [] : {
      actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
      resources = var.aws_ebs_csi_kms_arns
      when      = [["Bool", "kms:GrantIsForAWSResource", [true]]]
    }],
    [for item in length(var.aws_ebs_csi_kms_arns) > 0 ? [1] : [] : {
      actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      resources = var.aws_ebs_csi_kms_arns
    }],
  )
}

locals {
  aws_efs_csi_policy_name = coalesce(var.aws_efs_csi_policy_name, "${var.policy_name_prefix}EFS_CSI")
}

data "aws_iam_policy_document" "efs_csi" {
  count                     = var.create && var.attach_aws_efs_csi_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "efs_csi" {
  count       = var.create && var.attach_aws_efs_csi_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_efs_csi_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_efs_csi_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.efs_csi[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "efs_csi" {
  count      = var.create && var.attach_aws_efs_csi_policy ? 1 : 0
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
      when      = [["StringLike", "aws:ResourceTag/efs.csi.aws.com/cluster", ["true"]]]
    },
    {
      actions   = ["elasticfilesystem:DeleteAccessPoint"]
      resources = ["*"]
      when      = [["StringEquals", "aws:ResourceTag/efs.csi.aws.com/cluster", ["true"]]]
    },
  ]
}

locals {
  aws_fsx_lustre_csi_policy_name = coalesce(var.aws_fsx_lustre_csi_policy_name, "${var.policy_name_prefix}FSxForLustre_CSI")
}

data "aws_iam_policy_document" "fsx_lustre_csi" {
  count                     = var.create && var.attach_aws_fsx_lustre_csi_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "fsx_lustre_csi" {
  count       = var.create && var.attach_aws_fsx_lustre_csi_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_fsx_lustre_csi_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_fsx_lustre_csi_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.fsx_lustre_csi[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "fsx_lustre_csi" {
  count      = var.create && var.attach_aws_fsx_lustre_csi_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.fsx_lustre_csi[0].arn
}

locals {
  fsx_lustre_csi = [
    {
      actions   = ["iam:CreateServiceLinkedRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"]
      resources = coalescelist(var.aws_fsx_lustre_csi_service_role_arns, ["arn:${local.partition}:iam::*:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/*"])
    },
    {
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["*"]
      when      = [["StringLike", "iam:AWSServiceName", ["fsx.amazonaws.com"]]]
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
  aws_gateway_controller_policy_name = coalesce(var.aws_gateway_controller_policy_name, "${var.policy_name_prefix}GatewayController")
}

data "aws_iam_policy_document" "aws_gateway_controller" {
  count                     = var.create && var.attach_aws_gateway_controller_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "aws_gateway_controller" {
  count       = var.create && var.attach_aws_gateway_controller_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_gateway_controller_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_gateway_controller_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.aws_gateway_controller[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "aws_gateway_controller" {
  count      = var.create && var.attach_aws_gateway_controller_policy ? 1 : 0
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
        "arn:${local.partition}:iam::*:role/aws-service-role/vpc-lattice.amazonaws.com/AWSServiceRoleForVpcLattice",
      ]
      when = [["StringLike", "iam:AWSServiceName", ["vpc-lattice.amazonaws.com"]]]
    },
    {
      actions = ["iam:CreateServiceLinkedRole"]
      resources = [
        "arn:${local.partition}:iam::*:role/aws-service-role/delivery.logs.amazonaws.com/AWSServiceRoleForLogDelivery",
      ]
      when = [["StringLike", "iam:AWSServiceName", ["delivery.logs.amazonaws.com"]]]
    },
  ]
}

locals {
  aws_lb_controller_policy_name = coalesce(var.aws_lb_controller_policy_name, "${var.policy_name_prefix}LoadBalancerController")
}

data "aws_iam_policy_document" "lb_controller" {
  count                     = var.create && var.attach_aws_lb_controller_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
  dynamic "statement" {
    for_each = local.lb_controller
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

resource "aws_iam_policy" "lb_controller" {
  count       = var.create && var.attach_aws_lb_controller_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_lb_controller_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_lb_controller_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.lb_controller[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "lb_controller" {
  count      = var.create && var.attach_aws_lb_controller_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.lb_controller[0].arn
}

locals {
  lb_controller = [
    {
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["*"]
      when      = [["StringEquals", "iam:AWSServiceName", ["elasticloadbalancing.amazonaws.com"]]]
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
        "wafv2:ListWebACLs", "shield:GetSubscriptionState", "shield:DescribeProtection",
        "shield:CreateProtection", "shield:DeleteProtection",
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
  aws_lb_controller_targetgroup_only_policy_name = coalesce(var.aws_lb_controller_targetgroup_only_policy_name, "${var.policy_name_prefix}LoadBalancerControllerTargetGroupOnly")
}

data "aws_iam_policy_document" "lb_controller_targetgroup_only" {
  count                     = var.create && var.attach_aws_lb_controller_targetgroup_binding_only_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
  dynamic "statement" {
    for_each = local.lb_controller_targetgroup_only
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

resource "aws_iam_policy" "lb_controller_targetgroup_only" {
  count       = var.create && var.attach_aws_lb_controller_targetgroup_binding_only_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_lb_controller_targetgroup_only_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_lb_controller_targetgroup_only_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.lb_controller_targetgroup_only[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "lb_controller_targetgroup_only" {
  count      = var.create && var.attach_aws_lb_controller_targetgroup_binding_only_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.lb_controller_targetgroup_only[0].arn
}

locals {
  lb_controller_targetgroup_only = [
    {
      actions = [
        "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:DescribeInstances",
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
      resources = var.aws_lb_controller_targetgroup_arns
    },
  ]
}

locals {
  aws_node_termination_handler_policy_name = coalesce(var.aws_node_termination_handler_policy_name, "${var.policy_name_prefix}NodeTerminationHandler")
}

data "aws_iam_policy_document" "node_termination_handler" {
  count                     = var.create && var.attach_aws_node_termination_handler_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "node_termination_handler" {
  count       = var.create && var.attach_aws_node_termination_handler_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_node_termination_handler_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_node_termination_handler_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.node_termination_handler[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "node_termination_handler" {
  count      = var.create && var.attach_aws_node_termination_handler_policy ? 1 : 0
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
      resources = var.aws_node_termination_handler_sqs_queue_arns
    },
  ]
}

locals {
  aws_privateca_issuer_policy_name = coalesce(var.aws_privateca_issuer_policy_name, "${var.policy_name_prefix}PrivateCAIssuer")
}

data "aws_iam_policy_document" "aws_privateca_issuer" {
  count                     = var.create && var.attach_aws_privateca_issuer_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
  dynamic "statement" {
    for_each = local.aws_privateca_issuer
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

resource "aws_iam_policy" "aws_privateca_issuer" {
  count       = var.create && var.attach_aws_privateca_issuer_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_privateca_issuer_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_privateca_issuer_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.aws_privateca_issuer[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "aws_privateca_issuer" {
  count      = var.create && var.attach_aws_privateca_issuer_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.aws_privateca_issuer[0].arn
}

locals {
  aws_privateca_issuer = [
    {
      actions   = ["acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate", "acm-pca:IssueCertificate"]
      resources = var.aws_privateca_issuer_acmca_arns
    },
  ]
}

locals {
  aws_vpc_cni_policy_name = coalesce(var.aws_vpc_cni_policy_name, "${var.policy_name_prefix}VPC_CNI")
}

data "aws_iam_policy_document" "vpc_cni" {
  count                     = var.create && var.attach_aws_vpc_cni_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "vpc_cni" {
  count       = var.create && var.attach_aws_vpc_cni_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.aws_vpc_cni_policy_name
  name_prefix = var.use_name_prefix ? "${local.aws_vpc_cni_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.vpc_cni[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "vpc_cni" {
  count      = var.create && var.attach_aws_vpc_cni_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.vpc_cni[0].arn
}

locals {
  vpc_cni = concat(
    [for item in var.aws_vpc_cni_enable_cloudwatch_logs ? [1] : [] : {
      sid       = "CloudWatchLogs"
      actions   = ["logs:DescribeLogGroups", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["*"]
    }],
    [
      { actions = ["ec2:CreateTags"], resources = ["arn:${local.partition}:ec2:*:*:network-interface/*"] },
    ],
    [for item in var.aws_vpc_cni_enable_ipv4 ? [1] : [] : {
      actions = [
        "ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface", "ec2:DescribeInstances", "ec2:DescribeTags",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeInstanceTypes", "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets", "ec2:DetachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["*"]
    }],
    [for item in var.aws_vpc_cni_enable_ipv6 ? [1] : [] : {
      actions = [
        "ec2:AssignIpv6Addresses", "ec2:DescribeInstances", "ec2:DescribeTags", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeInstanceTypes",
      ]
      resources = ["*"]
    }],
  )
}

locals {
  cert_manager_policy_name = coalesce(var.cert_manager_policy_name, "${var.policy_name_prefix}CertManager")
}

data "aws_iam_policy_document" "cert_manager" {
  count                     = var.create && var.attach_cert_manager_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "cert_manager" {
  count       = var.create && var.attach_cert_manager_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.cert_manager_policy_name
  name_prefix = var.use_name_prefix ? "${local.cert_manager_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.cert_manager[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "cert_manager" {
  count      = var.create && var.attach_cert_manager_policy ? 1 : 0
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

locals {
  cluster_autoscaler_policy_name = coalesce(var.cluster_autoscaler_policy_name, "${var.policy_name_prefix}ClusterAutoscaler")
}

data "aws_iam_policy_document" "cluster_autoscaler" {
  count                     = var.create && var.attach_cluster_autoscaler_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "cluster_autoscaler" {
  count       = var.create && var.attach_cluster_autoscaler_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.cluster_autoscaler_policy_name
  name_prefix = var.use_name_prefix ? "${local.cluster_autoscaler_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.cluster_autoscaler[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "cluster_autoscaler" {
  count      = var.create && var.attach_cluster_autoscaler_policy ? 1 : 0
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
  external_dns_policy_name = coalesce(var.external_dns_policy_name, "${var.policy_name_prefix}ExternalDNS")
}

data "aws_iam_policy_document" "external_dns" {
  count                     = var.create && var.attach_external_dns_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "external_dns" {
  count       = var.create && var.attach_external_dns_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.external_dns_policy_name
  name_prefix = var.use_name_prefix ? "${local.external_dns_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.external_dns[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "external_dns" {
  count      = var.create && var.attach_external_dns_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.external_dns[0].arn
}

locals {
  external_dns = [
    { actions = ["route53:ChangeResourceRecordSets"], resources = var.external_dns_hosted_zone_arns },
    {
      actions = [
        "route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResource",
        "route53:ListTagsForResources",
      ]
      resources = ["*"]
    },
  ]
}

locals {
  external_secrets_policy_name = coalesce(var.external_secrets_policy_name, "${var.policy_name_prefix}ExternalSecrets")
}

data "aws_iam_policy_document" "external_secrets" {
  count                     = var.create && var.attach_external_secrets_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "external_secrets" {
  count       = var.create && var.attach_external_secrets_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.external_secrets_policy_name
  name_prefix = var.use_name_prefix ? "${local.external_secrets_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.external_secrets[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "external_secrets" {
  count      = var.create && var.attach_external_secrets_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.external_secrets[0].arn
}

locals {
  external_secrets = concat(
    [for item in length(var.external_secrets_ssm_parameter_arns) > 0 ? [1] : [] : { actions = ["ssm:DescribeParameters"], resources = ["*"] }],
    [for item in length(var.external_secrets_ssm_parameter_arns) > 0 ? [1] : [] : {
      actions   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
      resources = var.external_secrets_ssm_parameter_arns
    }],
    [for item in length(var.external_secrets_secrets_manager_arns) > 0 ? [1] : [] : { actions = ["secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue"], resources = ["*"] }],
    [for item in length(var.external_secrets_secrets_manager_arns) > 0 ? [1] : [] : {
      actions = [
        "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecretVersionIds",
      ]
      resources = var.external_secrets_secrets_manager_arns
    }],
    [
      {
        actions   = ["kms:Decrypt"]
        resources = coalescelist(var.external_secrets_kms_key_arns, ["arn:${local.partition}:kms:*:*:key/*"])
      },
    ],
    [for item in length(var.external_secrets_secrets_manager_arns) > 0 && var.external_secrets_create_permission ? [1] : [] : {
      actions   = ["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:TagResource"]
      resources = var.external_secrets_secrets_manager_arns
    }],
    [for item in length(var.external_secrets_secrets_manager_arns) > 0 && var.external_secrets_create_permission ? [1] : [] : {
      actions   = ["secretsmanager:DeleteSecret"]
      resources = var.external_secrets_secrets_manager_arns
      when      = [["StringEquals", "secretsmanager:ResourceTag/managed-by", ["external-secrets"]]]
    }],
  )
}

locals {
  mountpoint_s3_csi_policy_name = coalesce(var.mountpoint_s3_csi_policy_name, "${var.policy_name_prefix}MountpointS3_CSI")
}

data "aws_iam_policy_document" "mountpoint_s3_csi" {
  count                     = var.create && var.attach_mountpoint_s3_csi_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "mountpoint_s3_csi" {
  count       = var.create && var.attach_mountpoint_s3_csi_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.mountpoint_s3_csi_policy_name
  name_prefix = var.use_name_prefix ? "${local.mountpoint_s3_csi_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.mountpoint_s3_csi[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "mountpoint_s3_csi" {
  count      = var.create && var.attach_mountpoint_s3_csi_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.mountpoint_s3_csi[0].arn
}

locals {
  mountpoint_s3_csi = [
    {
      sid       = "MountpointFullBucketAccess"
      actions   = ["s3:ListBucket"]
      resources = coalescelist(var.mountpoint_s3_csi_bucket_arns, ["arn:${local.partition}:s3:::*"])
    },
    {
      sid       = "MountpointFullObjectAccess"
      actions   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"]
      resources = var.mountpoint_s3_csi_bucket_path_arns
    },
  ]
}

locals {
  pganalyze_policy_name = coalesce(var.pganalyze_policy_name, "${var.policy_name_prefix}PGAnalyze")
}

data "aws_iam_policy_document" "pganalyze" {
  count                     = var.create && var.attach_pganalyze_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
  dynamic "statement" {
    for_each = local.pganalyze
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

resource "aws_iam_policy" "pganalyze" {
  count       = var.create && var.attach_pganalyze_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.pganalyze_policy_name
  name_prefix = var.use_name_prefix ? "${local.pganalyze_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.pganalyze[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "pganalyze" {
  count      = var.create && var.attach_pganalyze_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.pganalyze[0].arn
}

locals {
  pganalyze = [
    { sid = "CloudwatchGetMetrics", actions = ["cloudwatch:GetMetricStatistics"], resources = ["*"] },
    {
      sid     = "CloudwatchLogEvents"
      actions = ["logs:GetLogEvents"]
      resources = [
        "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:RDSOSMetrics:log-stream:*",
      ]
    },
    {
      sid       = "RDSDescribeParameters"
      actions   = ["rds:DescribeDBParameters"]
      resources = ["arn:${local.partition}:rds:${local.region}:${local.account_id}:pg:*"]
    },
    {
      sid       = "RDSInstanceDescribe"
      actions   = ["rds:DescribeDBInstances", "rds:DownloadDBLogFilePortion", "rds:DescribeDBLogFiles"]
      resources = ["arn:${local.partition}:rds:${local.region}:${local.account_id}:db:*"]
    },
    {
      sid       = "RDSClusterDescribe"
      actions   = ["rds:DescribeDBClusters"]
      resources = ["arn:${local.partition}:rds:${local.region}:${local.account_id}:cluster:*"]
    },
  ]
}

locals {
  velero_policy_name = coalesce(var.velero_policy_name, "${var.policy_name_prefix}Velero")
}

data "aws_iam_policy_document" "velero" {
  count                     = var.create && var.attach_velero_policy ? 1 : 0
  source_policy_documents   = [data.aws_iam_policy_document.base[0].json]
  override_policy_documents = var.override_policy_documents
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

resource "aws_iam_policy" "velero" {
  count       = var.create && var.attach_velero_policy ? 1 : 0
  name        = var.use_name_prefix ? null : local.velero_policy_name
  name_prefix = var.use_name_prefix ? "${local.velero_policy_name}-" : null
  path        = var.path
  policy      = data.aws_iam_policy_document.velero[0].json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "velero" {
  count      = var.create && var.attach_velero_policy ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.velero[0].arn
}

locals {
  velero = concat(
    [
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
        resources = var.velero_s3_bucket_path_arns
      },
      {
        sid       = "S3List"
        actions   = ["s3:ListBucket"]
        resources = coalescelist(var.velero_s3_bucket_arns, ["arn:${local.partition}:s3:::*"])
      },
    ],
    [for item in length(var.velero_kms_arns) > 0 ? [1] : [] : {
      actions = [
        "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey",
        "kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant", "kms:RetireGrant", "kms:ListRetirableGrants",
      ]
      resources = var.velero_kms_arns
    }],
  )
}
