variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${var.name}/*"]
  }
}

module "none" {
  enabled                     = false
  eks_cluster_oidc_issuer_url = "https://oidc.example.org/A"
}

module "plain" {
  namespace                   = "eg"
  stage                       = "prod"
  name                        = "eks"
  service_account_name        = "autoscaler"
  service_account_namespace   = "kube-system"
  eks_cluster_oidc_issuer_url = "https://oidc.eks.eu-west-1.amazonaws.com/id/AA"
  aws_account_number          = "111122223333"
  aws_iam_policy_document     = [data.aws_iam_policy_document.read.json]
}

module "same" {
  namespace                   = "eg"
  name                        = "eks"
  service_account_name        = "dns"
  service_account_namespace   = "dns"
  eks_cluster_oidc_issuer_url = "oidc.example.org/${var.name}"
  aws_iam_policy_document     = data.aws_iam_policy_document.read.json
  permissions_boundary        = "arn:aws:iam::aws:policy/PowerUserAccess"
}

module "anybody" {
  namespace                   = "eg"
  name                        = "eks"
  eks_cluster_oidc_issuer_url = "https://oidc.example.org/A"
  managed_policy_arns         = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  aws_partition               = "aws-cn"
}

module "listed" {
  namespace                           = "eg"
  name                                = "eks"
  service_account_namespace_name_list = ["a:b", "c:*"]
  eks_cluster_oidc_issuer_url         = "https://oidc.example.org/A"
}

module "named_and_listed" {
  namespace                           = "eg"
  name                                = "eks"
  service_account_name                = var.name
  service_account_namespace_name_list = ["a:b"]
  eks_cluster_oidc_issuer_url         = "https://oidc.example.org/A"
}

module "undecided" {
  enabled                     = var.on
  name                        = var.name
  service_account_name        = "a"
  service_account_namespace   = "b"
  eks_cluster_oidc_issuer_url = "https://oidc.example.org/A"
  aws_iam_policy_document     = [data.aws_iam_policy_document.read.json]
}
