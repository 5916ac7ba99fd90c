"""The naive Kubernetes RBAC authorizer and the naive rule comparison, over manifests as plain dicts; to be read.

Shares nothing with `nhilint`. Sources: Kubernetes documentation, "Using RBAC Authorization"
(https://kubernetes.io/docs/reference/access-authn-authz/rbac/) and what the real authorizer was seen to answer.
"""

from __future__ import annotations

# --- one rule and one request ----------------------------------------------------------------------------------------


def has(values, wanted):
    """Only a lone `*` is a wildcard, and everything is case-sensitive."""
    return "*" in values or wanted in values


def resource_matches(patterns, resource):
    """`*` is every resource; `*/sub` is that subresource of every resource; `pods/*` is a name nobody has."""
    _, slash, sub = resource.partition("/")
    return has(patterns, resource) or (bool(slash) and f"*/{sub}" in patterns)


def name_matches(names, name):
    """No resourceNames: every name, and none. Otherwise exactly these; a `*` there is a literal."""
    return not names or name in names


def url_matches(patterns, url):
    """Stars at the end are a wildcard; anywhere else a star is a literal."""
    return any(p == url or (p.endswith("*") and url.startswith(p.rstrip("*"))) for p in patterns)


def rule_allows(rule, request):
    """`request`: verb, group, resource (with /subresource), name, namespace; or verb and url."""
    if not has(rule.get("verbs") or [], request["verb"]):
        return False
    if "url" in request:
        return url_matches(rule.get("nonResourceURLs") or [], request["url"])
    return (
        has(rule.get("apiGroups") or [], request["group"])
        and resource_matches(rule.get("resources") or [], request["resource"])
        and name_matches(rule.get("resourceNames") or [], request.get("name", ""))
    )


# --- bindings --------------------------------------------------------------------------------------------------------


def namespace_of(manifest):
    return manifest["metadata"].get("namespace") or "default"


def names(subject, who, namespace):
    """Whether a subject of a binding in `namespace` (None: cluster-wide) is the user `who` or one of its groups."""
    if subject["kind"] == "User":
        return subject["name"] == who["name"]
    if subject["kind"] == "Group":
        return subject["name"] in who["groups"]
    home = subject.get("namespace") or namespace
    return bool(home) and who["name"] == f"system:serviceaccount:{home}:{subject['name']}"


def selects(selector, labels):
    """Labels and expressions must all hold; an empty selector takes everything."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for row in selector.get("matchExpressions") or []:
        holds = {
            "In": labels.get(row["key"]) in row.get("values", []),
            "NotIn": labels.get(row["key"]) not in row.get("values", []),
            "Exists": row["key"] in labels,
            "DoesNotExist": row["key"] not in labels,
        }
        if not holds[row["operator"]]:
            return False
    return True


def rules_of(role, objects, seen=()):
    """The rules of a role. One that aggregates has those of the ClusterRoles it selects, and none of its own."""
    name = role["metadata"]["name"]
    if role["kind"] == "Role" or role.get("aggregationRule") is None:
        return role.get("rules") or []
    found = []
    for selector in role["aggregationRule"].get("clusterRoleSelectors") or []:
        for other in objects:
            if other["kind"] != "ClusterRole" or other["metadata"]["name"] in (*seen, name):
                continue
            if selects(selector, other["metadata"].get("labels") or {}):
                found += rules_of(other, objects, (*seen, name))
    return found


def referred(binding, objects):
    """The role that a binding refers to; None when it is not there. A Role is looked for in the binding's namespace."""
    kind, name = binding["roleRef"]["kind"], binding["roleRef"]["name"]
    for role in objects:
        if role["kind"] != kind or role["metadata"]["name"] != name:
            continue
        if kind == "ClusterRole" or (
            kind == binding["kind"][:4] == "Role" and namespace_of(role) == namespace_of(binding)
        ):
            return role
    return None


def allowed(objects, who, request):
    """Whether the user may do it: `who` has a name and groups."""
    for binding in objects:
        if binding["kind"] not in ("RoleBinding", "ClusterRoleBinding"):
            continue
        namespace = namespace_of(binding) if binding["kind"] == "RoleBinding" else None
        if namespace is not None and ("url" in request or request.get("namespace", "") != namespace):
            continue
        role = referred(binding, objects)
        if role is None or not any(names(subject, who, namespace) for subject in binding.get("subjects") or []):
            continue
        if any(rule_allows(rule, request) for rule in rules_of(role, objects)):
            return True
    return False


def service_account(namespace, name):
    """The user that a service account is."""
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]
    return {"name": f"system:serviceaccount:{namespace}:{name}", "groups": groups}


# --- one list of rules against another -------------------------------------------------------------------------------


def atoms(rule):
    """A rule in its smallest parts: (group, resource, verb, name or None) and (url, verb)."""
    verbs = rule.get("verbs") or []
    for group in rule.get("apiGroups") or []:
        for resource in rule.get("resources") or []:
            for verb in verbs:
                for name in rule.get("resourceNames") or [None]:
                    yield group, resource, verb, name
    for url in rule.get("nonResourceURLs") or []:
        for verb in verbs:
            yield url, verb


def rule_covers(rule, atom):
    """Whether one rule covers one atom; what the atom writes is text here, so that a `*` is covered only by `*`.

    Upstream differs in one point: a rule of URLs and resourceNames (which a cluster refuses) covers no URL there.
    """
    if len(atom) == 2:
        return has(rule.get("verbs") or [], atom[1]) and url_matches(rule.get("nonResourceURLs") or [], atom[0])
    group, resource, verb, name = atom
    own = rule.get("resourceNames") or []
    return (
        has(rule.get("verbs") or [], verb)
        and has(rule.get("apiGroups") or [], group)
        and resource_matches(rule.get("resources") or [], resource)
        and (not own or name in own)
    )


def uncovered(owner, servant):
    """The atoms of `servant` that no single rule of `owner` covers, in order."""
    parts = [atom for rule in servant for atom in atoms(rule)]
    return [atom for atom in parts if not any(rule_covers(rule, atom) for rule in owner)]
