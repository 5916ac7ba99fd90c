"""The naive Kubernetes RBAC authorizer: one request against raw rules, to be read; shares nothing with `nhilint`.

Source: Kubernetes documentation, "Using RBAC Authorization" (rules, resourceNames, nonResourceURLs, subresources).
"""

from __future__ import annotations


def has(values, wanted):
    """Only a lone `*` is a wildcard, and everything is case-sensitive."""
    return "*" in values or wanted in values


def resource_matches(patterns, resource):
    """`*` is every resource; `*/sub` is that subresource of every resource; `pods/*` is a name nobody has."""
    _, slash, sub = resource.partition("/")
    return has(patterns, resource) or (bool(slash) and f"*/{sub}" in patterns)


def name_matches(names, name):
    """No resourceNames: every name, and none. Otherwise exactly these; a `*` there is a literal."""
    return not names or (name != "" and name in names)


def url_matches(patterns, url):
    """A trailing `*` is a wildcard; anywhere else it is a literal."""
    return any(p in ("*", url) or (p.endswith("*") and url.startswith(p[:-1])) for p in patterns)


def rule_allows(rule, request):
    """`request`: verb, group, resource (with /subresource), name; or verb and url."""
    if not has(rule.get("verbs", []), request["verb"]):
        return False
    if "url" in request:
        return url_matches(rule.get("nonResourceURLs", []), request["url"])
    return (
        has(rule.get("apiGroups", []), request["group"])
        and resource_matches(rule.get("resources", []), request["resource"])
        and name_matches(rule.get("resourceNames", []), request.get("name", ""))
    )


def allowed(grants, request):
    """`grants`: pairs of (rules, namespace of the RoleBinding or None for a ClusterRoleBinding).

    A RoleBinding reaches requests in its own namespace and no URLs.
    """
    for rules, namespace in grants:
        if namespace is not None and ("url" in request or request.get("namespace", "") != namespace):
            continue
        if any(rule_allows(rule, request) for rule in rules):
            return True
    return False
