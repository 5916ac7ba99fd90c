model {
  source   = "terraform-aws-modules/iam/aws//modules/iam-user"
  versions = ">= 5.0.0, < 6.0.0"
  read_at  = "5.60.0"
  without_effect = [
    "force_destroy", "password_length", "password_reset_required", "ssh_key_encoding", "ssh_public_key",
    "upload_iam_user_ssh_key",
  ]
}

variable "create_user" {
  type    = bool
  default = true
}

variable "create_iam_user_login_profile" {
  type    = bool
  default = true
}

variable "create_iam_access_key" {
  type    = bool
  default = true
}

variable "name" {
  type = string
}

variable "path" {
  type    = string
  default = "/"
}

variable "pgp_key" {
  type    = string
  default = ""
}

variable "iam_access_key_status" {
  type    = string
  default = null
}

variable "permissions_boundary" {
  type    = string
  default = ""
}

variable "policy_arns" {
  type    = list(string)
  default = []
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "aws_iam_user" "this" {
  count                = var.create_user ? 1 : 0
  name                 = var.name
  path                 = var.path
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_user_login_profile" "this" {
  count = var.create_user && var.create_iam_user_login_profile ? 1 : 0
  user  = aws_iam_user.this[0].name
}

resource "aws_iam_access_key" "this" {
  count  = var.create_user && var.create_iam_access_key && var.pgp_key != "" ? 1 : 0
  user   = aws_iam_user.this[0].name
  status = var.iam_access_key_status
}

resource "aws_iam_access_key" "this_no_pgp" {
  count  = var.create_user && var.create_iam_access_key && var.pgp_key == "" ? 1 : 0
  user   = aws_iam_user.this[0].name
  status = var.iam_access_key_status
}

resource "aws_iam_user_policy_attachment" "this" {
  for_each   = { for name, arn in var.policy_arns : name => arn if var.create_user }
  user       = aws_iam_user.this[0].name
  policy_arn = each.value
}

output "policy_arns" {
  value = [for made in aws_iam_user_policy_attachment.this : made.policy_arn]
}

output "iam_user_name" {
  value = try(aws_iam_user.this[0].name, "")
}

output "iam_user_arn" {
  value = try(aws_iam_user.this[0].arn, "")
}

output "iam_access_key_id" {
  value = try(aws_iam_access_key.this[0].id, aws_iam_access_key.this_no_pgp[0].id, "")
}
