# external-dns runs in the cluster and takes this role through its service account (IRSA).

variable "cluster_issuer" {
  type    = string
  default = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
}

module "dns" {
  source = "./dns"

  name   = "shop-external-dns"
  issuer = var.cluster_issuer
  zones  = ["Z0123456789ABCDEFGHIJ"]
}

moved {
  from = aws_iam_role.dns
  to   = module.dns.aws_iam_role.this
}
