variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create_role = false
}

module "one" {
  create_role                   = true
  role_name                     = "one"
  provider_url                  = "https://oidc.eks.eu-west-1.amazonaws.com/id/AA"
  role_policy_arns              = ["arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy", "arn:aws:iam::111122223333:policy/${var.name}"]
  oidc_fully_qualified_subjects = ["system:serviceaccount:default:sa1", "system:serviceaccount:${var.name}:sa2"]
}

module "several" {
  create_role                    = true
  role_name                      = "several"
  provider_urls                  = ["oidc.example.org/a", "https://oidc.example.org/${var.name}"]
  oidc_subjects_with_wildcards   = ["system:serviceaccount:*:sa"]
  oidc_fully_qualified_audiences = ["sts.amazonaws.com"]
  aws_account_id                 = "111122223333"
  number_of_role_policy_arns     = 1
  role_policy_arns               = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

module "open" {
  create_role                   = true
  role_name_prefix              = "open-"
  provider_url                  = "oidc.example.org"
  role_permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

module "subjects" {
  create_role                   = true
  role_name                     = "subjects"
  provider_url                  = "oidc.example.org"
  oidc_fully_qualified_subjects = var.names
}

module "undecided" {
  create_role                   = var.on
  role_name                     = var.name
  provider_url                  = "oidc.example.org/${var.name}"
  oidc_fully_qualified_subjects = ["a"]
  role_policy_arns              = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}
