model {
  source   = "terraform-aws-modules/iam/aws//modules/iam-account"
  versions = ">= 4.0.0, < 6.0.0"
  read_at  = "5.60.0"
  without_effect = [
    "allow_users_to_change_password", "get_caller_identity", "hard_expiry", "max_password_age",
    "minimum_password_length", "password_reuse_prevention", "require_lowercase_characters", "require_numbers",
    "require_symbols", "require_uppercase_characters",
  ]
}

variable "account_alias" {
  type = string
}

variable "create_account_password_policy" {
  type    = bool
  default = true
}

resource "aws_iam_account_alias" "this" {

  account_alias = var.account_alias
}

resource "aws_iam_account_password_policy" "this" {
  count = var.create_account_password_policy ? 1 : 0
}
