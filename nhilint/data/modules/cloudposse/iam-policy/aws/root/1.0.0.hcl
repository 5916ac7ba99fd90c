model {
  source         = "cloudposse/iam-policy/aws"
  versions       = ">= 1.0.0, < 2.0.0"
  read_at        = "1.0.1"
  without_effect = ["description", "iam_policy_id"]
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

variable "iam_policy" {
  type = object({
    policy_id = optional(string, null)
    version   = optional(string, null)
    statements = list(object({
      sid           = optional(string, null)
      effect        = optional(string, null)
      actions       = optional(list(string), null)
      not_actions   = optional(list(string), null)
      resources     = optional(list(string), null)
      not_resources = optional(list(string), null)
      conditions = optional(list(object({
        test     = string
        variable = string
        values   = list(string)
      })), [])
      principals = optional(list(object({
        type        = string
        identifiers = list(string)
      })), [])
      not_principals = optional(list(object({
        type        = string
        identifiers = list(string)
      })), [])
    }))
  })
  default = null
}

variable "iam_policy_statements" {
  type = map(object({
    sid           = optional(string, null)
    effect        = optional(string, null)
    actions       = optional(list(string), null)
    not_actions   = optional(list(string), null)
    resources     = optional(list(string), null)
    not_resources = optional(list(string), null)
    conditions = optional(list(object({
      test     = string
      variable = string
      values   = list(string)
    })), [])
    principals = optional(list(object({
      type        = string
      identifiers = list(string)
    })), [])
    not_principals = optional(list(object({
      type        = string
      identifiers = list(string)
    })), [])
  }))
  default = null
}

variable "iam_policy_enabled" {
  type    = bool
  default = false
}

variable "iam_source_json_url" {
  type    = string
  default = null
}

variable "iam_source_policy_documents" {
  type    = list(string)
  default = null
}

variable "iam_override_policy_documents" {
  type    = list(string)
  default = null
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

data "http" "iam_source_json_url" {
  count = module.this.enabled && var.iam_source_json_url != null ? 1 : 0
  url   = var.iam_source_json_url
}

locals {
  from_url  = try(length(var.iam_source_json_url), 0) > 0 ? one(data.http.iam_source_json_url[*].response_body) : null
  overrides = try(length(var.iam_override_policy_documents), 0) > 0 ? var.iam_override_policy_documents : []
  sources   = try(length(var.iam_source_policy_documents), 0) > 0 ? var.iam_source_policy_documents : []
  older = [for key, row in var.iam_policy_statements == null ? {} : var.iam_policy_statements :
    merge(row, row.sid == null ? { sid = key } : {})
  ]
  statements = var.iam_policy == null ? local.older : var.iam_policy.statements
}

data "aws_iam_policy_document" "this" {
  count                     = module.this.enabled ? 1 : 0
  source_policy_documents   = compact(concat([local.from_url], local.sources))
  override_policy_documents = local.overrides
  dynamic "statement" {
    for_each = local.statements
    content {
      sid           = statement.value.sid
      effect        = statement.value.effect
      actions       = statement.value.actions
      not_actions   = statement.value.not_actions
      resources     = statement.value.resources
      not_resources = statement.value.not_resources
      dynamic "principals" {
        for_each = statement.value.principals
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = statement.value.not_principals
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = statement.value.conditions
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_policy" "default" {
  count  = module.this.enabled && var.iam_policy_enabled ? 1 : 0
  name   = module.this.id
  policy = one(data.aws_iam_policy_document.this[*].json)
  tags   = module.this.tags
}

output "json" {
  value = one(data.aws_iam_policy_document.this[*].json)
}

output "policy_arn" {
  value = one(aws_iam_policy.default[*].arn)
}
