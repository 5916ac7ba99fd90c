# A service account that may become a role of the cloud, in a namespace whose name is not known yet.
resource "kubernetes_namespace_v1" "apps" {
  metadata {
    generate_name = "apps-"
  }
}
resource "kubernetes_service_account_v1" "ci" {
  metadata {
    name      = "ci"
    namespace = kubernetes_namespace_v1.apps.metadata[0].name
    annotations = {
      "eks.amazonaws.com/role-arn" = aws_iam_role.irsa.arn
    }
  }
}
resource "aws_iam_role" "irsa" {
  name = "irsa"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "kubernetes_role_v1" "deployer" {
  metadata {
    name      = "deployer"
    namespace = kubernetes_namespace_v1.apps.metadata[0].name
  }
  rule {
    api_groups = ["apps"]
    resources  = ["deployments"]
    verbs      = ["get", "update"]
  }
  rule {
    api_groups     = [""]
    resources      = ["secrets"]
    resource_names = [kubernetes_service_account_v1.ci.metadata[0].uid]
    verbs          = ["get"]
  }
}
resource "kubernetes_role_binding_v1" "ci" {
  metadata {
    name      = "ci"
    namespace = kubernetes_namespace_v1.apps.metadata[0].name
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role_v1.deployer.metadata[0].name
  }
  subject {
    kind      = "ServiceAccount"
    name      = kubernetes_service_account_v1.ci.metadata[0].name
    namespace = kubernetes_namespace_v1.apps.metadata[0].name
  }
}
