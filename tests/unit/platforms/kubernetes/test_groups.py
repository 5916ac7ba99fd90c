"""What a service account may do as a member of the groups that every cluster puts it in."""

from __future__ import annotations

import pytest

from tests.cases.test_cases import check, snapshot_of

TREE = """apiVersion: v1
kind: ServiceAccount
metadata: {{name: bot, namespace: dev}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: b}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "{group}"}}]
"""


@pytest.mark.parametrize("group", ["system:serviceaccounts", "system:serviceaccounts:dev", "system:authenticated"])
def test_members_hold_what_the_group_holds(group: str) -> None:
    check(snapshot_of({"a.yaml": TREE.format(group=group)}), "kubernetes:serviceaccount/dev/bot may get on dev:pods=a")
