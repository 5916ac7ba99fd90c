"""The same objects, in YAML and in Terraform: the same facts, but for the places."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from nhilint.model.facts import Facts
from nhilint.model.span import Span
from nhilint.platforms.kubernetes import interpret
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions

NOWHERE = Span("", 0)
BINDING = """
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
subjects:
- {kind: ServiceAccount, name: bot, namespace: ops}
- {kind: Group, name: admins, apiGroup: rbac.authorization.k8s.io}
"""
BINDING_TF = """
resource "kubernetes_cluster_role_binding_v1" "b" {
  metadata { name = "b" }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "r"
  }
  subject {
    kind      = "ServiceAccount"
    name      = "bot"
    namespace = "ops"
  }
  subject {
    kind      = "Group"
    name      = "admins"
    api_group = "rbac.authorization.k8s.io"
  }
}
"""
POD = """
  template:
    metadata: {labels: {app_name: x}}
    spec:
      serviceAccountName: bot
      hostPID: true
      containers:
      - {name: c, image: i, securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}},
         volumeMounts: [{name: v, mountPath: /host}], env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}
      volumes: [{name: v, hostPath: {path: /}}, {name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]
"""
POD_TF = """
      template {
        metadata { labels = { app_name = "x" } }
        spec {
          service_account_name = "bot"
          host_pid             = true
          container {
            name  = "c"
            image = "i"
            security_context {
              privileged = true
              capabilities { add = ["SYS_ADMIN"] }
            }
            volume_mount {
              name       = "v"
              mount_path = "/host"
            }
            env {
              name = "A"
              value_from {
                secret_key_ref {
                  name = "s"
                  key  = "k"
                }
              }
            }
          }
          volume {
            name = "v"
            host_path { path = "/" }
          }
          volume {
            name = "t"
            projected {
              sources {
                service_account_token { path = "t" }
              }
            }
          }
        }
      }
"""


def workload(kind: str, version: str, name: str, around: str = "{}") -> tuple[str, str]:
    """A workload in both languages; `around` puts the template where the kind has it."""
    body = around.format(POD)
    written = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: w, namespace: ops}}\nspec:{body}"
    made = (
        f'resource "{name}" "w" {{\n  metadata {{\n    name = "w"\n    namespace = "ops"\n  }}\n  spec {{{POD_TF}}}\n}}'
    )
    return written, made


def indented(text: str) -> str:
    return text.replace("\n", "\n    ")


JOB = (
    "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: w, namespace: ops}\n"
    "spec:\n  schedule: x\n  jobTemplate:\n    spec:" + indented(POD)
)
JOB_TF = (
    'resource "kubernetes_cron_job_v1" "w" {\n  metadata {\n    name = "w"\n    namespace = "ops"\n  }\n'
    f'  spec {{\n    schedule = "x"\n    job_template {{\n    metadata {{}}\n    spec {{{POD_TF}}}\n    }}\n  }}\n}}'
)
POD_ALONE = POD.partition("spec:")[2]
POD_ALONE_TF = POD_TF.partition("spec {")[2].rstrip().removesuffix("}").rstrip()

PAIRS = {
    "account": (
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: bot\n  namespace: ops\n  labels: {team: a_b}\n"
        "  annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/x'}\n"
        "automountServiceAccountToken: false\nsecrets: [{name: s}]\n",
        """resource "kubernetes_service_account_v1" "bot" {
  metadata {
    name        = "bot"
    namespace   = "ops"
    labels      = { team = "a_b" }
    annotations = { "eks.amazonaws.com/role-arn" = "arn:aws:iam::123456789012:role/x" }
  }
  automount_service_account_token = false
  secret { name = "s" }
}
""",
    ),
    "cluster role": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules:\n"
        "- {apiGroups: [''], resources: [secrets], resourceNames: [a], verbs: [get]}\n"
        "- {nonResourceURLs: [/metrics], verbs: [get]}\n" + BINDING,
        """resource "kubernetes_cluster_role" "r" {
  metadata { name = "r" }
  rule {
    api_groups     = [""]
    resources      = ["secrets"]
    resource_names = ["a"]
    verbs          = ["get"]
  }
  rule {
    non_resource_urls = ["/metrics"]
    verbs             = ["get"]
  }
}
"""
        + BINDING_TF,
    ),
    "aggregation": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n"
        "aggregationRule: {clusterRoleSelectors: [{matchLabels: {my_label: 'x'}},"
        " {matchExpressions: [{key: k, operator: In, values: [a]}]}]}\nrules: []\n---\n"
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c, labels: {my_label: 'x'}}\n"
        "rules: [{apiGroups: [''], resources: [pods], verbs: [list]}]\n" + BINDING,
        """resource "kubernetes_cluster_role_v1" "r" {
  metadata { name = "r" }
  aggregation_rule {
    cluster_role_selectors { match_labels = { my_label = "x" } }
    cluster_role_selectors {
      match_expressions {
        key      = "k"
        operator = "In"
        values   = ["a"]
      }
    }
  }
}
resource "kubernetes_cluster_role_v1" "c" {
  metadata {
    name   = "c"
    labels = { my_label = "x" }
  }
  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["list"]
  }
}
"""
        + BINDING_TF,
    ),
    "what the provider fills in": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: default}\n"
        "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n---\n"
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: default}\n"
        "roleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}\n"
        "subjects: [{kind: ServiceAccount, name: bot, namespace: default}]\n",
        """resource "kubernetes_role" "r" {
  metadata { name = "r" }
  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get"]
  }
}
resource "kubernetes_role_binding" "b" {
  metadata { name = "b" }
  role_ref {
    kind      = "Role"
    name      = "r"
    api_group = "rbac.authorization.k8s.io"
  }
  subject {
    kind = "ServiceAccount"
    name = "bot"
  }
}
""",
    ),
    "deployment": workload("Deployment", "apps/v1", "kubernetes_deployment"),
    "deployment, version 1": workload("Deployment", "apps/v1", "kubernetes_deployment_v1"),
    "daemon set": workload("DaemonSet", "apps/v1", "kubernetes_daemonset"),
    "daemon set, version 1": workload("DaemonSet", "apps/v1", "kubernetes_daemon_set_v1"),
    "stateful set": workload("StatefulSet", "apps/v1", "kubernetes_stateful_set_v1"),
    "replication controller": workload("ReplicationController", "v1", "kubernetes_replication_controller_v1"),
    "job": workload("Job", "batch/v1", "kubernetes_job_v1"),
    "cron job": (JOB, JOB_TF),
    "pod": (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: w, namespace: ops}}\nspec:{POD_ALONE}",
        'resource "kubernetes_pod_v1" "w" {\n  metadata {\n    name = "w"\n    namespace = "ops"\n  }\n'
        f"  spec {{{POD_ALONE_TF}\n}}",
    ),
    "token": (
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\n"
        "metadata: {name: t, namespace: ops, annotations: {kubernetes.io/service-account.name: bot}}\n",
        """resource "kubernetes_secret_v1" "t" {
  metadata {
    name        = "t"
    namespace   = "ops"
    annotations = { "kubernetes.io/service-account.name" = "bot" }
  }
  type = "kubernetes.io/service-account-token"
}
""",
    ),
    "annotations": (
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: bot\n  namespace: ops\n"
        "  annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/x', a: b}\n",
        """resource "kubernetes_service_account" "bot" {
  metadata {
    name        = "bot"
    namespace   = "ops"
    annotations = { a = "b" }
  }
}
resource "kubernetes_annotations" "bot" {
  api_version = "v1"
  kind        = "ServiceAccount"
  metadata {
    name      = "bot"
    namespace = "ops"
  }
  annotations = { "eks.amazonaws.com/role-arn" = "arn:aws:iam::123456789012:role/x" }
}
""",
    ),
    "annotations of an account from elsewhere": (
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: bot\n  namespace: ops\n  annotations: {a: b}\n",
        'resource "kubernetes_annotations" "bot" {\n  api_version = "v1"\n  kind = "ServiceAccount"\n'
        '  metadata {\n    name = "bot"\n    namespace = "ops"\n  }\n  annotations = { a = "b" }\n}\n',
    ),
}
ROLE = PAIRS["cluster role"][0]


def facts(path: str, text: str) -> Facts:
    return interpret(load(MemoryTree({path: text}), LoadOptions()).documents)


def placeless(value: Any) -> Any:
    """A value without places, addresses and folders."""
    if isinstance(value, Span):
        return NOWHERE
    if is_dataclass(value) and not isinstance(value, type):
        changes = {f.name: placeless(getattr(value, f.name)) for f in fields(value) if f.init}
        return replace(value, **{k: "" if k in ("address", "root") else v for k, v in changes.items()})
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(placeless(item) for item in value)
    return value


def same(yaml: Facts, terraform: Facts) -> None:
    for field in fields(Facts):
        one, other = getattr(yaml, field.name), getattr(terraform, field.name)
        if isinstance(one, tuple):
            assert sorted(map(repr, placeless(other))) == sorted(map(repr, placeless(one))), field.name
    assert yaml.identities or yaml.credentials


@pytest.mark.parametrize("name", PAIRS)
def test_pairs(name: str) -> None:
    yaml, terraform = PAIRS[name]
    same(facts("a.yaml", yaml), facts("main.tf", terraform))


def test_a_manifest_as_an_object_and_as_text() -> None:
    one = ROLE.split("---")[0]
    hcl = (
        'resource "kubernetes_manifest" "r" {\n  manifest = {\n    apiVersion = "rbac.authorization.k8s.io/v1"\n'
        '    kind = "ClusterRole"\n    metadata = { name = "r" }\n    rules = [\n'
        '      { apiGroups = [""], resources = ["secrets"], resourceNames = ["a"], verbs = ["get"] },\n'
        '      { nonResourceURLs = ["/metrics"], verbs = ["get"] },\n    ]\n  }\n}\n'
    )
    same(facts("a.yaml", one), facts("main.tf", hcl))
    same(
        facts("a.yaml", one),
        facts("main.tf", f'resource "kubectl_manifest" "r" {{\n  yaml_body = <<-EOT\n{one}EOT\n}}\n'),
    )
    decoded = f'resource "kubernetes_manifest" "r" {{\n  manifest = yamldecode(<<-EOT\n{one}EOT\n  )\n}}\n'
    same(facts("a.yaml", one), facts("main.tf", decoded))
    encoded = hcl.replace("kubernetes_manifest", "kubectl_manifest").replace("manifest = {", "yaml_body = yamlencode({")
    same(facts("a.yaml", one), facts("main.tf", encoded.replace("]\n  }\n", "]\n  })\n")))


def test_a_file_that_is_cut_into_documents() -> None:
    cut = 'data "kubectl_file_documents" "all" {\n  content = file("${path.module}/all.txt")\n}\n'
    for each in (
        "for_each = data.kubectl_file_documents.all.manifests\n  yaml_body = each.value",
        "for_each = toset(data.kubectl_file_documents.all.documents)\n  yaml_body = each.value",
        "count = length(data.kubectl_file_documents.all.documents)\n"
        "  yaml_body = element(data.kubectl_file_documents.all.documents, count.index)",
    ):
        tree = MemoryTree({"main.tf": f'{cut}resource "kubectl_manifest" "all" {{\n  {each}\n}}\n', "all.txt": ROLE})
        same(facts("a.yaml", ROLE), interpret(load(tree, LoadOptions()).documents))


def test_what_is_not_known_in_a_text_stays_a_symbol() -> None:
    hcl = (
        'variable "n" {}\nresource "kubectl_manifest" "a" {\n  yaml_body = <<-EOT\n    apiVersion: v1\n'
        '    kind: ServiceAccount\n    metadata: {name: "a-${var.n}", namespace: ops}\n  EOT\n}\n'
    )
    assert [i.name for i in facts("main.tf", hcl).identities] == ["ops/a-${var.n}"]


@pytest.mark.parametrize(
    "body", ['yaml_body = "a: ["', "yaml_body = var.text", 'yaml_body = ""', "yaml_body = data.http.x.response_body"]
)
def test_a_manifest_that_can_not_be_read_is_said(body: str) -> None:
    hcl = f'variable "text" {{}}\ndata "http" "x" {{ url = "y" }}\nresource "kubectl_manifest" "a" {{\n  {body}\n}}\n'
    found = facts("main.tf", hcl)
    assert [u.what for u in found.unresolved] == ["`kubectl_manifest.a`"]
