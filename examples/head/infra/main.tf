# The estate of a small shop: a CI role that GitHub Actions may take, and a role for a controller in the cluster.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }
}

variable "repository" {
  type    = string
  default = "acme/shop"
}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  github  = "token.actions.githubusercontent.com"
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-shop-site"
}

resource "aws_s3_bucket" "invoices" {
  bucket = "acme-shop-invoices"
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}
