# Nested modules with count and for_each, outputs used by others, and providers handed down under another name.
provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

provider "aws" {
  alias  = "audit"
  region = "eu-west-2"
  assume_role {
    role_arn = "arn:aws:iam::999988887777:role/terraform"
  }
}

variable "services" {
  default = {
    api    = ["dynamodb:GetItem", "dynamodb:PutItem"]
    worker = ["sqs:ReceiveMessage"]
  }
}

module "service" {
  source   = "./service"
  for_each = var.services
  name     = each.key
  actions  = each.value
  table    = aws_dynamodb_table.items.arn
}

module "pair" {
  source = "./service"
  count  = 2
  name   = "pair-${count.index}"
  table  = aws_dynamodb_table.items.arn
  actions = ["dynamodb:Query"]
  providers = {
    aws = aws.us
  }
}

module "audit" {
  source = "./audit"
  reader = module.service["api"].role_name
  providers = {
    aws      = aws.audit
    aws.home = aws
  }
}

resource "aws_dynamodb_table" "items" {
  name         = "items"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_iam_role_policy" "invoke" {
  name = "invoke"
  role = module.service["worker"].role_name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = [for s in module.service : s.function_arn] }]
  })
}
