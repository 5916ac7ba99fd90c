variable "repository" {}
variable "on" { type = bool }
variable "subjects" { type = list(string) }
variable "documents" { type = list(string) }
variable "arns" { type = map(string) }

module "none" {
  create = false
  name   = "off"
}

module "github" {
  name                   = "deploy"
  use_name_prefix        = false
  enable_github_oidc     = true
  oidc_subjects          = ["repo:acme/app:ref:refs/heads/main", "acme/${var.repository}:environment:live"]
  oidc_wildcard_subjects = ["acme/*"]
  policies               = { read = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  max_session_duration   = 7200
  tags                   = { owner = "platform" }
}

module "github_audience" {
  name               = "deploy"
  path               = "/ci/"
  enable_github_oidc = true
  oidc_audiences     = ["acme"]
  oidc_subjects      = var.subjects
  policies           = var.arns
}

module "service" {
  name                    = "worker"
  use_name_prefix         = false
  permissions_boundary    = "arn:aws:iam::111122223333:policy/edge"
  create_instance_profile = true
  trust_policy_permissions = {
    lambda = {
      actions    = ["sts:AssumeRole", "sts:TagSession"]
      principals = [{ type = "Service", identifiers = ["lambda.amazonaws.com", "ec2.amazonaws.com"] }]
      condition  = [{ test = "StringEquals", variable = "sts:ExternalId", values = ["x", var.repository] }]
    }
    people = {
      sid        = "People"
      effect     = "Deny"
      actions    = ["sts:AssumeRole"]
      not_principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223333:root"] }]
    }
  }
  create_inline_policy = true
  inline_policy_permissions = {
    read = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::${var.repository}/*"] }
    rest = { sid = "Rest", effect = "Deny", not_actions = ["s3:*"], not_resources = ["arn:aws:s3:::a"] }
  }
}

module "oidc" {
  name                    = "pod"
  enable_oidc             = true
  oidc_provider_urls      = ["https://oidc.eks.eu-west-1.amazonaws.com/id/AA", "oidc.example.org/${var.repository}"]
  oidc_account_id         = "111122223333"
  oidc_subjects           = ["system:serviceaccount:a:b"]
  oidc_wildcard_subjects  = ["system:serviceaccount:c:*"]
  oidc_audiences          = ["sts.amazonaws.com"]
  trust_policy_conditions = [{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-1"] }]
}

module "oidc_open" {
  name               = "pod"
  enable_oidc        = true
  oidc_provider_urls = ["oidc.example.org"]
}

module "bitbucket" {
  name                  = "pipe"
  enable_bitbucket_oidc = true
  oidc_provider_urls    = ["api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"]
  oidc_subjects         = ["{a}:{b}"]
}

module "saml" {
  name               = "people"
  enable_saml        = true
  saml_provider_ids  = ["arn:aws:iam::111122223333:saml-provider/okta"]
  saml_trust_actions = ["sts:SetSourceIdentity", "sts:TagSession"]
}

module "undecided" {
  name                             = var.repository
  create                           = var.on
  enable_github_oidc               = true
  oidc_wildcard_subjects           = ["acme/*"]
  create_inline_policy             = true
  source_inline_policy_documents   = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Allow", Action = "s3:*", Resource = "*" }] })]
  override_inline_policy_documents = var.documents
}
