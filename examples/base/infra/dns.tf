# external-dns runs in the cluster and takes this role through its service account (IRSA).

variable "cluster_issuer" {
  type    = string
  default = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
}

resource "aws_iam_role" "dns" {
  name = "shop-external-dns"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::${local.account}:oidc-provider/${var.cluster_issuer}" }
      Condition = { StringEquals = {
        "${var.cluster_issuer}:aud" = "sts.amazonaws.com"
        "${var.cluster_issuer}:sub" = "system:serviceaccount:dns:external-dns"
      } }
    }]
  })
  tags = { owner = "team-platform", purpose = "records of shop.example", expires = "2027-06-30" }
}

resource "aws_iam_role_policy" "dns" {
  name = "records"
  role = aws_iam_role.dns.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"]
        Resource = "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
      },
      {
        Effect   = "Allow"
        Action   = "route53:ListHostedZones"
        Resource = "*"
      },
    ]
  })
}
