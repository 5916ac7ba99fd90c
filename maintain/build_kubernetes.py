"""Builds `kubernetes.pack`: resources with group, scope and verbs, and the default ClusterRoles.

    python maintain/build_kubernetes.py

Resources are read out of the pinned client package (the paths and methods its calls are made of). The default roles
are the project's own table, `kubernetes_defaults.toml`, which `verify_kubernetes_defaults.py` holds against upstream's.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pack import DATA, HERE, archive, members, record, write_pack

CALL = re.compile(rb"""method='([A-Z]+)',\s*resource_path='(/apis?/[^']+)'""")
SETS = {"read": ("get", "list", "watch"), "write": ("create", "delete", "deletecollection", "patch", "update")}
VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}


def resources(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """`group/resource` to scope and verbs; a subresource is `resource/sub`."""
    table: dict[str, dict[str, Any]] = {}
    for content in files.values():
        for found in CALL.finditer(content):
            row = parse(found[2].decode(), found[1].decode())
            if row:
                group, resource, namespaced, verbs = row
                known = table.setdefault(f"{group}/{resource}", {"namespaced": False, "verbs": set()})
                known["namespaced"] |= namespaced
                known["verbs"] |= verbs
    return {name: {"namespaced": r["namespaced"], "verbs": sorted(r["verbs"])} for name, r in sorted(table.items())}


def parse(path: str, method: str) -> tuple[str, str, bool, set[str]] | None:
    parts = path.strip("/").split("/")
    group, rest = ("", parts[2:]) if parts[0] == "api" else (parts[1] if len(parts) > 1 else "", parts[3:])
    if not rest or rest[0] == "watch" or "{path}" in rest or "{group}" in path or "{plural}" in path:
        return None
    namespaced = rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize")
    if namespaced:
        rest = rest[2:]
    if rest[0].startswith("{"):
        return None
    named = len(rest) > 1
    resource = "/".join([rest[0], *rest[2:3]])
    if method == "GET":
        verbs = {"get"} if named else {"list", "watch"}
    elif method == "DELETE":
        verbs = {"delete"} if named else {"deletecollection"}
    else:
        verbs = {VERBS[method]} if method in VERBS else set()
    return group, resource, namespaced, verbs


def roles(kind: str) -> dict[str, Any]:
    """The default roles of a kind (`role`: ClusterRoles, `namespaced`: Roles): rules, labels, aggregation."""
    table = tomllib.loads((HERE / "kubernetes_defaults.toml").read_text())
    built = {}
    for name, row in table[kind].items():
        built[name] = {
            "labels": row.get("labels", {}),
            "aggregate": row.get("aggregate", []),
            "rules": [rule(text) for text in row.get("rules", [])],
        }
    return built


def rule(text: str) -> dict[str, list[str]]:
    """`get list : deployments@apps deployments/scale@apps =name` or `get : url /healthz` as a rule."""
    verbs, _, what = text.partition(" : ")
    row: dict[str, list[str]] = {"verbs": [v for word in verbs.split() for v in SETS.get(word, (word,))]}
    words = what.split()
    if words[0] == "url":
        return {**row, "nonResourceURLs": words[1:]}
    names = [word[1:] for word in words if word.startswith("=")]
    groups = {group_of(word) for word in words if word[0] != "="}
    assert len(groups) == 1, text
    resources = [resource_of(word) for word in words if word[0] != "="]
    return {**row, "apiGroups": sorted(groups), "resources": resources, **({"resourceNames": names} if names else {})}


def group_of(word: str) -> str:
    return word.split("@", 1)[1] if "@" in word else ""


def resource_of(word: str) -> str:
    return word.split("@", 1)[0]


def main() -> None:
    content, pin = archive("kubernetes")
    files = {n: c for n, c in members(content, "_api.py").items() if n.startswith("kubernetes/client/api/")}
    table, defaults, namespaced = resources(files), roles("role"), roles("namespaced")
    write_pack(DATA / "kubernetes.pack", {"resources": table, "roles": defaults, "namespaced": namespaced})
    counts = {"resources": len(table), "default_cluster_roles": len(defaults), "default_roles": len(namespaced)}
    record("kubernetes", [{"package": "kubernetes", **pin}], counts, pin["date"])
    print(counts)


if __name__ == "__main__":
    main()
