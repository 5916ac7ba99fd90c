"""Ways over hand-made edges, and reach against the plainest search there is."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from nhilint.graph.edges import Edge
from nhilint.graph.walks import Walks, closure


def edge(source: str, target: str, why: str = "", may: tuple[str, ...] = ()) -> Edge:
    return Edge(source=source, target=target, kind="may-become", why=why, may=may)


DIAMOND = (edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d"), edge("d", "e"), edge("e", "a"))


def nodes_of(path: object) -> list[str]:
    return [path.start, *(step.target for step in path.steps)]  # type: ignore[attr-defined]


def test_the_shortest_way_comes_first_and_the_others_follow() -> None:
    ways = [nodes_of(path) for path in Walks((*DIAMOND, edge("a", "d"))).paths(["a"], ["e"])]
    assert ways == [["a", "d", "e"], ["a", "b", "d", "e"], ["a", "c", "d", "e"]]


def test_a_way_never_closes_a_circle() -> None:
    assert [nodes_of(path) for path in Walks(DIAMOND).paths(["e"], ["d"])] == [
        ["e", "a", "b", "d"],
        ["e", "a", "c", "d"],
    ]


def test_of_two_ways_the_certain_one_comes_first() -> None:
    walks = Walks((edge("a", "b", may=("var.x",)), edge("b", "d"), edge("a", "c"), edge("c", "d")))
    assert [nodes_of(path) for path in walks.paths(["a"], ["d"])] == [["a", "c", "d"], ["a", "b", "d"]]
    walks = Walks((edge("a", "b", why="1", may=("var.x",)), edge("a", "b", why="2")))
    path = walks.path(["a"], ["b"])
    assert path is not None
    assert path.certain


def test_there_is_no_way_to_where_one_stands_and_none_against_the_arrow() -> None:
    walks = Walks((edge("a", "b"),))
    assert walks.path(["b"], ["a"]) is None
    assert walks.path(["a"], ["a"]) is None
    assert walks.path(["nobody"], ["a"]) is None


def test_many_ways_come_to_an_end() -> None:
    layers = [[f"{layer}.{n}" for n in range(6)] for layer in range(12)]
    steps = [edge(a, b) for here, there in pairwise(layers) for a in here for b in there]
    assert 100 < sum(1 for _ in Walks(steps).paths(layers[0], layers[-1])) < 20_000


@pytest.mark.parametrize("depth, expected", [(0, "a"), (1, "abc"), (2, "abcd"), (None, "abcde")])
def test_depth_counts_steps(depth: int | None, expected: str) -> None:
    assert "".join(sorted(Walks(DIAMOND).reach(["a"], depth))) == expected


def test_the_way_back_is_the_way_there() -> None:
    walks = Walks(DIAMOND)
    assert nodes_of(walks.trace(walks.reach(["a"]), "e")) == ["a", "b", "d", "e"]
    assert nodes_of(walks.trace_back(walks.sources(["e"]), "a")) == ["a", "b", "d", "e"]


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
def test_ways_are_those_of_networkx(seed: int) -> None:
    import networkx

    chance = random.Random(seed)
    names = [f"n{number}" for number in range(7)]
    edges = [edge(*chance.sample(names, 2)) for _ in range(14)]
    graph = networkx.DiGraph([(one.source, one.target) for one in edges])
    graph.add_nodes_from(names)
    peer = sorted((len(way), way) for way in networkx.all_simple_paths(graph, "n0", "n1"))
    ours = [(len(nodes_of(path)), nodes_of(path)) for path in Walks(edges).paths(["n0"], ["n1"])]
    assert sorted(ours) == peer
    assert [length for length, _ in ours] == [length for length, _ in peer]
