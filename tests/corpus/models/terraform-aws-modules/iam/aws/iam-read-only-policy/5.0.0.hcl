variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  name             = "none"
  create_policy    = false
  allowed_services = ["s3"]
}

module "plain" {
  name             = "plain"
  path             = "/people/"
  allowed_services = ["rds", "dynamo", "resource-groups"]
  tags             = { owner = "a" }
}

module "narrow" {
  name                         = "narrow"
  allowed_services             = ["s3", "s3"]
  allow_cloudwatch_logs_query  = false
  allow_predefined_sts_actions = false
  allow_web_console_services   = false
}

module "more" {
  name                   = "more"
  allowed_services       = ["ec2"]
  web_console_services   = ["tag"]
  additional_policy_json = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "x", Effect = "Allow", Action = "s3:*", Resource = var.name }] })
}

module "unknown" {
  name             = "unknown"
  allowed_services = var.names
}

module "undecided" {
  name                        = var.name
  create_policy               = var.on
  allowed_services            = ["ec2"]
  allow_cloudwatch_logs_query = var.on
}
