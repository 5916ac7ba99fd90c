variable "name" {}
variable "on" { type = bool }
variable "names" { type = list(string) }

module "none" {
  create = false
}

module "plain" {
  cluster_name = "plain"
}

module "groups" {
  cluster_name = "groups-${var.name}"
  subnet_ids   = ["subnet-1"]
  eks_managed_node_group_defaults = {
    iam_role_additional_policies = { ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }
    iam_role_path                = "/nodes/"
  }
  eks_managed_node_groups = {
    one   = { instance_types = ["m5.large"], iam_role_additional_policies = { own = "arn:aws:iam::111122223333:policy/${var.name}" } }
    two   = { name = "second", iam_role_name = "second", iam_role_use_name_prefix = false, iam_role_attach_cni_policy = false }
    three = { create_iam_role = false, iam_role_arn = "arn:aws:iam::111122223333:role/own" }
    off   = { create = false }
  }
  self_managed_node_groups = {
    four = { ami_type = "WINDOWS_CORE_2022_x86_64", iam_role_tags = { owner = "a" } }
    five = { create_iam_instance_profile = false, iam_instance_profile_arn = "arn:aws:iam::111122223333:instance-profile/own", iam_role_arn = "arn:aws:iam::111122223333:role/own" }
  }
  fargate_profiles = {
    six = { selectors = [{ namespace = "kube-system" }] }
  }
}

module "access" {
  cluster_name                             = "access"
  enable_cluster_creator_admin_permissions = true
  access_entries = {
    one = {
      principal_arn = "arn:aws:iam::111122223333:role/ops"
      policy_associations = {
        view = { policy_arn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", access_scope = { type = "namespace", namespaces = ["default"] } }
      }
    }
    two = { principal_arn = "arn:aws:iam::111122223333:role/${var.name}", kubernetes_groups = ["ops"] }
  }
  cluster_addons = {
    vpc-cni = { before_compute = true, service_account_role_arn = "arn:aws:iam::111122223333:role/cni" }
    ebs     = { pod_identity_association = [{ role_arn = "arn:aws:iam::111122223333:role/ebs", service_account = "sa" }] }
  }
}

module "encrypted" {
  cluster_name                  = "encrypted"
  create_kms_key                = false
  cluster_encryption_config     = { provider_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1", resources = ["secrets"] }
  iam_role_name                 = "own"
  iam_role_use_name_prefix      = false
  iam_role_permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  iam_role_additional_policies  = { more = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  openid_connect_audiences      = ["more"]
  create_cni_ipv6_iam_policy    = true
}

module "auto" {
  cluster_name                      = "auto"
  cluster_compute_config            = { enabled = true, node_pools = ["general-purpose"] }
  node_iam_role_additional_policies = { more = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
}

module "outpost" {
  cluster_name   = "outpost"
  outpost_config = { control_plane_instance_type = "m5.large", outpost_arns = ["arn:aws:outposts:eu-west-1:111122223333:outpost/a"] }
}

module "own_role" {
  cluster_name              = "own"
  create_iam_role           = false
  iam_role_arn              = "arn:aws:iam::111122223333:role/own"
  enable_irsa               = false
  create_kms_key            = false
  cluster_encryption_config = {}
}

module "undecided" {
  create                  = var.on
  cluster_name            = var.name
  eks_managed_node_groups = { one = {} }
}
