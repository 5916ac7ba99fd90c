variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create = false
}

module "plain" {
  function_name = "plain"
  handler       = "index.handler"
  runtime       = "python3.12"
  source_path   = "src"
}

module "layer_none" {
  create_layer = true
  layer_name   = "layer"
}

module "everything" {
  function_name             = "everything-${var.name}"
  role_name                 = "everything"
  policy_name               = "own"
  role_path                 = "/fn/"
  role_permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  attach_dead_letter_policy = true
  dead_letter_target_arn    = "arn:aws:sqs:eu-west-1:111122223333:dead"
  attach_network_policy     = true
  attach_tracing_policy     = true
  attach_async_event_policy = true
  destination_on_failure    = "arn:aws:sqs:eu-west-1:111122223333:failed"
  destination_on_success    = "arn:aws:sns:eu-west-1:111122223333:done"
  attach_policy_json        = true
  policy_json               = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${var.name}/*" }] })
  attach_policy_jsons       = true
  number_of_policy_jsons    = 1
  policy_jsons              = [jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })]
  attach_policy             = true
  policy                    = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  attach_policies           = true
  number_of_policies        = 2
  policies                  = ["arn:aws:iam::aws:policy/AmazonSQSFullAccess", "arn:aws:iam::111122223333:policy/${var.name}"]
  attach_policy_statements  = true
  policy_statements = {
    dynamodb-read = { effect = "Allow", actions = ["dynamodb:GetItem"], resources = ["*"] }
    deny          = { sid = "No", effect = "Deny", not_actions = ["dynamodb:*"], resources = ["*"], condition = { org = { test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-1"] } } }
  }
  trusted_entities = ["scheduler.amazonaws.com", { type = "AWS", identifiers = ["arn:aws:iam::111122223333:root"] }]
  assume_role_policy_statements = {
    other = { effect = "Allow", actions = ["sts:AssumeRole"], principals = { account = { type = "AWS", identifiers = ["arn:aws:iam::444455556666:root"] } }, condition = { id = { test = "StringEquals", variable = "sts:ExternalId", values = ["x"] } } }
  }
  allowed_triggers = {
    gateway = { service = "apigateway", source_arn = "arn:aws:execute-api:eu-west-1:111122223333:${var.name}/*/*/*" }
    rule    = { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:111122223333:rule/a", statement_id = "Rule" }
  }
  create_lambda_function_url = true
  authorization_type         = "AWS_IAM"
  tags                       = { owner = "a" }
}

module "edge" {
  function_name                      = "edge"
  lambda_at_edge                     = true
  use_existing_cloudwatch_log_group  = true
  attach_create_log_group_permission = false
}

module "own_role" {
  function_name                           = "own"
  create_role                             = false
  lambda_role                             = "arn:aws:iam::111122223333:role/own"
  create_current_version_allowed_triggers = false
  allowed_triggers                        = { any = { principal = "*" } }
}

module "silent" {
  function_name                 = "silent"
  attach_cloudwatch_logs_policy = false
}

module "undecided" {
  create                = var.on
  function_name         = var.name
  attach_tracing_policy = var.on
  attach_policies       = true
  number_of_policies    = 1
  policies              = var.names
}
