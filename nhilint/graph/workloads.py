"""Workloads in the graph: what runs as whom, and what reaches the machine that it runs on; knows no permissions."""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.graph.edges import Edge, Node
from nhilint.model.facts import Via, Workload
from nhilint.model.snapshot import Snapshot


def workload_key(kind: str, name: str) -> str:
    """The key of a workload's node."""
    return f"workload:{kind}/{name}"


def workload_node(key: str, workload: Workload) -> Node:
    """The node of a workload."""
    return Node(key=key, kind="workload", name=workload.name, subkind=workload.kind, span=workload.span)


def runs_as(snapshot: Snapshot) -> Iterator[Edge]:
    """The edges that start at workloads."""
    for key, workloads in snapshot.workloads.items():
        for workload in workloads:
            via = (Via(grant="", span=workload.span),)
            source = workload_key(workload.kind, workload.name)
            yield Edge(source=source, target=key, kind="runs-as", why=f"{workload.kind} runs as it", via=via)
            platform = snapshot.identities[key].platform if key in snapshot.identities else ""
            for escape in workload.escapes:
                yield Edge(
                    source=source,
                    target=f"{platform}:{escape.goal}",
                    kind="escalates",
                    why=escape.why,
                    via=(Via(grant="", span=escape.span),),
                    technique=escape.technique,
                    may=escape.may,
                )
