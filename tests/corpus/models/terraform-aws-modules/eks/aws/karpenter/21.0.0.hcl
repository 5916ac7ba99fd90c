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
  cluster_name                            = var.name
  iam_role_name                           = "controller"
  iam_role_use_name_prefix                = false
  iam_role_policies                       = { ssm = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  iam_policy_name                         = "own"
  iam_policy_use_name_prefix              = false
  iam_role_permissions_boundary_arn       = "arn:aws:iam::aws:policy/PowerUserAccess"
  ami_id_ssm_parameter_arns               = ["arn:aws:ssm:eu-west-1::parameter/own/*"]
  iam_policy_statements                   = [{ sid = "More", actions = ["sqs:ListQueues"], resources = ["*"] }]
  create_pod_identity_association         = true
  create_instance_profile                 = true
  node_iam_role_name                      = "node"
  node_iam_role_use_name_prefix           = false
  node_iam_role_additional_policies       = { ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }
  queue_name                              = "own"
  enable_inline_policy                    = true
  queue_policy_statements                 = { more = { actions = ["sqs:SendMessage"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223333:root"] }] } }
  iam_role_source_assume_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "More", Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })]
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
