variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create = false
  name   = "none"
}

module "plain" {
  name  = "people"
  users = ["anna", "bert"]
}

module "policies" {
  name                               = "people"
  path                               = "/people/"
  enable_self_management_permissions = false
  permissions = {
    assume = { actions = ["sts:AssumeRole"], resources = ["arn:aws:iam::111122223333:role/${var.name}"] }
    deny   = { sid = "No", effect = "Deny", not_actions = ["iam:*"], resources = ["*"], condition = [{ test = "Bool", variable = "aws:SecureTransport", values = ["false"] }] }
  }
  policies = { read = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
}

module "no_policy" {
  name          = "people"
  create_policy = false
  policies      = { read = "arn:aws:iam::111122223333:policy/${var.name}" }
}

module "other_account" {
  name                   = var.name
  users_account_id       = "111122223333"
  enable_mfa_enforcement = false
  policy_name            = "own"
  policy_use_name_prefix = false
  policy_path            = "/p/"
}

module "undecided" {
  name                   = "people"
  create                 = var.on
  enable_mfa_enforcement = var.on
  users                  = var.names
}
