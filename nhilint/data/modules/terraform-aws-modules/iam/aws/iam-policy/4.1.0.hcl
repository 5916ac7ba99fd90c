model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-policy"
  versions       = ">= 4.1.0, < 6.0.0"
  read_at        = "5.60.0"
  same_since     = "4.4.0"
  without_effect = ["description"]
}

variable "create_policy" {
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
  default = "/"
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
  count       = var.create_policy ? 1 : 0
  name        = var.name
  name_prefix = var.name_prefix
  path        = var.path
  policy      = var.policy
  tags        = var.tags
}

output "id" {
  value = try(aws_iam_policy.policy[0].id, "")
}

output "arn" {
  value = try(aws_iam_policy.policy[0].arn, "")
}

output "name" {
  value = try(aws_iam_policy.policy[0].name, "")
}

output "path" {
  value = try(aws_iam_policy.policy[0].path, "")
}

output "policy" {
  value = try(aws_iam_policy.policy[0].policy, "")
}
