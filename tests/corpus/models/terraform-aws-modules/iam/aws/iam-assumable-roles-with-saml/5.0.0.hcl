variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  provider_id = "arn:aws:iam::111122223333:saml-provider/okta"
}

module "all" {
  provider_id           = "arn:aws:iam::111122223333:saml-provider/okta"
  create_admin_role     = true
  create_poweruser_role = true
  poweruser_role_name   = "developer"
  create_readonly_role  = true

}

module "one" {
  provider_id                         = "arn:aws:iam::111122223333:saml-provider/okta"
  provider_ids                        = ["arn:aws:iam::111122223333:saml-provider/two"]
  create_admin_role                   = true
  admin_role_path                     = "/ops/"
  admin_role_name                     = "ops-${var.name}"
  admin_role_permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
  admin_role_tags                     = { owner = "ops" }
  admin_role_policy_arns              = ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::111122223333:policy/${var.name}"]
}

module "undecided" {
  provider_id           = "arn:aws:iam::111122223333:saml-provider/okta"
  create_readonly_role  = var.on
  create_poweruser_role = true

}

module "nobody" {
  create_readonly_role      = true
  readonly_role_policy_arns = []
}

module "itself" {
  provider_id            = "arn:aws:iam::111122223333:saml-provider/okta"
  allow_self_assume_role = true
  create_admin_role      = true
  create_poweruser_role  = true
  create_readonly_role   = var.on
  trusted_role_actions   = ["sts:TagSession"]

}
