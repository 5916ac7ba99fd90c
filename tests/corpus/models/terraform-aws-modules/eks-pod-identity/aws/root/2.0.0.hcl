variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create = false
}

module "custom" {
  name                 = "custom"
  attach_custom_policy = true
}

module "amazon_managed_service_prometheus" {
  name                                            = "amazon-managed-service-prometheus"
  attach_amazon_managed_service_prometheus_policy = true
}

module "aws_appmesh_controller" {
  name                                 = "aws-appmesh-controller"
  attach_aws_appmesh_controller_policy = true
}

module "aws_cloudwatch_observability" {
  name                                       = "aws-cloudwatch-observability"
  attach_aws_cloudwatch_observability_policy = true
}

module "aws_appmesh_envoy_proxy" {
  name                                  = "aws-appmesh-envoy-proxy"
  attach_aws_appmesh_envoy_proxy_policy = true
}

module "aws_ebs_csi" {
  name                      = "aws-ebs-csi"
  attach_aws_ebs_csi_policy = true
}

module "aws_efs_csi" {
  name                      = "aws-efs-csi"
  attach_aws_efs_csi_policy = true
}

module "aws_fsx_lustre_csi" {
  name                             = "aws-fsx-lustre-csi"
  attach_aws_fsx_lustre_csi_policy = true
}

module "aws_gateway_controller" {
  name                                 = "aws-gateway-controller"
  attach_aws_gateway_controller_policy = true
}

module "aws_lb_controller" {
  name                            = "aws-lb-controller"
  attach_aws_lb_controller_policy = true
}

module "aws_lb_controller_targetgroup_binding_only" {
  name                                                     = "aws-lb-controller-targetgroup-binding-only"
  attach_aws_lb_controller_targetgroup_binding_only_policy = true
}

module "aws_node_termination_handler" {
  name                                       = "aws-node-termination-handler"
  attach_aws_node_termination_handler_policy = true
}

module "aws_privateca_issuer" {
  name                               = "aws-privateca-issuer"
  attach_aws_privateca_issuer_policy = true
}

module "aws_vpc_cni" {
  name                      = "aws-vpc-cni"
  attach_aws_vpc_cni_policy = true
  aws_vpc_cni_enable_ipv4   = true
}

module "cert_manager" {
  name                       = "cert-manager"
  attach_cert_manager_policy = true
}

module "cluster_autoscaler" {
  name                             = "cluster-autoscaler"
  attach_cluster_autoscaler_policy = true
  cluster_autoscaler_cluster_names = ["a", var.name]
}

module "external_dns" {
  name                       = "external-dns"
  attach_external_dns_policy = true
}

module "external_secrets" {
  name                           = "external-secrets"
  attach_external_secrets_policy = true
}

module "mountpoint_s3_csi" {
  name                            = "mountpoint-s3-csi"
  attach_mountpoint_s3_csi_policy = true
}

module "pganalyze" {
  name                    = "pganalyze"
  attach_pganalyze_policy = true
}

module "velero" {
  name                 = "velero"
  attach_velero_policy = true
}

module "all" {
  name                                                     = "all-${var.name}"
  use_name_prefix                                          = false
  path                                                     = "/eks/"
  attach_custom_policy                                     = true
  attach_amazon_managed_service_prometheus_policy          = true
  attach_aws_appmesh_controller_policy                     = true
  attach_aws_cloudwatch_observability_policy               = true
  attach_aws_appmesh_envoy_proxy_policy                    = true
  attach_aws_ebs_csi_policy                                = true
  attach_aws_efs_csi_policy                                = true
  attach_aws_fsx_lustre_csi_policy                         = true
  attach_aws_gateway_controller_policy                     = true
  attach_aws_lb_controller_policy                          = true
  attach_aws_lb_controller_targetgroup_binding_only_policy = true
  attach_aws_node_termination_handler_policy               = true
  attach_aws_privateca_issuer_policy                       = true
  attach_aws_vpc_cni_policy                                = true
  attach_cert_manager_policy                               = true
  attach_cluster_autoscaler_policy                         = true
  attach_external_dns_policy                               = true
  attach_external_secrets_policy                           = true
  attach_mountpoint_s3_csi_policy                          = true
  attach_pganalyze_policy                                  = true
  attach_velero_policy                                     = true
  aws_vpc_cni_enable_cloudwatch_logs                       = true
  aws_vpc_cni_enable_ipv4                                  = true
  aws_vpc_cni_enable_ipv6                                  = true
  external_secrets_create_permission                       = true
  amazon_managed_service_prometheus_workspace_arns         = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  aws_ebs_csi_kms_arns                                     = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  aws_fsx_lustre_csi_service_role_arns                     = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  aws_lb_controller_targetgroup_arns                       = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  aws_node_termination_handler_sqs_queue_arns              = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  aws_privateca_issuer_acmca_arns                          = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  cert_manager_hosted_zone_arns                            = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  cluster_autoscaler_cluster_names                         = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  external_dns_hosted_zone_arns                            = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  external_secrets_ssm_parameter_arns                      = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  external_secrets_secrets_manager_arns                    = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  external_secrets_kms_key_arns                            = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  mountpoint_s3_csi_bucket_arns                            = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  mountpoint_s3_csi_bucket_path_arns                       = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  velero_s3_bucket_arns                                    = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  velero_s3_bucket_path_arns                               = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
  velero_kms_arns                                          = ["arn:aws:one:::a/${var.name}", "arn:aws:one:::b"]
}

module "custom" {
  name                      = "custom"
  attach_custom_policy      = true
  source_policy_documents   = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Allow", Action = "s3:ListBucket", Resource = var.name }] })]
  override_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })]
  policy_statements = [
    { actions = ["sqs:SendMessage"], resources = ["*"], condition = [{ test = "StringEquals", variable = "aws:SourceVpc", values = ["vpc-1"] }] },
    { sid = "No", effect = "Deny", not_actions = ["sqs:*"], not_resources = ["arn:aws:s3:::a"] },
  ]
  additional_policy_arns   = { read = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  trust_policy_conditions  = [{ test = "StringEquals", variable = "aws:SourceAccount", values = ["111122223333"] }]
  trust_policy_statements  = [{ sid = "Also", actions = ["sts:AssumeRole"], principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223333:root"] }] }]
  permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
  tags                     = { owner = "a" }
}

module "associated" {
  name                          = "associated"
  attach_external_dns_policy    = true
  external_dns_hosted_zone_arns = ["arn:aws:route53:::hostedzone/A"]
  association_defaults          = { namespace = "dns", service_account = "sa" }
  associations = {
    one = { cluster_name = "one" }
    two = { cluster_name = var.name, namespace = "other" }
  }
}

module "undecided" {
  create                        = var.on
  name                          = var.name
  attach_aws_ebs_csi_policy     = var.on
  attach_external_dns_policy    = true
  external_dns_hosted_zone_arns = var.names
}
