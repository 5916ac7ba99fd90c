variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create_role = false
}

module "plain" {
  create_role                   = true
  role_name                     = "plain"
  role_requires_mfa             = false
  trusted_role_arns             = ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:role/${var.name}"]
  trusted_role_services         = ["codedeploy.amazonaws.com"]
  custom_role_policy_arns       = ["arn:aws:iam::aws:policy/AmazonCognitoReadOnly", "arn:aws:iam::111122223333:policy/${var.name}"]
  role_permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
  role_path                     = "/ci/"
  tags                          = { owner = "a" }
}

module "mfa" {
  create_role             = true
  role_name               = "mfa"
  trusted_role_arns       = ["arn:aws:iam::111122223333:user/anna"]
  mfa_age                 = 900
  role_sts_externalid     = ["one", var.name]
  attach_admin_policy     = true
  attach_poweruser_policy = true
  attach_readonly_policy  = true
  create_instance_profile = true
  max_session_duration    = 7200
}

module "external" {
  create_role          = true
  role_name            = "external"
  role_requires_mfa    = false
  role_sts_externalid  = "one"
  trusted_role_arns    = var.names
  trusted_role_actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]
}

module "custom" {
  create_role = true
  role_name   = "custom"

  custom_role_trust_policy          = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  number_of_custom_role_policy_arns = 1
  custom_role_policy_arns           = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

module "undecided" {
  create_role         = var.on
  role_name           = var.name
  role_requires_mfa   = var.on
  attach_admin_policy = var.on
  trusted_role_arns   = ["arn:aws:iam::111122223333:root"]
}
