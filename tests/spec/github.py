"""What a workflow's token may do, decided naively: one question, one answer, straight from the page.

https://docs.github.com/en/actions/reference/github_token-reference. Workflows are plain values, as `yaml.safe_load`
gives them. The answer is `yes`, `no`, or `depends` on the repository's default. Knows the table of scopes, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhilint.data.github import PERMISSIVE, PERMISSIVE_READ, scopes

Workflow = Mapping[str, Any]


def given(permissions: Any, scope: str, level: str) -> bool:
    """Whether a `permissions` value gives it."""
    if level not in scopes()[scope]:
        return False
    if permissions == "write-all":
        return True
    if permissions == "read-all":
        return level == "read"
    words = {"read": ("read", "write"), "write": ("write",)}[level]
    return (permissions or {}).get(scope) in words


def by_default(default: str, scope: str, level: str) -> str:
    """What the repository's default gives; it is `read`, `write`, or not known."""
    restricted = level == "read" and scope in ("contents", "packages")
    permissive = scope in PERMISSIVE or (level == "read" and scope in PERMISSIVE_READ)
    if default == "read":
        return "yes" if restricted else "no"
    if default == "write":
        return "yes" if permissive else "no"
    return "yes" if restricted else "depends" if permissive else "no"


def may(files: Mapping[str, Workflow], route: tuple[str, ...], scope: str, level: str, default: str = "") -> str:
    """Whether the job may: `route` is the workflow's path, its job, and the jobs of the workflows that are called."""
    path, *jobs = route
    answer = "yes"
    handed: Any = None
    known = False
    """Whether some permissions are handed down, and which."""
    for job in jobs:
        workflow = files[path]
        body = workflow["jobs"][job]
        own = body.get("permissions", workflow.get("permissions", None))
        if "permissions" in body or "permissions" in workflow:
            one = "yes" if given(own, scope, level) else "no"
            handed, known = own, True
        elif known:
            one = "yes" if given(handed, scope, level) else "no"
        else:
            one = by_default(default, scope, level)
        answer = "no" if "no" in (answer, one) else "depends" if "depends" in (answer, one) else "yes"
        path = body.get("uses", "./").removeprefix("./")
    return answer
