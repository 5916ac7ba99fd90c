variable "cluster" {}
variable "on" { type = bool }
variable "accounts" { type = list(string) }

module "none" {
  create_role = false
}

module "aws_gateway_controller" {
  role_name                            = "aws-gateway-controller"
  attach_aws_gateway_controller_policy = true
  oidc_providers                       = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:aws_gateway_controller"] } }
}

module "cert_manager" {
  role_name                  = "cert-manager"
  attach_cert_manager_policy = true
  oidc_providers             = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:cert_manager"] } }
}

module "cluster_autoscaler" {
  role_name                        = "cluster-autoscaler"
  attach_cluster_autoscaler_policy = true
  cluster_autoscaler_cluster_names = [var.cluster, "two"]
  oidc_providers                   = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:cluster_autoscaler"] } }
}

module "ebs_csi" {
  role_name             = "ebs-csi"
  attach_ebs_csi_policy = true
  oidc_providers        = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:ebs_csi"] } }
}

module "efs_csi" {
  role_name             = "efs-csi"
  attach_efs_csi_policy = true
  oidc_providers        = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:efs_csi"] } }
}

module "mountpoint_s3_csi" {
  role_name                       = "mountpoint-s3-csi"
  attach_mountpoint_s3_csi_policy = true
  oidc_providers                  = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:mountpoint_s3_csi"] } }
}

module "external_dns" {
  role_name                  = "external-dns"
  attach_external_dns_policy = true
  oidc_providers             = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:external_dns"] } }
}

module "external_secrets" {
  role_name                      = "external-secrets"
  attach_external_secrets_policy = true
  oidc_providers                 = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:external_secrets"] } }
}

module "fsx_lustre_csi" {
  role_name                    = "fsx-lustre-csi"
  attach_fsx_lustre_csi_policy = true
  oidc_providers               = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:fsx_lustre_csi"] } }
}

module "fsx_openzfs_csi" {
  role_name                     = "fsx-openzfs-csi"
  attach_fsx_openzfs_csi_policy = true
  oidc_providers                = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:fsx_openzfs_csi"] } }
}

module "karpenter_controller" {
  role_name                          = "karpenter-controller"
  attach_karpenter_controller_policy = true
  oidc_providers                     = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:karpenter_controller"] } }
}

module "load_balancer_controller" {
  role_name                              = "load-balancer-controller"
  attach_load_balancer_controller_policy = true
  oidc_providers                         = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:load_balancer_controller"] } }
}

module "load_balancer_controller_targetgroup_binding_only" {
  role_name                                                       = "load-balancer-controller-targetgroup-binding-only"
  attach_load_balancer_controller_targetgroup_binding_only_policy = true
  oidc_providers                                                  = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:load_balancer_controller_targetgroup_binding_only"] } }
}

module "appmesh_controller" {
  role_name                        = "appmesh-controller"
  attach_appmesh_controller_policy = true
  oidc_providers                   = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:appmesh_controller"] } }
}

module "appmesh_envoy_proxy" {
  role_name                         = "appmesh-envoy-proxy"
  attach_appmesh_envoy_proxy_policy = true
  oidc_providers                    = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:appmesh_envoy_proxy"] } }
}

module "amazon_managed_service_prometheus" {
  role_name                                       = "amazon-managed-service-prometheus"
  attach_amazon_managed_service_prometheus_policy = true
  oidc_providers                                  = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:amazon_managed_service_prometheus"] } }
}

module "velero" {
  role_name            = "velero"
  attach_velero_policy = true
  oidc_providers       = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:velero"] } }
}

module "vpc_cni" {
  role_name                      = "vpc-cni"
  attach_vpc_cni_policy          = true
  vpc_cni_enable_ipv4            = true
  vpc_cni_enable_ipv6            = true
  vpc_cni_enable_cloudwatch_logs = true
  oidc_providers                 = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:vpc_cni"] } }
}

module "node_termination_handler" {
  role_name                              = "node-termination-handler"
  attach_node_termination_handler_policy = true
  oidc_providers                         = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:node_termination_handler"] } }
}

module "cloudwatch_observability" {
  role_name                              = "cloudwatch-observability"
  attach_cloudwatch_observability_policy = true
  oidc_providers                         = { main = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AA", namespace_service_accounts = ["kube-system:cloudwatch_observability"] } }
}

module "narrowed" {
  role_name                                                       = "narrowed-${var.cluster}"
  attach_aws_gateway_controller_policy                            = true
  attach_cert_manager_policy                                      = true
  attach_cluster_autoscaler_policy                                = true
  attach_ebs_csi_policy                                           = true
  attach_efs_csi_policy                                           = true
  attach_mountpoint_s3_csi_policy                                 = true
  attach_external_dns_policy                                      = true
  attach_external_secrets_policy                                  = true
  attach_fsx_lustre_csi_policy                                    = true
  attach_fsx_openzfs_csi_policy                                   = true
  attach_karpenter_controller_policy                              = true
  attach_load_balancer_controller_policy                          = true
  attach_load_balancer_controller_targetgroup_binding_only_policy = true
  attach_appmesh_controller_policy                                = true
  attach_appmesh_envoy_proxy_policy                               = true
  attach_amazon_managed_service_prometheus_policy                 = true
  attach_velero_policy                                            = true
  attach_node_termination_handler_policy                          = true
  attach_cloudwatch_observability_policy                          = true
  cert_manager_hosted_zone_arns                                   = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  cluster_autoscaler_cluster_ids                                  = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  cluster_autoscaler_cluster_names                                = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  ebs_csi_kms_cmk_ids                                             = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  mountpoint_s3_csi_bucket_arns                                   = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  mountpoint_s3_csi_kms_arns                                      = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  mountpoint_s3_csi_path_arns                                     = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_dns_hosted_zone_arns                                   = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_secrets_ssm_parameter_arns                             = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_secrets_secrets_manager_arns                           = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  external_secrets_kms_key_arns                                   = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  fsx_lustre_csi_service_role_arns                                = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  fsx_openzfs_csi_service_role_arns                               = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  karpenter_controller_ssm_parameter_arns                         = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  karpenter_controller_node_iam_role_arns                         = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  load_balancer_controller_targetgroup_arns                       = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  amazon_managed_service_prometheus_workspace_arns                = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  velero_s3_bucket_arns                                           = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  node_termination_handler_sqs_queue_arns                         = ["arn:aws:one:::a/${var.cluster}", "arn:aws:one:::b"]
  karpenter_sqs_queue_arn                                         = "arn:aws:sqs:eu-west-1:111122223333:q"
  enable_karpenter_instance_profile_creation                      = true
  karpenter_tag_key                                               = "team"
  external_secrets_secrets_manager_create_permission              = true
  allow_self_assume_role                                          = true
  oidc_providers = {
    one = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.example.org/${var.cluster}", namespace_service_accounts = ["a:b", "c:d"] }
    two = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.example.org/two", namespace_service_accounts = ["e:*"] }
  }
  assume_role_condition_test = "StringLike"
  role_policy_arns           = { extra = "arn:aws:iam::111122223333:policy/extra" }
}

module "undecided" {
  role_name                  = "maybe"
  create_role                = var.on
  attach_ebs_csi_policy      = var.on
  attach_external_dns_policy = var.on
  oidc_providers             = { one = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.example.org/one", namespace_service_accounts = var.accounts } }
}
