"""Ways over edges: shortest ones between sets of nodes, all within a distance, and who reaches what; knows no snapshot.

Every answer is the same for the same edges in whatever order: of two ways of one length the one comes first whose edges
do. A way that is certain comes before one of the same length that is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush

from nhilint.graph.edges import Edge, Path

_MOST_WAYS = 20_000
"""Half-finished ways that are followed when several are asked for."""


def order(edge: Edge) -> tuple[str, str, bool, str, str]:
    """Certain edges first, then by kind and reason."""
    return (edge.source, edge.target, not edge.certain, edge.kind, edge.why)


class Walks:
    """An index of edges in both directions. Building costs one sort; each search what it visits."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.forward: defaultdict[str, list[Edge]] = defaultdict(list)
        self.backward: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in sorted(edges, key=order):
            self.forward[edge.source].append(edge)
            self.backward[edge.target].append(edge)

    def reach(self, starts: Iterable[str], depth: int | None = None) -> Mapping[str, Edge | None]:
        """Every node within `depth` steps, nearest first, with the last edge of a shortest way; None for the starts."""
        return self._search(starts, depth, self.forward, backwards=False)

    def sources(self, goals: Iterable[str], depth: int | None = None) -> Mapping[str, Edge | None]:
        """Every node that gets to one of the goals, nearest first, with the first edge of a shortest way."""
        return self._search(goals, depth, self.backward, backwards=True)

    def path(self, starts: Iterable[str], goals: Iterable[str]) -> Path | None:
        """A shortest way of at least one step from one of the starts to one of the goals."""
        return next(self.paths(starts, goals), None)

    def paths(self, starts: Iterable[str], goals: Iterable[str]) -> Iterator[Path]:
        """Ways without a circle, shortest first, each by other nodes; stops silently after very many attempts.

        A way is followed from its start, and the distance that is left to the goals is known exactly: no attempt is
        in vain but those that would close a circle.
        """
        wanted = frozenset(goals)
        left: dict[str, int] = {}
        for node, edge in self.sources(wanted).items():
            left[node] = 0 if edge is None else left[edge.target] + 1
        queue: list[tuple[int, bool, int, int, tuple[Edge, ...], str]] = []
        pushed = 0
        for start in sorted(set(starts)):
            if start in left and start not in wanted:
                heappush(queue, (left[start], False, 0, pushed, (), start))
                pushed += 1
        while queue and pushed < _MOST_WAYS:
            _, unsure, _, _, steps, node = heappop(queue)
            if steps and node in wanted:
                yield Path(start=steps[0].source, end=node, steps=steps)
                continue
            seen = {step.source for step in steps}
            taken = set()
            for edge in self.forward[node]:
                after = edge.target
                if after in seen or after == node or after in taken or after not in left:
                    continue
                taken.add(after)
                doubt = unsure or not edge.certain
                # Of several that look alike the longest is followed: one is finished before the next is begun.
                heappush(queue, (len(steps) + 1 + left[after], doubt, -len(steps), pushed, (*steps, edge), after))
                pushed += 1

    @staticmethod
    def trace(found: Mapping[str, Edge | None], node: str) -> Path:
        """The way to a node of `reach`."""
        steps: list[Edge] = []
        at = node
        while (edge := found[at]) is not None:
            steps.append(edge)
            at = edge.source
        return Path(start=at, end=node, steps=tuple(reversed(steps)))

    @staticmethod
    def trace_back(found: Mapping[str, Edge | None], node: str) -> Path:
        """The way from a node of `sources`."""
        steps: list[Edge] = []
        at = node
        while (edge := found[at]) is not None:
            steps.append(edge)
            at = edge.target
        return Path(start=node, end=at, steps=tuple(steps))

    @staticmethod
    def _search(
        starts: Iterable[str], depth: int | None, index: Mapping[str, list[Edge]], *, backwards: bool
    ) -> Mapping[str, Edge | None]:
        found: dict[str, Edge | None] = dict.fromkeys(sorted(set(starts)))
        front = list(found)
        steps = 0
        while front and (depth is None or steps < depth):
            steps += 1
            after: list[str] = []
            for node in front:
                for edge in index.get(node, ()):
                    other = edge.source if backwards else edge.target
                    if other not in found:
                        found[other] = edge
                        after.append(other)
            front = after
        return found


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
