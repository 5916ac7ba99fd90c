variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create = false
}

module "plain" {
  name     = "deploy"
  subjects = ["repo:acme/app:pull_request", "acme/app:ref:refs/heads/main"]
  policies = { read = "arn:aws:iam::aws:policy/ReadOnlyAccess", own = "arn:aws:iam::111122223333:policy/${var.name}" }
  tags     = { owner = "a" }
}

module "exact" {
  name_prefix              = "deploy-"
  path                     = "/ci/"
  subject_condition        = "StringEquals"
  subjects                 = ["acme/${var.name}:environment:live"]
  audience                 = "acme"
  provider_url             = "https://github.example.org/_services/token"
  permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
  max_session_duration     = 7200
}

module "conditions" {
  name                               = "deploy"
  subjects                           = ["acme/*"]
  additional_trust_policy_conditions = [{ test = "StringEquals", variable = "token.actions.githubusercontent.com:actor", values = [var.name] }]
}

module "unknown" {
  name     = var.name
  subjects = var.names
}

module "nobody" {
  name = "nobody"
}

module "undecided" {
  create   = var.on
  name     = "deploy"
  subjects = ["acme/app:*"]
}
