model {
  source     = "terraform-aws-modules/lambda/aws"
  versions   = ">= 7.0.0, < 8.0.0"
  read_at    = "7.21.1"
  same_since = "7.20.0"
  without_effect = [
    "architectures", "artifacts_dir", "build_in_docker", "cloudwatch_logs_kms_key_id",
    "cloudwatch_logs_log_group_class", "cloudwatch_logs_retention_in_days", "cloudwatch_logs_skip_destroy",
    "cloudwatch_logs_tags", "code_signing_config_arn", "compatible_architectures", "compatible_runtimes", "cors",
    "create_async_event_config", "create_current_version_async_event_config", "create_package",
    "create_sam_metadata", "create_unqualified_alias_async_event_config", "description",
    "docker_additional_options", "docker_build_root", "docker_entrypoint", "docker_file", "docker_image",
    "docker_pip_cache", "docker_with_ssh_agent", "environment_variables", "ephemeral_storage_size",
    "event_source_mapping", "file_system_arn", "file_system_local_mount_path", "handler", "hash_extra",
    "ignore_source_code_hash", "image_config_command", "image_config_entry_point", "image_config_working_directory",
    "image_uri", "include_default_tag", "invoke_mode", "ipv6_allowed_for_dual_stack", "kms_key_arn", "layer_name",
    "layer_skip_destroy", "layers", "license_info", "local_existing_package", "logging_application_log_level",
    "logging_log_format", "logging_system_log_level", "maximum_event_age_in_seconds", "maximum_retry_attempts",
    "memory_size", "package_type", "policy_path", "provisioned_concurrent_executions", "publish",
    "recreate_missing_package", "recursive_loop", "replace_security_groups_on_destroy",
    "replacement_security_group_ids", "reserved_concurrent_executions", "role_force_detach_policies", "runtime",
    "s3_acl", "s3_bucket", "s3_existing_package", "s3_kms_key_id", "s3_object_override_default_tags",
    "s3_object_storage_class", "s3_object_tags", "s3_object_tags_only", "s3_prefix", "s3_server_side_encryption",
    "skip_destroy", "snap_start", "source_path", "store_on_s3", "timeout", "timeouts", "tracing_mode",
    "trigger_on_package_timestamp", "vpc_security_group_ids", "vpc_subnet_ids",
  ]
}

variable "create" {
  type    = bool
  default = true
}

variable "create_function" {
  type    = bool
  default = true
}

variable "create_layer" {
  type    = bool
  default = false
}

variable "create_role" {
  type    = bool
  default = true
}

variable "create_lambda_function_url" {
  type    = bool
  default = false
}

variable "putin_khuylo" {
  type    = bool
  default = true
}

variable "lambda_at_edge" {
  type    = bool
  default = false
}

variable "lambda_at_edge_logs_all_regions" {
  type    = bool
  default = true
}

variable "function_name" {
  type    = string
  default = ""
}

variable "lambda_role" {
  type    = string
  default = ""
}

variable "dead_letter_target_arn" {
  type    = string
  default = null
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "function_tags" {
  type    = map(string)
  default = {}
}

variable "create_unqualified_alias_lambda_function_url" {
  type    = bool
  default = true
}

variable "authorization_type" {
  type    = string
  default = "NONE"
}

variable "destination_on_failure" {
  type    = string
  default = null
}

variable "destination_on_success" {
  type    = string
  default = null
}

variable "create_current_version_allowed_triggers" {
  type    = bool
  default = true
}

variable "create_unqualified_alias_allowed_triggers" {
  type    = bool
  default = true
}

variable "allowed_triggers" {
  type    = map(any)
  default = {}
}

variable "use_existing_cloudwatch_log_group" {
  type    = bool
  default = false
}

variable "role_name" {
  type    = string
  default = null
}

variable "role_description" {
  type    = string
  default = null
}

variable "role_path" {
  type    = string
  default = null
}

variable "role_permissions_boundary" {
  type    = string
  default = null
}

variable "role_tags" {
  type    = map(string)
  default = {}
}

variable "role_maximum_session_duration" {
  type    = number
  default = 3600
}

variable "policy_name" {
  type    = string
  default = null
}

variable "attach_cloudwatch_logs_policy" {
  type    = bool
  default = true
}

variable "attach_create_log_group_permission" {
  type    = bool
  default = true
}

variable "attach_dead_letter_policy" {
  type    = bool
  default = false
}

variable "attach_network_policy" {
  type    = bool
  default = false
}

variable "attach_tracing_policy" {
  type    = bool
  default = false
}

variable "attach_async_event_policy" {
  type    = bool
  default = false
}

variable "attach_policy_json" {
  type    = bool
  default = false
}

variable "attach_policy_jsons" {
  type    = bool
  default = false
}

variable "attach_policy" {
  type    = bool
  default = false
}

variable "attach_policies" {
  type    = bool
  default = false
}

variable "number_of_policy_jsons" {
  type    = number
  default = 0
}

variable "number_of_policies" {
  type    = number
  default = 0
}

variable "attach_policy_statements" {
  type    = bool
  default = false
}

variable "trusted_entities" {
  type    = any
  default = []
}

variable "assume_role_policy_statements" {
  type    = any
  default = {}
}

variable "policy_json" {
  type    = string
  default = null
}

variable "policy_jsons" {
  type    = list(string)
  default = []
}

variable "policy" {
  type    = string
  default = null
}

variable "policies" {
  type    = list(string)
  default = []
}

variable "policy_statements" {
  type    = any
  default = {}
}

variable "logging_log_group" {
  type    = string
  default = null
}

data "aws_partition" "current" {}

locals {
  create      = var.create && var.putin_khuylo
  function    = local.create && var.create_function && !var.create_layer
  create_role = local.function && var.create_role
  role_name   = local.create_role ? coalesce(var.role_name, var.function_name, "*") : null
  policy_name = coalesce(var.policy_name, local.role_name, "*")
  log_group   = try(data.aws_cloudwatch_log_group.lambda[0].arn, aws_cloudwatch_log_group.lambda[0].arn, "")
  log_group_arn = (local.create_role && var.lambda_at_edge ? format("arn:%s:%s:%s:%s:%s",
    data.aws_arn.log_group_arn[0].partition, data.aws_arn.log_group_arn[0].service,
    var.lambda_at_edge_logs_all_regions ? "*" : "us-east-1",
  data.aws_arn.log_group_arn[0].account, data.aws_arn.log_group_arn[0].resource) : local.log_group)
  services = distinct(compact(concat(
    ["lambda.amazonaws.com"], var.lambda_at_edge ? ["edgelambda.amazonaws.com"] : [],
    [for trusted in var.trusted_entities : try(tostring(trusted), "")],
  )))
  others = [for trusted in var.trusted_entities : {
    type        = trusted.type
    identifiers = tolist(trusted.identifiers)
  } if !can(tostring(trusted))]
}

data "aws_iam_policy_document" "assume_role" {
  count = local.create_role ? 1 : 0
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = local.services
    }
    dynamic "principals" {
      for_each = local.others
      content {
        type        = principals.value.type
        identifiers = principals.value.identifiers
      }
    }
  }
  dynamic "statement" {
    for_each = var.assume_role_policy_statements
    iterator = given
    content {
      sid         = try(given.value.sid, replace(given.key, "/[^0-9A-Za-z]*/", ""))
      effect      = try(given.value.effect, null)
      actions     = try(given.value.actions, null)
      not_actions = try(given.value.not_actions, null)
      dynamic "principals" {
        for_each = try(given.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = try(given.value.not_principals, [])
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(given.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role" "lambda" {
  count                = local.create_role ? 1 : 0
  name                 = local.role_name
  description          = var.role_description
  path                 = var.role_path
  permissions_boundary = var.role_permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.assume_role[0].json
  max_session_duration = var.role_maximum_session_duration
  tags                 = merge(var.tags, var.role_tags)
}

data "aws_cloudwatch_log_group" "lambda" {
  count = local.function && var.use_existing_cloudwatch_log_group ? 1 : 0
  name  = coalesce(var.logging_log_group, "/aws/lambda/${var.lambda_at_edge ? "us-east-1." : ""}${var.function_name}")
}

resource "aws_cloudwatch_log_group" "lambda" {
  count = local.function && !var.use_existing_cloudwatch_log_group ? 1 : 0
  name  = coalesce(var.logging_log_group, "/aws/lambda/${var.lambda_at_edge ? "us-east-1." : ""}${var.function_name}")
}

data "aws_arn" "log_group_arn" {
  count = local.create_role && var.lambda_at_edge ? 1 : 0
  arn   = local.log_group
}

data "aws_iam_policy_document" "logs" {
  count = local.create_role && var.attach_cloudwatch_logs_policy ? 1 : 0
  statement {
    actions = compact([
      !var.use_existing_cloudwatch_log_group && var.attach_create_log_group_permission ? "logs:CreateLogGroup" : "",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ])
    resources = ["${local.log_group_arn}:*", "${local.log_group_arn}:*:*"]
  }
}

resource "aws_iam_role_policy" "logs" {
  count  = local.create_role && var.attach_cloudwatch_logs_policy ? 1 : 0
  name   = "${local.policy_name}-logs"
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.logs[0].json
}

data "aws_iam_policy_document" "dead_letter" {
  count = local.create_role && var.attach_dead_letter_policy ? 1 : 0
  statement {
    actions   = ["sns:Publish", "sqs:SendMessage"]
    resources = [var.dead_letter_target_arn]
  }
}

resource "aws_iam_role_policy" "dead_letter" {
  count  = local.create_role && var.attach_dead_letter_policy ? 1 : 0
  name   = "${local.policy_name}-dl"
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.dead_letter[0].json
}

data "aws_iam_policy" "vpc" {
  count = local.create_role && var.attach_network_policy ? 1 : 0
  arn   = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess"
}

resource "aws_iam_role_policy" "vpc" {
  count  = local.create_role && var.attach_network_policy ? 1 : 0
  name   = "${local.policy_name}-vpc"
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy.vpc[0].policy
}

data "aws_iam_policy" "tracing" {
  count = local.create_role && var.attach_tracing_policy ? 1 : 0
  arn   = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

resource "aws_iam_role_policy" "tracing" {
  count  = local.create_role && var.attach_tracing_policy ? 1 : 0
  name   = "${local.policy_name}-tracing"
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy.tracing[0].policy
}

data "aws_iam_policy_document" "async" {
  count = local.create_role && var.attach_async_event_policy ? 1 : 0
  statement {
    actions   = ["sns:Publish", "sqs:SendMessage", "events:PutEvents", "lambda:InvokeFunction"]
    resources = compact(distinct([var.destination_on_failure, var.destination_on_success]))
  }
}

resource "aws_iam_role_policy" "async" {
  count  = local.create_role && var.attach_async_event_policy ? 1 : 0
  name   = "${local.policy_name}-async"
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.async[0].json
}

resource "aws_iam_role_policy" "additional_json" {
  count  = local.create_role && var.attach_policy_json ? 1 : 0
  name   = local.policy_name
  role   = aws_iam_role.lambda[0].name
  policy = var.policy_json
}

resource "aws_iam_role_policy" "additional_jsons" {
  count  = local.create_role && var.attach_policy_jsons ? var.number_of_policy_jsons : 0
  name   = "${local.policy_name}-${count.index}"
  role   = aws_iam_role.lambda[0].name
  policy = var.policy_jsons[count.index]
}

resource "aws_iam_role_policy_attachment" "additional_one" {
  count      = local.create_role && var.attach_policy ? 1 : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = var.policy
}

resource "aws_iam_role_policy_attachment" "additional_many" {
  count      = local.create_role && var.attach_policies ? var.number_of_policies : 0
  role       = aws_iam_role.lambda[0].name
  policy_arn = var.policies[count.index]
}

data "aws_iam_policy_document" "additional_inline" {
  count = local.create_role && var.attach_policy_statements ? 1 : 0
  dynamic "statement" {
    for_each = var.policy_statements
    iterator = given
    content {
      sid           = try(given.value.sid, replace(given.key, "/[^0-9A-Za-z]*/", ""))
      effect        = try(given.value.effect, null)
      actions       = try(given.value.actions, null)
      not_actions   = try(given.value.not_actions, null)
      resources     = try(given.value.resources, null)
      not_resources = try(given.value.not_resources, null)
      dynamic "principals" {
        for_each = try(given.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = try(given.value.not_principals, [])
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(given.value.condition, [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "additional_inline" {
  count  = local.create_role && var.attach_policy_statements ? 1 : 0
  name   = "${local.policy_name}-inline"
  role   = aws_iam_role.lambda[0].name
  policy = data.aws_iam_policy_document.additional_inline[0].json
}

resource "aws_lambda_function" "this" {
  count         = local.function ? 1 : 0
  function_name = var.function_name
  role          = var.create_role ? aws_iam_role.lambda[0].arn : var.lambda_role
  tags          = merge(var.tags, var.function_tags)
}

resource "aws_lambda_permission" "current_version_triggers" {
  for_each               = { for name, trigger in var.allowed_triggers : name => trigger if local.function && var.create_current_version_allowed_triggers }
  function_name          = aws_lambda_function.this[0].function_name
  qualifier              = aws_lambda_function.this[0].version
  statement_id_prefix    = try(each.value.statement_id, each.key)
  action                 = try(each.value.action, "lambda:InvokeFunction")
  principal              = try(each.value.principal, format("%s.amazonaws.com", try(each.value.service, "")))
  principal_org_id       = try(each.value.principal_org_id, null)
  source_arn             = try(each.value.source_arn, null)
  source_account         = try(each.value.source_account, null)
  event_source_token     = try(each.value.event_source_token, null)
  function_url_auth_type = try(each.value.function_url_auth_type, null)
}

resource "aws_lambda_permission" "unqualified_alias_triggers" {
  for_each               = { for name, trigger in var.allowed_triggers : name => trigger if local.function && var.create_unqualified_alias_allowed_triggers }
  function_name          = aws_lambda_function.this[0].function_name
  statement_id_prefix    = try(each.value.statement_id, each.key)
  action                 = try(each.value.action, "lambda:InvokeFunction")
  principal              = try(each.value.principal, format("%s.amazonaws.com", try(each.value.service, "")))
  principal_org_id       = try(each.value.principal_org_id, null)
  source_arn             = try(each.value.source_arn, null)
  source_account         = try(each.value.source_account, null)
  event_source_token     = try(each.value.event_source_token, null)
  function_url_auth_type = try(each.value.function_url_auth_type, null)
}

resource "aws_lambda_function_url" "this" {
  count              = local.function && var.create_lambda_function_url ? 1 : 0
  function_name      = aws_lambda_function.this[0].function_name
  qualifier          = var.create_unqualified_alias_lambda_function_url ? null : aws_lambda_function.this[0].version
  authorization_type = var.authorization_type
}

output "lambda_function_arn" {
  value = try(aws_lambda_function.this[0].arn, "")
}

output "lambda_function_name" {
  value = try(aws_lambda_function.this[0].function_name, "")
}

output "lambda_function_qualified_arn" {
  value = try(aws_lambda_function.this[0].qualified_arn, "")
}

output "lambda_cloudwatch_log_group_arn" {
  value = local.log_group_arn
}

output "lambda_role_arn" {
  value = try(aws_iam_role.lambda[0].arn, "")
}

output "lambda_role_name" {
  value = try(aws_iam_role.lambda[0].name, "")
}
