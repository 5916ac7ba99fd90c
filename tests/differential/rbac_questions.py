"""Random Kubernetes manifests, requests and rule lists from a seed; knows no engine."""

from __future__ import annotations

import random
from typing import Any

from nhilint.data.kubernetes import default_cluster_roles

VERBS = ("get", "list", "watch", "create", "update", "delete", "GET", "escalate", "bind", "impersonate", "use")
GROUPS = ("", "", "apps", "shop.example")
RESOURCES = ("pods", "pods/exec", "pods/log", "secrets", "deployments", "deployments/scale", "orders", "orders/exec")
PATTERNS = (*RESOURCES, "*", "*/exec", "*/scale", "pods/*", "*/*", "Pods", "nodes", "namespaces")
CLUSTER = ("nodes", "nodes/exec", "persistentvolumes")
NAMES = ("a", "b", "c")
URLS = ("/apis", "/apis/*", "/apis*", "/a*/b", "*", "/healthz", "/healthz/**", "/", "/*", "/apis/apps")
PATHS = ("/apis", "/apis/apps", "/apisx", "/axx/b", "/a*/b", "/healthz", "/healthz/live", "/healthz/*", "/", "/version")
NAMESPACES = ("dev", "prod", "default")
ACCOUNTS = ("dev/bot", "dev/other", "prod/bot", "default/bot")
Rng = random.Random
Row = dict[str, Any]
SHIPPED = [
    {
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": row["labels"]},
        "rules": row["rules"],
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {label: "true"}} for label in row["aggregate"]]}
        if row["aggregate"]
        else None,
    }
    for name, row in default_cluster_roles().items()
]
"""What every cluster has, as manifests; a selector may take them too."""


def some(rng: Rng, pool: tuple[str, ...], most: int, star: float = 0.0) -> list[str]:
    """One to `most` of the pool, sometimes with a star among them."""
    found = rng.sample(pool, rng.randint(1, most))
    if rng.random() < star:
        found[rng.randrange(len(found))] = "*"
    return found


def rule(rng: Rng, *, urls: bool = True) -> Row:
    """One rule, of resources or of URLs."""
    row: Row = {"verbs": some(rng, VERBS, 3, 0.2)}
    if urls and rng.random() < 0.2:
        return {**row, "nonResourceURLs": some(rng, URLS, 3)}
    row |= {"apiGroups": some(rng, ("", "apps", "shop.example"), 2, 0.2), "resources": some(rng, PATTERNS, 4)}
    if rng.random() < 0.3:
        row["resourceNames"] = some(rng, (*NAMES, "*", ""), 2)
    if rng.random() < 0.05:
        del row[rng.choice(("apiGroups", "resources", "verbs"))]
    return row


def rules(rng: Rng, most: int = 3, *, urls: bool = True) -> list[Row]:
    """Zero to `most` rules."""
    return [rule(rng, urls=urls) for _ in range(rng.randint(0, most))]


def tree(rng: Rng) -> list[Row]:
    """The objects of one cluster: accounts, roles (some collect others by labels), bindings (some dangle)."""
    objects: list[Row] = []
    for account in ACCOUNTS:
        namespace, name = account.split("/")
        objects.append(_object("ServiceAccount", name, namespace, version="v1"))
    for name in ("r", "s"):
        places = rng.sample(NAMESPACES, 2)
        objects.extend({**_object("Role", name, namespace), "rules": rules(rng)} for namespace in places)
    for name in ("r", "s", "t", "u"):
        role: Row = {**_object("ClusterRole", name, ""), "rules": rules(rng)}
        if rng.random() < 0.5:
            role["metadata"]["labels"] = {"team": rng.choice("xy"), **({"sum": "true"} if rng.random() < 0.5 else {})}
        if rng.random() < 0.2:
            role["aggregationRule"] = {"clusterRoleSelectors": [_selector(rng) for _ in range(rng.randint(0, 2))]}
        objects.append(role)
    objects.extend(_binding(rng, number) for number in range(rng.randint(2, 6)))
    rng.shuffle(objects)
    return objects


def _object(kind: str, name: str, namespace: str, version: str = "rbac.authorization.k8s.io/v1") -> Row:
    place = {"namespace": namespace} if namespace not in ("", "default") else {}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **place}}


def _selector(rng: Rng) -> Row:
    if rng.random() < 0.5:
        return {"matchLabels": {"team": rng.choice("xy")}}
    operator = rng.choice(("In", "NotIn", "Exists", "DoesNotExist"))
    values = {"values": ["x"]} if operator.endswith("In") else {}
    return {"matchExpressions": [{"key": "team", "operator": operator, **values}]}


def _binding(rng: Rng, number: int) -> Row:
    kind = rng.choice(("RoleBinding", "RoleBinding", "ClusterRoleBinding"))
    namespace = rng.choice(NAMESPACES) if kind == "RoleBinding" else ""
    referred = "ClusterRole" if rng.random() < 0.6 else "Role"
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": referred, "name": rng.choice("rrsstu-")}
    subjects = [_subject(rng) for _ in range(rng.randint(1, 2))]
    return {**_object(kind, f"b{number}", namespace), "roleRef": reference, "subjects": subjects}


def _subject(rng: Rng) -> Row:
    group = {"apiGroup": "rbac.authorization.k8s.io"}
    namespace, name = rng.choice(ACCOUNTS).split("/")
    match rng.randrange(8):
        case 0:
            named = rng.choice(
                ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
            )
            return {"kind": "Group", "name": named, **group}
        case 1:
            return {"kind": "User", "name": f"system:serviceaccount:{namespace}:{name}", **group}
        case 2:
            return {"kind": "User", "name": "alice", **group}
        case 3:
            return {"kind": "ServiceAccount", "name": name}
        case _:
            return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def request(rng: Rng) -> Row:
    """One request that a client could make: verb with url, or with group, resource, name and namespace."""
    verb = rng.choice(VERBS)
    if rng.random() < 0.15:
        return {"verb": verb, "url": rng.choice(PATHS)}
    name = rng.choice(("", *NAMES))
    match rng.randrange(10):
        case 0:
            return {"verb": verb, "group": "", "resource": rng.choice(CLUSTER), "name": name, "namespace": ""}
        case 1:
            # The API server takes the name of a Namespace object for the namespace of the request.
            home = rng.choice(("", *NAMESPACES))
            return settled({"verb": verb, "group": "", "resource": "namespaces", "name": home, "namespace": home})
        case _:
            resource, group = rng.choice(RESOURCES), rng.choice(GROUPS)
            namespace = rng.choice((*NAMESPACES, "dev", ""))
            return {"verb": verb, "group": group, "resource": resource, "name": name, "namespace": namespace}


def settled(asked: Row) -> Row:
    """The namespace of a request for a Namespace is its name, but for a list, which has it in a field selector."""
    if asked.get("resource") != "namespaces":
        return asked
    return {**asked, "namespace": "" if asked["verb"] == "list" else asked["name"]}


def near(rng: Rng, objects: list[Row]) -> Row:
    """A request that a rule of some bound role is about, or almost."""
    binding = rng.choice([row for row in objects if "roleRef" in row])
    named = (binding["roleRef"]["kind"], binding["roleRef"]["name"])
    pool = [one for row in objects if (row["kind"], row["metadata"]["name"]) == named for one in row["rules"]]
    asked = request(rng)
    if not pool or rng.random() < 0.2:
        return asked
    about = rng.choice(pool)
    verb = rng.choice(about.get("verbs") or ["get"])
    asked["verb"] = verb if verb != "*" else asked["verb"]
    if "url" in asked or asked["resource"] in (*CLUSTER, "namespaces"):
        return settled(asked)
    if binding["kind"] == "RoleBinding" and rng.random() < 0.8:
        asked["namespace"] = binding["metadata"].get("namespace", "default")
    for key, field in {"group": "apiGroups", "resource": "resources", "name": "resourceNames"}.items():
        value = rng.choice(about.get(field) or ["*"])
        if "*" not in value and value not in ("Pods", "nodes", "namespaces"):
            asked[key] = value
    return asked


def written(asked: Row) -> str:
    """The request as `nhilint can` takes it."""
    if "url" in asked:
        return str(asked["url"])
    resource, slash, sub = asked["resource"].partition("/")
    group = f".{asked['group']}" if asked["group"] else ""
    namespace = asked["namespace"] if resource != "namespaces" else ""
    where = f"{namespace}:" if namespace else ""
    return f"{where}{resource}{group}{slash}{sub}" + (f"={asked['name']}" if asked["name"] else "")
