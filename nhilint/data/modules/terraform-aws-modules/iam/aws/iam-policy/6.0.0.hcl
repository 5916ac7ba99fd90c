model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-policy"
  versions       = ">= 6.0.0, < 7.0.0"
  read_at        = "6.5.0"
  without_effect = ["description"]
}

variable "create" {
  type    = bool
  default = true
}

variable "name" {
  type    = string
  default = null
}

variable "name_prefix" {
  type    = string
  default = null
}

variable "path" {
  type    = string
  default = null
}

variable "policy" {
  type    = string
  default = ""
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "aws_iam_policy" "policy" {
  count       = var.create ? 1 : 0
  name        = var.name
  name_prefix = var.name_prefix
  path        = var.path
  policy      = var.policy
  tags        = var.tags
}

output "id" {
  value = try(aws_iam_policy.policy[0].id, null)
}

output "arn" {
  value = try(aws_iam_policy.policy[0].arn, null)
}

output "name" {
  value = try(aws_iam_policy.policy[0].name, null)
}

output "policy" {
  value = try(aws_iam_policy.policy[0].policy, null)
}
