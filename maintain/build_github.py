"""Builds `github.json`: the scopes of the workflow token with their levels, and the events that start workflows.

    python maintain/build_github.py

Both are read out of the schema that GitHub's own workflow parser ships; nothing of the package is run.
"""

from __future__ import annotations

import json
from typing import Any

from pack import DATA, archive, members, record

LEVELS = {
    "permission-level-any": ["read", "write"],
    "permission-level-read-or-no-access": ["read"],
    "permission-level-write-or-no-access": ["write"],
}


def scopes(definitions: dict[str, Any]) -> dict[str, list[str]]:
    """Scope to the levels that a workflow can ask for."""
    rows = definitions["permissions-mapping"]["mapping"]["properties"]
    return {name: LEVELS[row["type"]] for name, row in sorted(rows.items())}


def events(definitions: dict[str, Any]) -> list[str]:
    return sorted(definitions["on-mapping-strict"]["mapping"]["properties"])


def main() -> None:
    content, pin = archive("@actions/workflow-parser")
    (schema,) = members(content, "workflow-v1.0.min.json").values()
    definitions = json.loads(schema)["definitions"]
    table = {"scopes": scopes(definitions), "events": events(definitions)}
    (DATA / "github.json").write_text(json.dumps(table, indent=1, sort_keys=True) + "\n")
    counts = {name: len(rows) for name, rows in table.items()}
    record("github", [{"package": "@actions/workflow-parser", **pin}], counts, pin["date"])
    print(counts)


if __name__ == "__main__":
    main()
