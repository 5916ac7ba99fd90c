variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create_user = false
  name        = "none"
}

module "plain" {
  name                 = "anna"
  path                 = "/people/"
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  tags                 = { owner = "a" }
}

module "robot" {
  name                          = "robot"
  create_iam_user_login_profile = false
  policy_arns                   = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

module "pgp" {
  name                    = var.name
  pgp_key                 = "keybase:anna"
  upload_iam_user_ssh_key = true
  ssh_public_key          = "ssh-rsa AAAA"
  iam_access_key_status   = "Inactive"
}

module "undecided" {
  name                  = "undecided"
  create_user           = var.on
  create_iam_access_key = var.on
}
