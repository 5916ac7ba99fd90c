variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create       = false
  cluster_name = "c"
}

module "plain" {
  cluster_name = "plain"
}

module "everything" {
  cluster_name                      = var.name
  iam_role_name                     = "controller"
  iam_role_use_name_prefix          = false
  iam_role_policies                 = { ssm = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  iam_policy_name                   = "own"
  iam_policy_use_name_prefix        = false
  iam_role_permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
  ami_id_ssm_parameter_arns         = ["arn:aws:ssm:eu-west-1::parameter/own/*"]
  iam_policy_statements             = [{ sid = "More", actions = ["sqs:ListQueues"], resources = ["*"] }]
  create_pod_identity_association   = true
  create_instance_profile           = true
  node_iam_role_name                = "node"
  node_iam_role_use_name_prefix     = false
  node_iam_role_additional_policies = { ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }
  queue_name                        = "own"
  enable_v1_permissions             = true
  enable_irsa                       = true
  irsa_oidc_provider_arn            = "arn:aws:iam::111122223333:oidc-provider/oidc.example.org/A"
}

module "no_queue" {
  cluster_name                    = "c"
  enable_spot_termination         = false
  node_iam_role_attach_cni_policy = false
}

module "own_node_role" {
  cluster_name            = "c"
  create_node_iam_role    = false
  node_iam_role_arn       = "arn:aws:iam::111122223333:role/own"
  create_instance_profile = true
  cluster_ip_family       = "ipv6"
}

module "undecided" {
  create       = var.on
  cluster_name = var.name
}

module "pod_identity" {
  cluster_name                    = "c"
  enable_pod_identity             = true
  create_pod_identity_association = true
  enable_v1_permissions           = var.on
}
