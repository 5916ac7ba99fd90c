variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none_of_its_own" {
  name                              = "existing"
  create_group                      = false
  attach_iam_self_management_policy = false
}

module "plain" {
  name        = "people"
  group_users = ["anna", "bert"]
}

module "policies" {
  name                              = "people"
  attach_iam_self_management_policy = false
  custom_group_policy_arns          = ["arn:aws:iam::aws:policy/AmazonCognitoReadOnly", "arn:aws:iam::111122223333:policy/${var.name}"]
  custom_group_policies = [
    { name = "list", policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] }) },
  ]
}

module "account" {
  name                                   = var.name
  aws_account_id                         = "111122223333"
  iam_self_management_policy_name_prefix = "Self-"
  path                                   = "/people/"
  enable_mfa_enforcement                 = false
}

module "existing" {
  name         = "existing"
  create_group = false
  group_users  = ["anna"]
}

module "undecided" {
  name                              = "people"
  create_group                      = var.on
  attach_iam_self_management_policy = var.on
  group_users                       = var.names
}
