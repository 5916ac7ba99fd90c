"""What every picture of the access graph says of a node and of an edge; knows no format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nhilint.reports import words

Row = Mapping[str, Any]

_NODES = {
    "holder": "held by nobody here",
    "workload": "workload",
    "claims": "tokens from outside",
    "account": "account",
    "principal": "outside the tree",
    "outsider": "outsider",
    "resource": "resource",
    "secret": "secret",
    "group": "any of several",
    "goal": "goal",
}
_EDGES = {
    "runs-as": "runs as",
    "may-become": "may become",
    "holds": "is",
    "can": "can",
    "stored-in": "keeps a credential of",
    "escalates": "escalates to",
}


_PLACES = 3


def kind(node: Row) -> str:
    """What people call a node of this kind: `role`, `Deployment`, `tokens from outside`."""
    if node["kind"] in ("identity", "holder") and node["subkind"]:
        return words.KINDS.get(node["subkind"], str(node["subkind"]))
    return str(node["subkind"] or _NODES.get(node["kind"], node["kind"]))


def marks(node: Row) -> list[str]:
    """What else a picture says of the node."""
    said = (
        ("tier 0", node["tier0"] and node["kind"] != "goal"),
        ("outside the tree", node["external"] and node["kind"] == "identity"),
        ("nobody is bound to it", node["kind"] == "holder" and node["subkind"] != "grant"),
    )
    return [word for word, holds in said if holds]


def name(node: Row) -> str:
    """The name; of a goal with its platform, and with the folder behind it where two have the same."""
    if node["kind"] == "goal" and node["platform"]:
        return f"{node['name']} of {node['platform']}"
    realm = str(node["key"]).partition(f"/{node['name']}@")[2] if node["kind"] in ("identity", "holder") else ""
    return f"{node['name']} [{realm}]" if realm else str(node["name"])


def label(node: Row) -> tuple[str, str]:
    """The name, and the line below it."""
    return name(node), ", ".join([kind(node), *marks(node)])


def title(node: Row) -> str:
    """Kind and name in one; the kind is left out where the name says it."""
    said = kind(node)
    shown = name(node)
    return (
        shown
        if node["kind"] in ("goal", "account", "outsider", "resource")
        or said == "grant"
        or shown.startswith(f"{said} ")
        else f"{said} {shown}"
    )


def verb(edge: Row) -> str:
    """The words on an arrow."""
    text = _EDGES.get(edge["edge"], str(edge["edge"]))
    if edge["edge"] == "holds" and str(edge["target"]).startswith("holder:"):
        text = "holds"
    if edge["edge"] == "can" and edge["actions"]:
        text = f"can {', '.join(edge['actions']).lower()} on"
    elif edge["technique"]:
        text = f"{text} ({edge['technique']})"
    return f"{text}?" if edge["may"] else text


def reason(edge: Row) -> str:
    """Why, what it hangs on, and the lines: what an arrow says when one asks."""
    limits = f" (only if {' and '.join(edge['may'])})" if edge["may"] else ""
    return f"{edge['why']}{limits}" + (f" [{', '.join(places(edge))}]" if edge["via"] else "")


def merged(edges: Iterable[Row]) -> list[list[Row]]:
    """Edges of one kind between the same two nodes together, those that hang on something apart."""
    found: dict[tuple[str, str, str, bool], list[Row]] = {}
    for edge in edges:
        found.setdefault((edge["source"], edge["target"], edge["edge"], bool(edge["may"])), []).append(edge)
    return list(found.values())


def arrow(edges: Sequence[Row]) -> str:
    """The words on an arrow that stands for several edges."""
    text = verb(edges[0])
    more = len(edges) - 1
    return f"{text} and {words.count(more, 'other way')}" if more else text


def few_places(edge: Row) -> str:
    """The lines, the first of them."""
    found = places(edge)
    return ", ".join(found[:_PLACES]) + (f" and {len(found) - _PLACES} more" if len(found) > _PLACES else "")


def places(edge: Row) -> list[str]:
    """The lines, each once."""
    return list(dict.fromkeys(words.place(row) for row in edge["via"]))


def names(nodes: Sequence[Row]) -> Mapping[str, str]:
    """A short name for each node, by its key: `n0`, `n1`, …"""
    return {node["key"]: f"n{at}" for at, node in enumerate(nodes)}


def nearest_goals(value: Row) -> Mapping[str, int]:
    """How many steps each node is away from a goal or from a node of tier 0; nodes that lead to none are left out."""
    before: dict[str, list[str]] = {}
    for edge in value["edges"]:
        before.setdefault(edge["target"], []).append(edge["source"])
    front = [node["key"] for node in value["nodes"] if node["kind"] == "goal" or node["tier0"]]
    found = dict.fromkeys(front, 0)
    while front:
        after = []
        for node in front:
            for other in before.get(node, ()):
                if other not in found:
                    found[other] = found[node] + 1
                    after.append(other)
        front = after
    return found
