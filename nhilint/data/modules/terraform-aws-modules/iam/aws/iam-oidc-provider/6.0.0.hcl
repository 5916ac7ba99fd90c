model {
  source   = "terraform-aws-modules/iam/aws//modules/iam-oidc-provider"
  versions = ">= 6.0.0, < 7.0.0"
  read_at  = "6.5.0"
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
