variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create       = false
  name         = "none"
  cluster_name = "c"
}

module "plain" {
  name         = "plain"
  cluster_name = "c"
  subnet_ids   = ["subnet-1"]
}

module "named" {
  name                          = "named"
  cluster_name                  = var.name
  iam_role_name                 = "nodes"
  iam_role_use_name_prefix      = false
  iam_role_path                 = "/eks/"
  iam_role_permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  iam_role_additional_policies  = { ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", own = "arn:aws:iam::111122223333:policy/${var.name}" }
  iam_role_tags                 = { owner = "a" }
  iam_role_policy_statements = [
    { sid = "Read", actions = ["s3:GetObject"], resources = ["arn:aws:s3:::${var.name}/*"] },
    { effect = "Deny", not_actions = ["s3:*"], not_resources = ["arn:aws:s3:::a"], condition = [{ test = "Bool", variable = "aws:SecureTransport", values = ["false"] }] },
  ]
}

module "ipv6" {
  name              = "ipv6"
  cluster_name      = "c"
  cluster_ip_family = "ipv6"
}

module "no_cni" {
  name                       = "no-cni"
  cluster_name               = "c"
  iam_role_attach_cni_policy = false
}

module "own_role" {
  name            = "own"
  cluster_name    = "c"
  create_iam_role = false
  iam_role_arn    = "arn:aws:iam::111122223333:role/own"
}

module "undecided" {
  create                     = var.on
  name                       = var.name
  cluster_name               = "c"
  iam_role_attach_cni_policy = var.on
}
