"""Ways over hand-made edges, and reach against the plainest search there is."""

from __future__ import annotations

import random

import pytest

from nhilint.graph.edges import Edge, Path
from nhilint.graph.walks import Walks, closure


def edge(source: str, target: str, why: str = "", may: tuple[str, ...] = ()) -> Edge:
    return Edge(source=source, target=target, kind="may-become", why=why, may=may)


DIAMOND = (edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d"), edge("d", "e"), edge("e", "a"))


def nodes_of(path: Path) -> list[str]:
    return [path.start, *(step.target for step in path.steps)]


def way(walks: Walks, start: str, *goals: str) -> list[str]:
    return nodes_of(walks.trace(walks.ways(goals), start))


def test_the_nearest_goal_is_found_by_the_shortest_way() -> None:
    walks = Walks(DIAMOND)
    assert way(walks, "a", "e") == ["a", "b", "d", "e"]
    assert way(walks, "a", "e", "c") == ["a", "c"]
    assert way(walks, "e", "e") == ["e"]


def test_a_longer_way_over_certain_edges_comes_first() -> None:
    walks = Walks((*DIAMOND, edge("a", "e", may=("var.x",))))
    assert way(walks, "a", "e") == ["a", "b", "d", "e"]
    walks = Walks((edge("a", "b", why="1", may=("var.x",)), edge("a", "b", why="2")))
    assert walks.trace(walks.ways(["b"]), "a").certain


def test_who_does_not_get_there_has_no_way() -> None:
    assert set(Walks((edge("a", "b"), edge("c", "d"))).ways(["b"])) == {"a", "b"}


@pytest.mark.parametrize("depth, expected", [(0, "a"), (1, "abc"), (2, "abcd"), (None, "abcde")])
def test_depth_counts_steps(depth: int | None, expected: str) -> None:
    assert "".join(sorted(Walks(DIAMOND).reach(["a"], depth))) == expected


@pytest.mark.parametrize("depth, expected", [(0, "d"), (1, "bcd"), (2, "abcd"), (None, "abcde")])
def test_depth_counts_steps_backwards(depth: int | None, expected: str) -> None:
    assert "".join(sorted(Walks(DIAMOND).sources(["d"], depth))) == expected


@pytest.mark.parametrize("seed", range(60))
def test_reach_of_all_at_once_is_that_of_each_alone(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(chance.randint(1, 40))]
    edges = [edge(chance.choice(names), chance.choice(names)) for _ in range(chance.randint(0, 80))]
    bits = closure(names, edges)
    for start in names:
        known: set[str] = set()
        front = [start]
        while front:
            node = front.pop()
            for one in edges:
                if one.source == node and one.target not in known:
                    known.add(one.target)
                    front.append(one.target)
        assert {name for at, name in enumerate(names) if bits[start] >> at & 1} == known


@pytest.mark.parametrize("seed", range(40))
def test_ways_are_as_good_as_those_of_networkx(seed: int) -> None:
    import networkx

    chance = random.Random(seed)
    names = [f"n{number}" for number in range(12)]
    edges = [edge(*chance.sample(names, 2), may=("x",) if chance.random() < 0.3 else ()) for _ in range(24)]
    graph = networkx.DiGraph()
    for one in sorted(edges, key=lambda one: one.certain):
        graph.add_edge(one.source, one.target, cost=1 if one.certain else 1000)
    goals = [name for name in names[:3] if name in graph]
    peer = networkx.multi_source_dijkstra_path_length(graph.reverse(), goals, weight="cost")
    walks = Walks(edges)
    found = walks.ways(goals)
    ours = {node: sum(1 if step.certain else 1000 for step in walks.trace(found, node).steps) for node in found}
    assert ours == peer
