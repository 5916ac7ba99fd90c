variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create_role = false
}

module "one" {
  role_name                = "one"
  cluster_service_accounts = { main = ["default:my-app", "canary:${var.name}"] }
  role_policy_arns         = { p0 = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy", p1 = "arn:aws:iam::111122223333:policy/${var.name}" }
}

module "several" {
  role_name                     = "several"
  role_path                     = "/eks/"
  cluster_service_accounts      = { one = ["a:b"], two = ["c:d"] }
  role_permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

module "nobody" {
  role_name = "nobody"
}

module "unknown" {
  role_name                = "unknown"
  cluster_service_accounts = { one = var.names }
}

module "undecided" {
  create_role              = var.on
  role_name_prefix         = "eks-"
  cluster_service_accounts = { one = ["a:b"] }
}

module "itself" {
  role_name                  = "itself"
  role_path                  = "/ci/"
  allow_self_assume_role     = true
  cluster_service_accounts   = { one = ["a:*"] }
  assume_role_condition_test = "StringLike"
}

module "itself_by_prefix" {
  role_name_prefix           = "itself-"
  allow_self_assume_role     = true
  cluster_service_accounts   = { one = ["a:*"] }
  assume_role_condition_test = "StringLike"
}
