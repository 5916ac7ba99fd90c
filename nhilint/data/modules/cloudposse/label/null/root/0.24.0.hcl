model {
  source   = "cloudposse/label/null"
  versions = ">= 0.24.0, < 0.26.0"
  read_at  = "0.25.0"
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

locals {
  settled = {
    enabled             = var.enabled == null ? var.context.enabled : var.enabled
    namespace           = var.namespace == null ? var.context.namespace : var.namespace
    environment         = var.environment == null ? var.context.environment : var.environment
    stage               = var.stage == null ? var.context.stage : var.stage
    name                = var.name == null ? var.context.name : var.name
    delimiter           = var.delimiter == null ? var.context.delimiter : var.delimiter
    label_order         = var.label_order == null ? var.context.label_order : var.label_order
    regex_replace_chars = var.regex_replace_chars == null ? var.context.regex_replace_chars : var.regex_replace_chars
    id_length_limit     = var.id_length_limit == null ? var.context.id_length_limit : var.id_length_limit
    tenant              = var.tenant == null ? lookup(var.context, "tenant", null) : var.tenant
    label_key_case      = var.label_key_case == null ? lookup(var.context, "label_key_case", null) : var.label_key_case
    label_value_case    = var.label_value_case == null ? lookup(var.context, "label_value_case", null) : var.label_value_case
    attributes          = compact(distinct(concat(coalesce(var.context.attributes, []), coalesce(var.attributes, []))))
    tags                = merge(var.context.tags, var.tags)
    additional_tag_map  = merge(var.context.additional_tag_map, var.additional_tag_map)
    descriptor_formats  = merge(lookup(var.context, "descriptor_formats", {}), var.descriptor_formats)
    labels_as_tags      = try(contains(var.context.labels_as_tags, "unset"), true) ? var.labels_as_tags : var.context.labels_as_tags
  }

  drop       = coalesce(local.settled.regex_replace_chars, "/[^-a-zA-Z0-9]/")
  delimiter  = local.settled.delimiter == null ? "-" : local.settled.delimiter
  limit      = local.settled.id_length_limit == null ? 0 : local.settled.id_length_limit
  key_case   = local.settled.label_key_case == null ? "title" : local.settled.label_key_case
  value_case = local.settled.label_value_case == null ? "lower" : local.settled.label_value_case
  usual      = ["namespace", "environment", "stage", "name", "attributes"]
  order      = local.settled.label_order == null ? local.usual : coalescelist(local.settled.label_order, local.usual)

  clean = { for part in ["namespace", "tenant", "environment", "stage", "name"] : part =>
    local.settled[part] == null ? "" : replace(local.settled[part], local.drop, "")
  }
  cased = { for part, text in local.clean : part => (
    local.value_case == "none" ? text :
    local.value_case == "title" ? title(lower(text)) :
    local.value_case == "upper" ? upper(text) : lower(text)
  ) }
  attributes = compact(distinct([for text in compact(distinct([for text in local.settled.attributes : replace(text, local.drop, "")])) : (
    local.value_case == "none" ? text :
    local.value_case == "title" ? title(lower(text)) :
    local.value_case == "upper" ? upper(text) : lower(text)
  )]))

  parts  = merge(local.cased, { attributes = join(local.delimiter, local.attributes) })
  full   = join(local.delimiter, [for part in local.order : local.parts[part] if length(local.parts[part]) > 0])
  kept   = local.limit - (5 + length(local.delimiter))
  head   = local.kept <= 0 ? "" : "${trimsuffix(substr(local.full, 0, local.kept), local.delimiter)}${local.delimiter}"
  digest = "${md5(local.full)}qrstuvwxyz"
  tail = (local.value_case == "title" ? title(local.digest) :
    local.value_case == "upper" ? upper(local.digest) :
  local.value_case == "lower" ? lower(local.digest) : local.digest)
  short = substr("${local.head}${replace(local.tail, local.drop, "")}", 0, local.limit)
  id    = local.limit != 0 && length(local.full) > local.limit ? local.short : local.full

  as_tags = merge(local.parts, { name = local.id })
  chosen = (contains(local.settled.labels_as_tags, "default")
  ? ["attributes", "environment", "name", "namespace", "stage", "tenant"] : local.settled.labels_as_tags)
  tags = merge({ for part in setintersection(keys(local.as_tags), local.chosen) :
    local.key_case == "upper" ? upper(part) : local.key_case == "lower" ? lower(part) : title(lower(part)) => local.as_tags[part]
    if length(local.as_tags[part]) > 0
  }, local.settled.tags)
}

output "id" {
  value = local.settled.enabled ? local.id : ""
}

output "id_full" {
  value = local.settled.enabled ? local.full : ""
}

output "enabled" {
  value = local.settled.enabled
}

output "namespace" {
  value = local.settled.enabled ? local.cased.namespace : ""
}

output "tenant" {
  value = local.settled.enabled ? local.cased.tenant : ""
}

output "environment" {
  value = local.settled.enabled ? local.cased.environment : ""
}

output "stage" {
  value = local.settled.enabled ? local.cased.stage : ""
}

output "name" {
  value = local.settled.enabled ? local.cased.name : ""
}

output "delimiter" {
  value = local.settled.enabled ? local.delimiter : ""
}

output "attributes" {
  value = local.settled.enabled ? local.attributes : []
}

output "tags" {
  value = local.settled.enabled ? local.tags : {}
}

output "descriptors" {
  value = { for name, made in local.settled.descriptor_formats : name =>
    format(made.format, [for part in made.labels : local.parts[part]]...)
  }
}

output "context" {
  value = local.settled
}
