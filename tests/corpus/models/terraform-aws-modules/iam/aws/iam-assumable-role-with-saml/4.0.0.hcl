variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create_role = false
}

module "one" {
  create_role      = true
  role_name        = "one"
  provider_id      = "arn:aws:iam::111122223333:saml-provider/okta"
  role_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

module "several" {
  create_role                = true
  role_name                  = "several"
  provider_ids               = ["arn:aws:iam::111122223333:saml-provider/okta", "arn:aws:iam::111122223333:saml-provider/${var.name}"]
  aws_saml_endpoint          = "https://signin.example.org/saml"
  number_of_role_policy_arns = 1
  role_policy_arns           = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  max_session_duration       = 7200
}

module "prefix" {
  create_role                   = true
  role_name_prefix              = "saml-"
  role_path                     = "/people/"
  provider_id                   = "arn:aws:iam::111122223333:saml-provider/okta"
  role_permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

module "undecided" {
  create_role = var.on
  role_name   = var.name
  provider_id = "arn:aws:iam::111122223333:saml-provider/okta"
}
