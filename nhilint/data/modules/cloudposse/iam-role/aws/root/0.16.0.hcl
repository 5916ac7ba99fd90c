model {
  source         = "cloudposse/iam-role/aws"
  versions       = ">= 0.16.0, < 0.22.0"
  read_at        = "0.20.0"
  same_since     = "0.19.0"
  without_effect = ["policy_description"]
}

variable "context" {
  type = any
  default = {
    enabled             = true
    namespace           = null
    tenant              = null
    environment         = null
    stage               = null
    name                = null
    delimiter           = null
    attributes          = []
    tags                = {}
    additional_tag_map  = {}
    regex_replace_chars = null
    label_order         = []
    id_length_limit     = null
    label_key_case      = null
    label_value_case    = null
    descriptor_formats  = {}
    labels_as_tags      = ["unset"]
  }
}

variable "enabled" {
  type    = bool
  default = null
}

variable "namespace" {
  type    = string
  default = null
}

variable "tenant" {
  type    = string
  default = null
}

variable "environment" {
  type    = string
  default = null
}

variable "stage" {
  type    = string
  default = null
}

variable "name" {
  type    = string
  default = null
}

variable "delimiter" {
  type    = string
  default = null
}

variable "attributes" {
  type    = list(string)
  default = []
}

variable "labels_as_tags" {
  type    = set(string)
  default = ["default"]
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "additional_tag_map" {
  type    = map(string)
  default = {}
}

variable "label_order" {
  type    = list(string)
  default = null
}

variable "regex_replace_chars" {
  type    = string
  default = null
}

variable "id_length_limit" {
  type    = number
  default = null
}

variable "label_key_case" {
  type    = string
  default = null
}

variable "label_value_case" {
  type    = string
  default = null
}

variable "descriptor_formats" {
  type    = any
  default = {}
}

variable "use_fullname" {
  type    = bool
  default = true
}

variable "principals" {
  type    = map(list(string))
  default = {}
}

variable "policy_documents" {
  type    = list(string)
  default = []
}

variable "policy_document_count" {
  type    = number
  default = 1
}

variable "managed_policy_arns" {
  type    = set(string)
  default = []
}

variable "max_session_duration" {
  type    = number
  default = 3600
}

variable "permissions_boundary" {
  type    = string
  default = ""
}

variable "role_description" {
  type = string
}

variable "policy_name" {
  type    = string
  default = null
}

variable "assume_role_actions" {
  type    = list(string)
  default = ["sts:AssumeRole", "sts:TagSession"]
}

variable "assume_role_conditions" {
  type = list(object({
    test     = string
    variable = string
    values   = list(string)
  }))
  default = []
}

variable "instance_profile_enabled" {
  type    = bool
  default = false
}

variable "path" {
  type    = string
  default = "/"
}

variable "tags_enabled" {
  type    = bool
  default = true
}

variable "inline_policy_enabled" {
  type    = bool
  default = false
}

module "this" {
  source              = "cloudposse/label/null"
  version             = "0.25.0"
  enabled             = var.enabled
  namespace           = var.namespace
  tenant              = var.tenant
  environment         = var.environment
  stage               = var.stage
  name                = var.name
  delimiter           = var.delimiter
  attributes          = var.attributes
  tags                = var.tags
  additional_tag_map  = var.additional_tag_map
  label_order         = var.label_order
  regex_replace_chars = var.regex_replace_chars
  id_length_limit     = var.id_length_limit
  label_key_case      = var.label_key_case
  label_value_case    = var.label_value_case
  descriptor_formats  = var.descriptor_formats
  labels_as_tags      = var.labels_as_tags
  context             = var.context
}

module "role_name" {
  source          = "cloudposse/label/null"
  version         = "0.25.0"
  id_length_limit = 64
  context         = module.this.context
}

locals {
  policy_name = var.policy_name != "" && var.policy_name != null ? var.policy_name : module.this.id
}

data "aws_iam_policy_document" "assume_role" {
  count = module.this.enabled ? length(keys(var.principals)) : 0
  statement {
    actions = var.assume_role_actions
    principals {
      type        = element(keys(var.principals), count.index)
      identifiers = var.principals[element(keys(var.principals), count.index)]
    }
    dynamic "condition" {
      for_each = var.assume_role_conditions
      content {
        test     = condition.value.test
        variable = condition.value.variable
        values   = condition.value.values
      }
    }
  }
}

data "aws_iam_policy_document" "assume_role_aggregated" {
  count                     = module.this.enabled ? 1 : 0
  override_policy_documents = data.aws_iam_policy_document.assume_role[*].json
}

resource "aws_iam_role" "default" {
  count                = module.this.enabled ? 1 : 0
  name                 = var.use_fullname ? module.role_name.id : module.this.name
  description          = var.role_description
  assume_role_policy   = join("", data.aws_iam_policy_document.assume_role_aggregated[*].json)
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  path                 = var.path
  tags                 = var.tags_enabled ? module.this.tags : null
}

resource "aws_iam_role_policy" "default" {
  count  = module.this.enabled && var.policy_document_count > 0 && var.inline_policy_enabled ? 1 : 0
  name   = local.policy_name
  role   = join("", aws_iam_role.default[*].name)
  policy = join("", data.aws_iam_policy_document.default[*].json)
}

data "aws_iam_policy_document" "default" {
  count                     = module.this.enabled && var.policy_document_count > 0 ? 1 : 0
  override_policy_documents = var.policy_documents
}

resource "aws_iam_policy" "default" {
  count  = module.this.enabled && var.policy_document_count > 0 && !var.inline_policy_enabled ? 1 : 0
  name   = local.policy_name
  policy = join("", data.aws_iam_policy_document.default[*].json)
  path   = var.path
  tags   = var.tags_enabled ? module.this.tags : null
}

resource "aws_iam_role_policy_attachment" "default" {
  count      = module.this.enabled && var.policy_document_count > 0 && !var.inline_policy_enabled ? 1 : 0
  role       = join("", aws_iam_role.default[*].name)
  policy_arn = join("", aws_iam_policy.default[*].arn)
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each   = module.this.enabled ? var.managed_policy_arns : []
  role       = join("", aws_iam_role.default[*].name)
  policy_arn = each.key
}

resource "aws_iam_instance_profile" "default" {
  count = module.this.enabled && var.instance_profile_enabled ? 1 : 0
  name  = module.this.id
  role  = join("", aws_iam_role.default[*].name)
}

output "name" {
  value = join("", aws_iam_role.default[*].name)
}

output "id" {
  value = join("", aws_iam_role.default[*].unique_id)
}

output "arn" {
  value = join("", aws_iam_role.default[*].arn)
}

output "policy" {
  value = join("", data.aws_iam_policy_document.default[*].json)
}

output "instance_profile" {
  value = join("", aws_iam_instance_profile.default[*].name)
}
