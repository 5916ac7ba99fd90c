"""Many ways at once: who gets to one of many nodes, all within a distance, and who reaches what; knows no snapshot.

Every answer is the same for the same edges in whatever order. A way over certain edges comes before any other, and of
two that are alike in this the shorter one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from operator import itemgetter

from nhilint.graph.edges import Edge, Path

_Arrow = tuple[str, int, Edge]
"""The node at the other end, whether the edge rests on something open (1) or not (0), and the edge."""


class Walks:
    """An index of edges in both directions. Building costs one sort; each search what it visits."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._forward: defaultdict[str, list[_Arrow]] = defaultdict(list)
        self._backward: defaultdict[str, list[_Arrow]] = defaultdict(list)
        known: set[tuple[str, str]] = set()
        for edge in sorted(edges, key=_order):
            ends = (edge.source, edge.target)
            # Of several edges between two nodes the first is the best, and no way needs another.
            if ends not in known:
                known.add(ends)
                self._forward[edge.source].append((edge.target, 0 if edge.certain else 1, edge))
                self._backward[edge.target].append((edge.source, 0 if edge.certain else 1, edge))

    def reach(self, starts: Iterable[str], depth: int | None = None) -> frozenset[str]:
        """The nodes within `depth` steps of one of the starts, these included."""
        return self._within(starts, depth, self._forward)

    def sources(self, goals: Iterable[str], depth: int | None = None) -> frozenset[str]:
        """The nodes that get to one of the goals within `depth` steps, these included."""
        return self._within(goals, depth, self._backward)

    def ways(self, goals: Iterable[str]) -> Mapping[str, Edge | None]:
        """Every node that gets to one of the goals, best first, with the first edge of its best way."""
        return self._best(goals, self._backward)

    def ways_from(self, starts: Iterable[str]) -> Mapping[str, Edge | None]:
        """Every node that one of the starts gets to, best first, with the last edge of its best way."""
        return self._best(starts, self._forward)

    @staticmethod
    def trace(ways: Mapping[str, Edge | None], node: str) -> Path:
        """The whole way from a node of `ways`."""
        steps: list[Edge] = []
        at = node
        while (edge := ways[at]) is not None:
            steps.append(edge)
            at = edge.target
        return Path(start=node, end=at, steps=tuple(steps))

    @staticmethod
    def trace_from(ways: Mapping[str, Edge | None], node: str) -> Path:
        """The whole way to a node of `ways_from`."""
        steps: list[Edge] = []
        at = node
        while (edge := ways[at]) is not None:
            steps.append(edge)
            at = edge.source
        return Path(start=at, end=node, steps=tuple(reversed(steps)))

    @staticmethod
    def _best(starts: Iterable[str], index: Mapping[str, list[_Arrow]]) -> Mapping[str, Edge | None]:
        """Dijkstra's search; a way costs its open edges first, then its steps. Few costs differ: a list for each."""
        found: dict[str, Edge | None] = {}
        costs: dict[str, tuple[int, int]] = dict.fromkeys(starts, (0, 0))
        waiting: dict[tuple[int, int], list[tuple[str, Edge | None]]] = {(0, 0): [(node, None) for node in costs]}
        queue = [(0, 0)]
        while queue:
            cost = heappop(queue)
            for node, last in sorted(waiting.pop(cost), key=itemgetter(0)):
                if node in found:
                    continue
                found[node] = last
                for other, doubt, edge in index.get(node, ()):
                    dearer = (cost[0] + doubt, cost[1] + 1)
                    if other in costs and costs[other] <= dearer:
                        continue
                    costs[other] = dearer
                    if dearer not in waiting:
                        waiting[dearer] = []
                        heappush(queue, dearer)
                    waiting[dearer].append((other, edge))
        return found

    @staticmethod
    def _within(starts: Iterable[str], depth: int | None, index: Mapping[str, list[_Arrow]]) -> frozenset[str]:
        found = set(starts)
        front = list(found)
        steps = 0
        while front and (depth is None or steps < depth):
            steps += 1
            after = {other for node in front for other, _, _ in index.get(node, ())} - found
            found |= after
            front = list(after)
        return frozenset(found)


def _order(edge: Edge) -> tuple[str, str, bool, str, str, str]:
    return (edge.source, edge.target, not edge.certain, edge.kind, edge.technique, edge.why)


def closure(nodes: Iterable[str], edges: Iterable[Edge]) -> dict[str, int]:
    """What each node reaches, as bits in the order of `nodes`; a node reaches itself only on a circle.

    Circles are found first (Tarjan), and come out with what they lead to before what leads to them: each is visited
    once, and sets are united as whole numbers. Cost: nodes times edges divided by the width of a machine word.
    """
    place = {node: at for at, node in enumerate(nodes)}
    after: list[list[int]] = [[] for _ in place]
    for edge in edges:
        after[place[edge.source]].append(place[edge.target])
    reached = [0] * len(place)
    for circle in _circles(after):
        bits = 0
        whole = sum(1 << node for node in circle)
        for node in circle:
            for other in after[node]:
                bits |= 1 << other
                bits |= reached[other]
        if len(circle) > 1 or circle[0] in after[circle[0]]:
            bits |= whole
        for node in circle:
            reached[node] = bits
    return {node: reached[at] for node, at in place.items()}


def _circles(after: list[list[int]]) -> Iterator[list[int]]:
    """The strongly connected components, those that others lead to first; without recursion."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    for root in range(len(after)):
        if root in number:
            continue
        work = [(root, iter(after[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        waiting.add(root)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    waiting.add(other)
                    work.append((other, iter(after[other])))
                    break
                if other in waiting:
                    low[node] = min(low[node], number[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    at = stack.index(node) if len(stack) < 8 else len(stack) - 1 - stack[::-1].index(node)
                    circle = stack[at:]
                    del stack[at:]
                    waiting.difference_update(circle)
                    yield circle
