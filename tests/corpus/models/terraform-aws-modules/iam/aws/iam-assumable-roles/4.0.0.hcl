variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  trusted_role_arns = ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/${var.name}"]
}

module "all" {
  trusted_role_arns          = ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/${var.name}"]
  create_admin_role          = true
  create_poweruser_role      = true
  poweruser_role_name        = "developer"
  create_readonly_role       = true
  readonly_role_requires_mfa = false
}

module "one" {
  trusted_role_arns                   = ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/${var.name}"]
  trusted_role_services               = ["ec2.amazonaws.com"]
  create_admin_role                   = true
  admin_role_path                     = "/ops/"
  admin_role_name                     = "ops-${var.name}"
  admin_role_permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
  admin_role_tags                     = { owner = "ops" }
  admin_role_policy_arns              = ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::111122223333:policy/${var.name}"]
}

module "undecided" {
  trusted_role_arns           = ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/${var.name}"]
  create_readonly_role        = var.on
  create_poweruser_role       = true
  poweruser_role_requires_mfa = var.on
}

module "nobody" {
  create_readonly_role      = true
  readonly_role_policy_arns = []
}
