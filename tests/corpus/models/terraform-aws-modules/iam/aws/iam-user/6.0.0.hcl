variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create = false
  name   = "none"
}

module "plain" {
  name                 = "anna"
  path                 = "/people/"
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  policies             = { read = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  tags                 = { owner = "a" }
}

module "robot" {
  name                 = "robot"
  create_login_profile = false
  access_key_status    = "Inactive"
}

module "inline" {
  name                      = var.name
  create_access_key         = false
  create_inline_policy      = true
  inline_policy_permissions = { read = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::${var.name}/*"] } }
}

module "undecided" {
  name              = "undecided"
  create            = var.on
  create_access_key = var.on
}
