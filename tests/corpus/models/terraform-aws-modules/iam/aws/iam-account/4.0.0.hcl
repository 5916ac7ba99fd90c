variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none_a" {
  account_alias = "a"
}

module "none_b" {
  account_alias                  = var.name
  create_account_password_policy = false
}

module "none_c" {
  account_alias                  = "c"
  create_account_password_policy = var.on
}

module "none_d" {
  account_alias           = "d"
  minimum_password_length = 20
}

module "none_e" {
  account_alias                  = "e"
  allow_users_to_change_password = false
}
