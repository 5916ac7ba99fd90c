model {
  source         = "terraform-aws-modules/iam/aws//modules/iam-github-oidc-provider"
  versions       = ">= 5.0.0, < 6.0.0"
  read_at        = "5.60.0"
  same_since     = "5.6.0"
  without_effect = ["additional_thumbprints"]
}

variable "create" {
  type    = bool
  default = true
}

variable "tags" {
  type    = map(any)
  default = {}
}

variable "client_id_list" {
  type    = list(string)
  default = []
}

variable "url" {
  type    = string
  default = "https://token.actions.githubusercontent.com"
}

data "aws_partition" "current" {}

resource "aws_iam_openid_connect_provider" "this" {
  count          = var.create ? 1 : 0
  url            = var.url
  client_id_list = coalescelist(var.client_id_list, ["sts.${data.aws_partition.current.dns_suffix}"])
  tags           = var.tags
}

output "arn" {
  value = try(aws_iam_openid_connect_provider.this[0].arn, null)
}

output "url" {
  value = try(aws_iam_openid_connect_provider.this[0].url, null)
}
