model {
  source   = "terraform-aws-modules/iam/aws//modules/iam-group-with-assumable-roles-policy"
  versions = ">= 5.0.0, < 6.0.0"
  read_at  = "5.60.0"
}

variable "name" {
  type = string
}

variable "path" {
  type    = string
  default = "/"
}

variable "assumable_roles" {
  type    = list(string)
  default = []
}

variable "assumable_roles_policy_name_suffix" {
  type    = string
  default = ""
}

variable "group_users" {
  type    = list(string)
  default = []
}

variable "tags" {
  type    = map(string)
  default = {}
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    actions   = ["sts:AssumeRole"]
    resources = var.assumable_roles
  }
}

resource "aws_iam_policy" "this" {
  name   = "${var.name}${var.assumable_roles_policy_name_suffix}"
  path   = var.path
  policy = data.aws_iam_policy_document.assume_role.json
  tags   = var.tags
}

resource "aws_iam_group" "this" {
  name = var.name
  path = var.path
}

resource "aws_iam_group_policy_attachment" "this" {
  group      = aws_iam_group.this.id
  policy_arn = aws_iam_policy.this.id
}

resource "aws_iam_group_membership" "this" {
  count = length(var.group_users) > 0 ? 1 : 0
  group = aws_iam_group.this.id
  name  = var.name
  users = var.group_users
}

output "policy_arn" {
  value = aws_iam_policy.this.arn
}

output "group_name" {
  value = aws_iam_group.this.name
}

output "group_arn" {
  value = aws_iam_group.this.arn
}
