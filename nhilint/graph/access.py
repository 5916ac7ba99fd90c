"""The access graph of one snapshot, as a value: its nodes, its edges, and the ways through it; knows no snapshot.

A path over certain edges only is preferred to a shorter one that rests on something open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, pairwise, takewhile
from typing import TYPE_CHECKING

from nhilint.algebra.values import exclusive
from nhilint.graph.edges import Edge, Node, Path
from nhilint.graph.offers import KIND
from nhilint.graph.walks import Walks

if TYPE_CHECKING:
    import networkx

ADMINISTRATOR = "administrator"
MAX_PATHS = 20
"""Different ways between two nodes that are looked for."""
_OPEN_COST = 1000
"""What an edge that rests on something open costs, where a certain one costs 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGraph:
    """Nodes and edges in a stable order; build it with `build`."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    undecided: tuple[tuple[str, str], ...] = ()
    """Identity, and why one of its steps could not be decided."""
    notes: tuple[tuple[str, str], ...] = ()
    """Identity, and what of its trust lets nobody in or what it asks for in vain; no edge rests on these."""
    truncated: str = ""
    """Why the search stopped at its bound; empty: it did not."""
    _walks: list[Walks] = field(default_factory=list, compare=False, repr=False)
    """At most one: made when it is first asked for."""

    @property
    def goals(self) -> tuple[str, ...]:
        """Administrator, every secret, and whatever else the techniques lead to."""
        return tuple(key for key, node in self.nodes.items() if node.kind == "goal")

    def paths(self, goals: Iterable[str] | None = None) -> tuple[Path, ...]:
        """For everybody who can reach a goal, one shortest path, a certain one if there is any; sorted by start.

        Services of a cloud, the own account, workloads, secrets and offers begin no path: they are let in by design,
        what runs as an identity reaches what that one reaches (but for the machine it is on), and nobody took what is
        offered.
        """
        found = [path for goal in (self.goals if goals is None else goals) for path in self._paths_to(goal)]
        found = [path for path in found if self._begins(path) and (path.certain or not exclusive(_open(path)))]
        open_parts = {(path.start, path.end): _open(path) for path in found}
        wanted = (path for path in found if not self._within(path, open_parts))
        return tuple(sorted(wanted, key=lambda path: (path.start, path.end)))

    def _within(self, path: Path, open_parts: Mapping[tuple[str, str], set[str]]) -> bool:
        """Whether the one who starts it becomes administrator of the same platform whenever the path is possible."""
        platform, _, goal = path.end.partition(":")
        known = open_parts.get((path.start, f"{platform}:{ADMINISTRATOR}"))
        return goal != ADMINISTRATOR and known is not None and known <= _open(path)

    def _begins(self, path: Path) -> bool:
        node = self.nodes.get(path.start)
        if node is None:
            return True
        if node.kind == "workload":
            return path.steps[0].kind != "runs-as"
        return node.kind not in ("secret", "group") and node.subkind not in ("service", "own", KIND)

    def path(self, start: str, end: str) -> Path | None:
        """The best path between two nodes; None when there is none."""
        ways = self.walks.ways_from([start])
        return Walks.trace_from(ways, end) if end in ways and end != start else None

    def paths_between(self, start: str, end: str, limit: int = MAX_PATHS, depth: int | None = None) -> tuple[Path, ...]:
        """Up to `limit` ways without a loop, best first; with `depth` shortest first, of at most so many steps."""
        import networkx

        if start == end or end not in self.reachable(start):
            return ()
        graph = self._digraph()
        every = networkx.shortest_simple_paths(graph, start, end, weight="cost" if depth is None else None)
        near = takewhile(lambda route: depth is None or len(route) - 1 <= depth, every)
        routes = islice(near, limit)
        return tuple(
            Path(start=start, end=end, steps=tuple(graph.edges[a, b]["edge"] for a, b in pairwise(route)))
            for route in routes
        )

    def reach(self, start: str, depth: int | None = None) -> Mapping[str, Path]:
        """Every node that can be reached, each with its best path; `depth`: of at most so many steps."""
        ways = self.walks.ways_from([start])
        paths = (Walks.trace_from(ways, node) for node in ways if node != start)
        return {path.end: path for path in paths if depth is None or len(path.steps) <= depth}

    def reachable(self, start: str) -> frozenset[str]:
        """The keys of every node that can be reached."""
        return self.walks.reach([start]) - {start}

    def _paths_to(self, goal: str) -> Iterator[Path]:
        ways = self.walks.ways([goal])
        return (Walks.trace(ways, node) for node in ways if node != goal)

    @property
    def walks(self) -> Walks:
        """The edges, indexed in both directions."""
        if not self._walks:
            self._walks.append(Walks(self.edges))
        return self._walks[0]

    def _digraph(self) -> networkx.DiGraph[str]:
        """One edge between two nodes: the first certain one, else the first."""
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph()
        for edge in self.edges:
            cost = 1 if edge.certain else _OPEN_COST
            if not graph.has_edge(edge.source, edge.target) or graph.edges[edge.source, edge.target]["cost"] > cost:
                graph.add_edge(edge.source, edge.target, edge=edge, cost=cost)
        return graph


def _open(path: Path) -> set[str]:
    """Everything that has to hold for a path to be possible."""
    return {reason for step in path.steps for reason in step.may}
