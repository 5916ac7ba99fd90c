"""Random kustomizations: a base, a component, and overlays that use every field that can change who may do what."""

from __future__ import annotations

import json
import random
from typing import Any

Row = dict[str, Any]
RBAC = "rbac.authorization.k8s.io"
SPACES = ("", "", "dev", "prod", "default")
NAMES = ("app", "web", "default")
KEYS = ("team", "app.kubernetes.io/name", "tier")


def meta(rng: random.Random, name: str, namespaced: bool = True) -> Row:
    found: Row = {"name": name}
    space = rng.choice(SPACES)
    if namespaced and space:
        found["namespace"] = space
    for field in ("labels", "annotations"):
        if rng.random() < 0.3:
            found[field] = {rng.choice(KEYS): rng.choice(("a", "b", "true", "1"))}
    return found


def account(rng: random.Random, name: str) -> Row:
    row: Row = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(rng, name)}
    if rng.random() < 0.4:
        row["imagePullSecrets"] = [{"name": rng.choice(("pull", "made"))}]
        row["secrets"] = [{"name": "s1"}]
    return row


def role(rng: random.Random, name: str) -> Row:
    kind = rng.choice(("Role", "ClusterRole"))
    rules = [
        {
            "apiGroups": [""],
            "resources": [rng.choice(("secrets", "configmaps", "pods"))],
            "verbs": rng.sample(("get", "list", "create", "delete"), 2),
            **({"resourceNames": [rng.choice(("made", "settings", "app"))]} if rng.random() < 0.5 else {}),
        }
        for _ in range(rng.randint(1, 2))
    ]
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": meta(rng, name, kind == "Role"),
        "rules": rules,
    }


def binding(rng: random.Random, name: str, roles: list[Row]) -> Row:
    bound = rng.choice(roles)
    kind = "RoleBinding" if bound["kind"] == "Role" else rng.choice(("RoleBinding", "ClusterRoleBinding"))
    subjects = []
    for _ in range(rng.randint(1, 2)):
        space = rng.choice(SPACES) or ("dev" if kind == "ClusterRoleBinding" else "")
        subject: Row = {"kind": "ServiceAccount", "name": rng.choice((*NAMES, "foreign"))}
        subjects.append({**subject, "namespace": space} if space else subject)
    reference = {"apiGroup": RBAC, "kind": bound["kind"], "name": bound["metadata"]["name"]}
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": meta(rng, name, kind == "RoleBinding"),
        "roleRef": reference,
        "subjects": subjects,
    }


def deployment(rng: random.Random, name: str) -> Row:
    containers = [
        {
            "name": one,
            "image": f"registry.example/{one}:1",
            "args": ["--name=$(NAME)", "$(NAME)"],
            "env": [{"name": "A", "value": "1"}, {"name": "C", "valueFrom": {"secretKeyRef": {"name": "made"}}}],
            "envFrom": [{"configMapRef": {"name": "settings"}}],
            "ports": [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}],
            "volumeMounts": [{"name": "v", "mountPath": "/v"}],
        }
        for one in rng.sample(("main", "side"), rng.randint(1, 2))
    ]
    spec = {
        "serviceAccountName": rng.choice(NAMES),
        "containers": containers,
        "volumes": [{"name": "v", "configMap": {"name": "settings"}}, {"name": "w", "secret": {"secretName": "made"}}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta(rng, name),
        "spec": {
            "selector": {"matchLabels": {"x": "y"}},
            "template": {"metadata": {"labels": {"x": "y"}}, "spec": spec},
        },
    }


def objects(rng: random.Random) -> list[Row]:
    found = [account(rng, name) for name in rng.sample(NAMES, rng.randint(1, 3))]
    roles = [role(rng, f"r{i}") for i in range(rng.randint(1, 2))]
    found += roles
    found += [binding(rng, f"b{i}", roles) for i in range(rng.randint(1, 2))]
    if rng.random() < 0.7:
        found.append(deployment(rng, "web"))
    custom = {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": meta(rng, "thing")}
    found.append({**custom, "spec": {"list": [{"name": "a", "v": 1}], "ref": {"name": "app"}}})
    return found


def generators(rng: random.Random) -> Row:
    found: Row = {}
    if rng.random() < 0.7:
        found["configMapGenerator"] = [
            {"name": "settings", "literals": ["a=1", 'b="<&>"'], **_option(rng), "files": ["data.txt"]}
        ]
    if rng.random() < 0.7:
        found["secretGenerator"] = [{"name": "made", "literals": ["password=x"], "type": "Opaque", **_option(rng)}]
    if rng.random() < 0.2:
        found["generatorOptions"] = {"labels": {"made": "yes"}, "disableNameSuffixHash": rng.random() < 0.5}
    return found


def _option(rng: random.Random) -> Row:
    return rng.choice(({}, {}, {"options": {"disableNameSuffixHash": True}}, {"options": {"annotations": {"k": "1"}}}))


def changes(rng: random.Random, known: list[Row]) -> Row:
    """Fields that change what is there."""
    found: Row = {}
    if rng.random() < 0.4:
        found["namespace"] = rng.choice(("target", "prod", "default"))
    if rng.random() < 0.4:
        found["namePrefix"] = rng.choice(("p-", "q-"))
    if rng.random() < 0.3:
        found["nameSuffix"] = rng.choice(("-s", "-t"))
    if rng.random() < 0.3:
        found["commonLabels"] = {rng.choice(KEYS): "c"}
    if rng.random() < 0.3:
        flags = {key: True for key in ("includeSelectors", "includeTemplates") if rng.random() < 0.4}
        found["labels"] = [{"pairs": {rng.choice(("l1", "l2")): "d"}, **flags}]
    if rng.random() < 0.3:
        # Not the keys of patches: kustomize writes one value into several places and patches all of them at once.
        found["commonAnnotations"] = {rng.choice(("c1", "c2")): "e"}
    if rng.random() < 0.2:
        found["images"] = [{"name": "registry.example/main", "newName": "other/main", "newTag": "2"}]
    if rng.random() < 0.2:
        found["replicas"] = [{"name": "web", "count": 3}]
    if rng.random() < 0.2:
        found["vars"] = [{"name": "NAME", "objref": {"apiVersion": "example.org/v1", "kind": "Thing", "name": "thing"}}]
    patches = [patch(rng, known) for _ in range(rng.randint(0, 2))]
    if patches:
        found["patches"] = patches
    if rng.random() < 0.2:
        found["patchesStrategicMerge"] = [json.dumps(merge(rng, rng.choice(known)))]
    if rng.random() < 0.25:
        found["replacements"] = [replacement(rng)]
    return found


def patch(rng: random.Random, known: list[Row]) -> Row:
    one = rng.choice(known)
    target: Row = {"kind": one["kind"]}
    if rng.random() < 0.5:
        target["name"] = rng.choice((one["metadata"]["name"], ".*", "b.*|r0"))
    if rng.random() < 0.1:
        target["labelSelector"] = rng.choice(("team", "team=a", "tier in (a,b),!team"))
    if rng.random() < 0.4:
        return {"patch": json.dumps(merge(rng, one)), **({"target": target} if rng.random() < 0.6 else {})}
    return {"patch": json.dumps(operations(rng, one["kind"])), "target": target}


def merge(rng: random.Random, one: Row) -> Row:
    """A strategic merge for an object of that kind."""
    new: Row = {"apiVersion": one["apiVersion"], "kind": one["kind"], "metadata": {"name": one["metadata"]["name"]}}
    if "namespace" in one["metadata"]:
        new["metadata"]["namespace"] = one["metadata"]["namespace"]
    if rng.random() < 0.1:
        return {**new, "$patch": "delete"}
    if rng.random() < 0.4:
        new["metadata"]["annotations"] = {rng.choice(KEYS): rng.choice(("z", None))}
    match one["kind"]:
        case "Role" | "ClusterRole":
            new["rules"] = [{"apiGroups": ["x"], "resources": ["things"], "verbs": ["*"]}]
        case "RoleBinding" | "ClusterRoleBinding":
            new["subjects"] = rng.choice(
                ([{"kind": "ServiceAccount", "name": "app", "namespace": "dev"}], None, [{"kind": "User", "name": "u"}])
            )
        case "ServiceAccount":
            new["secrets"] = [{"name": rng.choice(("s1", "s2"))}]
            new["imagePullSecrets"] = [{"name": "more"}]
        case "Deployment":
            container: Row = {"name": rng.choice(("main", "third")), "env": [{"name": rng.choice("AB"), "value": "2"}]}
            if rng.random() < 0.4:
                container["ports"] = [{"containerPort": 80, "name": "x"}, {"containerPort": 443, "protocol": "TCP"}]
            if rng.random() < 0.2:
                container = {"name": "main", "$patch": "delete"}
            inner: Row = {"containers": [container], "serviceAccountName": rng.choice(("app", None, "foreign"))}
            if rng.random() < 0.3:
                inner["volumes"] = [{"name": "v", "emptyDir": {}, "configMap": None}, {"$patch": "replace"}][
                    : rng.randint(1, 2)
                ]
            new["spec"] = {"template": {"spec": inner}}
        case _:
            new["spec"] = {
                "list": [{"name": "b"}],
                "ref": rng.choice(({"more": {"$patch": "delete"}}, None, {"name": "one"})),
            }
    return new


def operations(rng: random.Random, kind: str) -> list[Row]:
    match kind:
        case "Role" | "ClusterRole":
            choices = [
                {"op": "add", "path": "/rules/-", "value": {"apiGroups": [""], "resources": ["x"], "verbs": ["get"]}},
                {"op": "replace", "path": "/rules/0/verbs", "value": ["watch"]},
                {"op": "remove", "path": "/rules/0"},
                {"op": "copy", "from": "/rules/0", "path": "/rules/-"},
                {"op": "test", "path": "/kind", "value": kind},
            ]
        case "RoleBinding" | "ClusterRoleBinding":
            choices = [
                {"op": "replace", "path": "/subjects/0/name", "value": "patched"},
                {"op": "add", "path": "/subjects/0", "value": {"kind": "Group", "name": "g"}},
            ]
        case _:
            choices = [
                {"op": "add", "path": "/metadata/annotations/new~1key", "value": "v"},
                {"op": "replace", "path": "/metadata/name", "value": "renamed"},
                {"op": "add", "path": "/extra", "value": {"deep": [1, 2]}},
            ]
    return rng.sample(choices, rng.randint(1, 2))


def replacement(rng: random.Random) -> Row:
    path = rng.choice(("metadata.name", "spec.list.0.name", "spec.ref.name"))
    kind = rng.choice(("ServiceAccount", "Role", "ClusterRole", "Deployment"))
    fields = {
        "Deployment": ["spec.template.spec.serviceAccountName", "spec.template.spec.containers.[name=main].env.*.name"],
        "ServiceAccount": ["metadata.annotations.[a.b/c]"],
    }.get(kind, ["rules.0.resourceNames"])
    target = {"select": {"kind": kind}, "fieldPaths": fields[: rng.randint(1, 2)], "options": {"create": True}}
    if rng.random() < 0.3:
        target["reject"] = [{"name": "app"}]
    return {"source": {"kind": "Thing", "fieldPath": path}, "targets": [target]}


def tree(rng: random.Random) -> dict[str, str]:
    """Files of one tree; the kustomization to render is `top`."""
    known = objects(rng)
    text = "\n---\n".join(map(json.dumps, known))
    if rng.random() < 0.2:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": known})
    files = {"base/all.yaml": text, "base/data.txt": "line one\nline two\n", "top/data.txt": "x", "mid/data.txt": "é"}
    base: Row = {"resources": ["all.yaml"], **generators(rng), **(changes(rng, known) if rng.random() < 0.4 else {})}
    files["base/kustomization.yaml"] = json.dumps(base)
    component = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component", **changes(rng, known)}
    component.setdefault("commonAnnotations", {"component": "yes"})
    files["part/kustomization.yaml"] = json.dumps(component)
    below = "../base"
    if rng.random() < 0.3:
        middle = {"resources": ["../base"], **changes(rng, known)}
        files["mid/kustomization.yaml"] = json.dumps(middle)
        below = "../mid"
    top: Row = {"resources": [below], **changes(rng, known)}
    if rng.random() < 0.3:
        top["components"] = ["../part"]
    if rng.random() < 0.2:
        row = {"name": "settings", "behavior": rng.choice(("merge", "replace", "create")), "literals": ["c=3"]}
        top["configMapGenerator"] = [row]
    files["top/kustomization.yaml"] = json.dumps(top)
    return files
