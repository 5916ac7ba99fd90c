model {
  source   = "terraform-aws-modules/iam/aws//modules/iam-user"
  versions = ">= 4.0.0, < 5.0.0"
  read_at  = "4.24.1"
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

variable "permissions_boundary" {
  type    = string
  default = ""
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
  count = var.create_user && var.create_iam_access_key && var.pgp_key != "" ? 1 : 0
  user  = aws_iam_user.this[0].name
}

resource "aws_iam_access_key" "this_no_pgp" {
  count = var.create_user && var.create_iam_access_key && var.pgp_key == "" ? 1 : 0
  user  = aws_iam_user.this[0].name
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
