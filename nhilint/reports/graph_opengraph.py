"""The access graph as OpenGraph JSON, which BloodHound takes in.

https://bloodhound.specterops.io/opengraph/developer/schema: at most three kinds for a node, and properties are
primitives or lists of one type of them, with names in lower case. `source_kind` counts as one of the kinds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from nhilint.reports import graph_words
from nhilint.reports.escape import visible

Row = Mapping[str, Any]
Properties = dict[str, str | int | bool | list[str]]

_PREFIX = "Nhilint"
_WORDS = re.compile(r"[A-Za-z0-9]+")


def render(value: Row) -> str:
    """`nhilint.graph/1` as OpenGraph JSON: all of it, however large."""
    body = {
        "metadata": {"source_kind": _PREFIX},
        "graph": {
            "nodes": [
                {"id": visible(node["key"]), "kinds": _kinds(node), "properties": _node(node)}
                for node in value["nodes"]
            ],
            "edges": [
                {
                    "kind": _kind(edge["edge"]),
                    "start": {"match_by": "id", "value": visible(edge["source"])},
                    "end": {"match_by": "id", "value": visible(edge["target"])},
                    "properties": _edge(edge),
                }
                for edge in value["edges"]
            ],
        },
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _kinds(node: Row) -> list[str]:
    return list(dict.fromkeys(_kind(name) for name in (node["subkind"], node["kind"]) if name))


def _kind(name: str) -> str:
    """`iam_role` as `Nhilint_IamRole`: letters, digits and a prefix of our own."""
    return f"{_PREFIX}_" + "".join(word[0].upper() + word[1:] for word in _WORDS.findall(name.replace("_", " ")))


def _node(node: Row) -> Properties:
    place = node["location"] or {}
    return _filled(
        name=graph_words.label(node)[0],
        platform=node["platform"],
        tier0=node["tier0"],
        external=node["external"],
        path=place.get("path"),
        line=place.get("line"),
    )


def _edge(edge: Row) -> Properties:
    return _filled(
        why=edge["why"],
        technique=edge["technique"],
        certain=not edge["may"],
        only_if=edge["may"],
        claims=[f"{name}={text}" for name, text in edge["claims"].items()],
        witness=[f"{row['action']} on {row['resource']}" for row in edge["witness"]],
        actions=edge["actions"],
        lines=graph_words.places(edge),
    )


def _filled(**values: str | int | bool | list[str] | None) -> Properties:
    """The properties that say something, harmless."""
    found: Properties = {}
    for name, value in values.items():
        if isinstance(value, list):
            if value:
                found[name] = [visible(one) for one in value]
        elif value is not None and value != "":
            found[name] = visible(value) if isinstance(value, str) else value
    return found
