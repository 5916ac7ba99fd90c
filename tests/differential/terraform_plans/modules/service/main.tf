variable "name" { type = string }
variable "actions" { type = list(string) }
variable "table" { type = string }

locals {
  inner = { for i, a in var.actions : "a${i}" => a }
}

module "role" {
  source     = "../role"
  name       = var.name
  statements = [for key, action in local.inner : { Sid = key, Effect = "Allow", Action = action, Resource = var.table }]
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = module.role.arn
  handler       = "main.handler"
  runtime       = "python3.8"
  s3_bucket     = "code"
  s3_key        = var.name
}

output "role_name" {
  value = module.role.name
}

output "function_arn" {
  value = aws_lambda_function.this.arn
}
