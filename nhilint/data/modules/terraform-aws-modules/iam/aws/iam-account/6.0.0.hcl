model {
  source   = "terraform-aws-modules/iam/aws//modules/iam-account"
  versions = ">= 6.0.0, < 7.0.0"
  read_at  = "6.5.0"
  without_effect = [
    "allow_users_to_change_password", "hard_expiry", "max_password_age", "minimum_password_length",
    "password_reuse_prevention", "require_lowercase_characters", "require_numbers", "require_symbols",
    "require_uppercase_characters",
  ]
}

variable "create" {
  type    = bool
  default = true
}

variable "account_alias" {
  type = string
}

variable "create_account_password_policy" {
  type    = bool
  default = true
}

resource "aws_iam_account_alias" "this" {
  count         = var.create ? 1 : 0
  account_alias = var.account_alias
}

resource "aws_iam_account_password_policy" "this" {
  count = var.create && var.create_account_password_policy ? 1 : 0
}
