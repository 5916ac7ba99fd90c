variable "enabled" { type = bool }
variable "stage" {}

resource "aws_iam_role" "plain" {
  count              = module.plain.enabled ? 1 : 0
  name               = module.plain.id
  tags               = module.plain.tags
  path               = "/${try(module.plain.descriptors["stack"], module.plain.name)}/${join("+", module.plain.attributes)}/"
  description        = jsonencode(module.plain.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "off" {
  count              = module.off.enabled ? 1 : 0
  name               = module.off.id
  tags               = module.off.tags
  path               = "/${try(module.off.descriptors["stack"], module.off.name)}/${join("+", module.off.attributes)}/"
  description        = jsonencode(module.off.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "short" {
  count              = module.short.enabled ? 1 : 0
  name               = module.short.id
  tags               = module.short.tags
  path               = "/${try(module.short.descriptors["stack"], module.short.name)}/${join("+", module.short.attributes)}/"
  description        = jsonencode(module.short.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "upper" {
  count              = module.upper.enabled ? 1 : 0
  name               = module.upper.id
  tags               = module.upper.tags
  path               = "/${try(module.upper.descriptors["stack"], module.upper.name)}/${join("+", module.upper.attributes)}/"
  description        = jsonencode(module.upper.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "title" {
  count              = module.title.enabled ? 1 : 0
  name               = module.title.id
  tags               = module.title.tags
  path               = "/${try(module.title.descriptors["stack"], module.title.name)}/${join("+", module.title.attributes)}/"
  description        = jsonencode(module.title.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "none_case" {
  count              = module.none_case.enabled ? 1 : 0
  name               = module.none_case.id
  tags               = module.none_case.tags
  path               = "/${try(module.none_case.descriptors["stack"], module.none_case.name)}/${join("+", module.none_case.attributes)}/"
  description        = jsonencode(module.none_case.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "chained" {
  count              = module.chained.enabled ? 1 : 0
  name               = module.chained.id
  tags               = module.chained.tags
  path               = "/${try(module.chained.descriptors["stack"], module.chained.name)}/${join("+", module.chained.attributes)}/"
  description        = jsonencode(module.chained.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "unknown" {
  count              = module.unknown.enabled ? 1 : 0
  name               = module.unknown.id
  tags               = module.unknown.tags
  path               = "/${try(module.unknown.descriptors["stack"], module.unknown.name)}/${join("+", module.unknown.attributes)}/"
  description        = jsonencode(module.unknown.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "described" {
  count              = module.described.enabled ? 1 : 0
  name               = module.described.id
  tags               = module.described.tags
  path               = "/${try(module.described.descriptors["stack"], module.described.name)}/${join("+", module.described.attributes)}/"
  description        = jsonencode(module.described.context)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

module "plain" {
  namespace  = "eg"
  stage      = "prod"
  name       = "Bastion_Host"
  attributes = ["public", "a_b"]
  tags       = { BusinessUnit = "XYZ" }
}

module "off" {
  enabled   = false
  namespace = "eg"
  name      = "off"
}

module "short" {
  namespace       = "eg"
  tenant          = "core"
  environment     = "use1"
  stage           = "prod"
  name            = "a-very-long-name-of-a-thing"
  id_length_limit = 24
  label_order     = ["namespace", "tenant", "environment", "stage", "name", "attributes"]
}

module "upper" {
  namespace        = "eg"
  name             = "up"
  label_value_case = "upper"
  label_key_case   = "lower"
  delimiter        = "_"
  labels_as_tags   = ["name", "stage"]
  stage            = "dev"
}

module "title" {
  namespace        = "eg"
  name             = "some"
  attributes       = ["thing"]
  label_value_case = "title"
  delimiter        = ""
  id_length_limit  = 8
}

module "none_case" {
  namespace           = "Eg"
  name                = "Some@Thing"
  label_value_case    = "none"
  regex_replace_chars = "/[^-a-zA-Z0-9@_]/"
}

module "chained" {
  context    = { enabled = true, namespace = "cp", tenant = null, environment = "uw2", stage = "prd", name = "app", delimiter = null, attributes = ["fire"], tags = { City = "Dublin" }, additional_tag_map = {}, regex_replace_chars = null, label_order = [], id_length_limit = null, label_key_case = null, label_value_case = null, descriptor_formats = {}, labels_as_tags = ["unset"] }
  attributes = ["water"]
  name       = "more"
}

module "unknown" {
  enabled    = var.enabled
  namespace  = "eg"
  name       = "app"
  tags       = { stage = var.stage }
}

module "described" {
  namespace          = "eg"
  stage              = "prod"
  name               = "app"
  descriptor_formats = { stack = { format = "%v-%v", labels = ["stage", "name"] } }
}

