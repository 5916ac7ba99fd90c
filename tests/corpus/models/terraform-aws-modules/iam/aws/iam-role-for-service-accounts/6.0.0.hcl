variable "cluster" {}
variable "on" { type = bool }
variable "accounts" { type = list(string) }

module "none" {
  create = false
}

module "aws_gateway_controller" {
  name                                 = "aws-gateway-controller"
  attach_aws_gateway_controller_policy = true
  oidc_providers                       = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:aws_gateway_controller"] } }
}

module "cert_manager" {
  name                       = "cert-manager"
  attach_cert_manager_policy = true
  oidc_providers             = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:cert_manager"] } }
}

module "cluster_autoscaler" {
  name                             = "cluster-autoscaler"
  attach_cluster_autoscaler_policy = true
  cluster_autoscaler_cluster_names = [var.cluster, "two"]
  oidc_providers                   = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:cluster_autoscaler"] } }
}

module "ebs_csi" {
  name                  = "ebs-csi"
  attach_ebs_csi_policy = true
  oidc_providers        = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:ebs_csi"] } }
}

module "mountpoint_s3_csi" {
  name                            = "mountpoint-s3-csi"
  attach_mountpoint_s3_csi_policy = true
  oidc_providers                  = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:mountpoint_s3_csi"] } }
}

module "efs_csi" {
  name                  = "efs-csi"
  attach_efs_csi_policy = true
  oidc_providers        = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:efs_csi"] } }
}

module "external_dns" {
  name                       = "external-dns"
  attach_external_dns_policy = true
  oidc_providers             = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:external_dns"] } }
}

module "external_secrets" {
  name                           = "external-secrets"
  attach_external_secrets_policy = true
  oidc_providers                 = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:external_secrets"] } }
}

module "fsx_lustre_csi" {
  name                         = "fsx-lustre-csi"
  attach_fsx_lustre_csi_policy = true
  oidc_providers               = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:fsx_lustre_csi"] } }
}

module "fsx_openzfs_csi" {
  name                          = "fsx-openzfs-csi"
  attach_fsx_openzfs_csi_policy = true
  oidc_providers                = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:fsx_openzfs_csi"] } }
}

module "load_balancer_controller" {
  name                                   = "load-balancer-controller"
  attach_load_balancer_controller_policy = true
  oidc_providers                         = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:load_balancer_controller"] } }
}

module "load_balancer_controller_targetgroup_binding_only" {
  name                                                            = "load-balancer-controller-targetgroup-binding-only"
  attach_load_balancer_controller_targetgroup_binding_only_policy = true
  oidc_providers                                                  = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:load_balancer_controller_targetgroup_binding_only"] } }
}

module "amazon_managed_service_prometheus" {
  name                                            = "amazon-managed-service-prometheus"
  attach_amazon_managed_service_prometheus_policy = true
  oidc_providers                                  = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:amazon_managed_service_prometheus"] } }
}

module "velero" {
  name                 = "velero"
  attach_velero_policy = true
  oidc_providers       = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:velero"] } }
}

module "vpc_cni" {
  name                           = "vpc-cni"
  attach_vpc_cni_policy          = true
  vpc_cni_enable_ipv4            = true
  vpc_cni_enable_ipv6            = true
  vpc_cni_enable_cloudwatch_logs = true
  oidc_providers                 = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:vpc_cni"] } }
}

module "node_termination_handler" {
  name                                   = "node-termination-handler"
  attach_node_termination_handler_policy = true
  oidc_providers                         = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:node_termination_handler"] } }
}

module "cloudwatch_observability" {
  name                                   = "cloudwatch-observability"
  attach_cloudwatch_observability_policy = true
  oidc_providers                         = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:cloudwatch_observability"] } }
}

module "narrowed" {
  name                                                            = "narrowed-${var.cluster}"
  attach_aws_gateway_controller_policy                            = true
  attach_cert_manager_policy                                      = true
  attach_cluster_autoscaler_policy                                = true
  attach_ebs_csi_policy                                           = true
  attach_mountpoint_s3_csi_policy                                 = true
  attach_efs_csi_policy                                           = true
  attach_external_dns_policy                                      = true
  attach_external_secrets_policy                                  = true
  attach_fsx_lustre_csi_policy                                    = true
  attach_fsx_openzfs_csi_policy                                   = true
  attach_load_balancer_controller_policy                          = true
  attach_load_balancer_controller_targetgroup_binding_only_policy = true
  attach_amazon_managed_service_prometheus_policy                 = true
  attach_velero_policy                                            = true
  attach_node_termination_handler_policy                          = true
  attach_cloudwatch_observability_policy                          = true
  cert_manager_hosted_zone_arns                                   = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  cluster_autoscaler_cluster_names                                = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  ebs_csi_kms_cmk_arns                                            = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  mountpoint_s3_csi_bucket_arns                                   = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  mountpoint_s3_csi_kms_arns                                      = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  mountpoint_s3_csi_path_arns                                     = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_dns_hosted_zone_arns                                   = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_secrets_ssm_parameter_arns                             = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_secrets_secrets_manager_arns                           = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_secrets_kms_key_arns                                   = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  fsx_lustre_csi_service_role_arns                                = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  fsx_openzfs_csi_service_role_arns                               = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  load_balancer_controller_targetgroup_arns                       = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  amazon_managed_service_prometheus_workspace_arns                = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  velero_s3_bucket_arns                                           = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  node_termination_handler_sqs_queue_arns                         = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_secrets_secrets_manager_create_permission              = true
  oidc_providers = {
    one = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.example.org/${var.cluster}", namespace_service_accounts = ["a:b", "c:d"] }
    two = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.example.org/two", namespace_service_accounts = ["e:*"] }
  }
  trust_condition_test = "StringLike"
  policies             = { extra = "arn:aws:iam::111122223333:policy/extra" }
}

module "undecided" {
  name                       = "maybe"
  create                     = var.on
  attach_ebs_csi_policy      = var.on
  attach_external_dns_policy = var.on
  oidc_providers             = { one = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.example.org/one", namespace_service_accounts = var.accounts } }
}

module "permissions" {
  name            = "own"
  use_name_prefix = false
  policy_name     = "own-policy"
  path            = "/eks/"
  permissions = {
    read = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::${var.cluster}/*"] }
  }
  source_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "List", Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })]
  create_inline_policy    = true
  inline_policy_permissions = {
    queue = { actions = ["sqs:SendMessage"], resources = ["*"], condition = [{ test = "StringEquals", variable = "aws:SourceVpc", values = ["vpc-1"] }] }
  }
}
