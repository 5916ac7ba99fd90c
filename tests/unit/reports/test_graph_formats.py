"""Each picture of the graph, read again by what reads such files; names that try to break out stay names."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as xml
from typing import Any

import jsonschema
import networkx
import pytest

from nhilint.reports import graph_dot, graph_graphml, graph_mermaid, graph_opengraph
from nhilint.reports.graph_words import merged
from tests.unit.reports.graphs import graph, hostile, large

_PRIMITIVE = {"anyOf": [{"type": kind} for kind in ("string", "number", "boolean")]}
_PROPERTIES = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$", "not": {"enum": ["objectid", "id", "kinds"]}},
    "additionalProperties": {
        "anyOf": [
            *_PRIMITIVE["anyOf"],
            *({"type": "array", "items": {"type": kind}} for kind in ("string", "number", "boolean")),
        ]
    },
}
_KIND = {"type": "string", "pattern": "^[A-Za-z0-9_]+$"}
_END = {
    "type": "object",
    "properties": {"match_by": {"const": "id"}, "value": {"type": "string", "minLength": 1}},
    "required": ["match_by", "value"],
    "additionalProperties": False,
}
OPENGRAPH = {
    "type": "object",
    "properties": {
        "metadata": {
            "type": "object",
            "properties": {"source_kind": {"type": ["string", "null"]}},
            "additionalProperties": False,
        },
        "graph": {
            "type": "object",
            "properties": {
                "nodes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "id": {"type": "string", "minLength": 1},
                            "kinds": {"type": "array", "items": _KIND, "minItems": 1, "maxItems": 2},
                            "properties": _PROPERTIES,
                        },
                        "required": ["id", "kinds"],
                        "additionalProperties": False,
                    },
                },
                "edges": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"start": _END, "end": _END, "kind": _KIND, "properties": _PROPERTIES},
                        "required": ["start", "end", "kind", "properties"],
                        "additionalProperties": False,
                    },
                },
            },
            "required": ["nodes", "edges"],
            "additionalProperties": False,
        },
    },
    "required": ["graph"],
    "additionalProperties": False,
}
"""What BloodHound asks of a payload, in our own words; the source kind is the third of the three kinds a node may have.

https://bloodhound.specterops.io/opengraph/developer/schema and `cmd/api/src/services/upload/jsonschema` of
https://github.com/SpecterOps/BloodHound.
"""

GRAPHS = {"hostile": hostile(), "large": large(900, 2), "empty": graph([], [])}


@pytest.mark.parametrize("name", GRAPHS)
def test_opengraph_keeps_what_bloodhound_asks(name: str) -> None:
    value = GRAPHS[name]
    body = json.loads(graph_opengraph.render(value))
    jsonschema.validate(body, OPENGRAPH, jsonschema.Draft202012Validator)
    ids = [node["id"] for node in body["graph"]["nodes"]]
    assert len(ids) == len(set(ids)) == len(value["nodes"])
    ends = {edge[side]["value"] for edge in body["graph"]["edges"] for side in ("start", "end")}
    assert ends <= set(ids)
    assert len(body["graph"]["edges"]) == len(value["edges"])


def test_the_schema_of_opengraph_can_fail() -> None:
    body: Any = json.loads(graph_opengraph.render(GRAPHS["hostile"]))
    body["graph"]["nodes"][0]["properties"]["claims"] = {"sub": "x"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(body, OPENGRAPH, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", GRAPHS)
def test_graphml_is_read_by_networkx(name: str) -> None:
    value = GRAPHS[name]
    read = networkx.read_graphml(io.BytesIO(graph_graphml.render(value).encode()), force_multigraph=True)
    assert (read.number_of_nodes(), read.number_of_edges()) == (len(value["nodes"]), len(value["edges"]))
    keys = {data["key"] for _, data in read.nodes(data=True)}
    assert len(keys) == len(value["nodes"])
    assert {data["tier0"] for _, data in read.nodes(data=True)} <= {True, False}
    assert [data["kind"] for _, _, data in read.edges(data=True)].count("escalates") == sum(
        edge["edge"] == "escalates" for edge in value["edges"]
    )


def test_graphml_names_its_keys_before_it_uses_them_and_its_ids_are_names() -> None:
    """https://graphml.graphdrawing.org/xmlns/1.1/graphml.xsd: ids are NMTOKEN, data refers to a key of its domain."""
    root = xml.fromstring(graph_graphml.render(GRAPHS["hostile"]))
    space = "{http://graphml.graphdrawing.org/xmlns}"
    keys = {key.get("id"): key.get("for") for key in root.findall(f"{space}key")}
    ids = [one.get("id") or "" for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z0-9_.:-]+", one) for one in ids)
    for kind in ("node", "edge"):
        for one in root.iter(f"{space}{kind}"):
            assert all(keys[data.get("key")] == kind for data in one.findall(f"{space}data"))


@pytest.mark.parametrize("name", GRAPHS)
def test_dot_is_drawn_by_graphviz(name: str) -> None:
    dot = shutil.which("dot")
    if dot is None:
        pytest.skip("Graphviz is not installed")
    value = GRAPHS[name]
    # For many nodes an engine that is quick; all of them read the same language.
    done = subprocess.run(
        [dot, "-Kosage" if name == "large" else "-Kdot", "-Tdot_json"],
        input=graph_dot.render(value).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    read = json.loads(done.stdout)
    assert len(read.get("objects", ())) == len(value["nodes"])
    assert len(read.get("edges", ())) == len(merged(value["edges"]))


@pytest.mark.parametrize("name", GRAPHS)
def test_every_line_of_dot_is_one_statement(name: str) -> None:
    """Without Graphviz: quotes are closed on their line, and nothing stands outside of them but names of our own."""
    quoted = re.compile(r'"(?:[^"\\]|\\.)*"')
    for line in graph_dot.render(GRAPHS[name]).splitlines():
        bare = quoted.sub('""', line)
        assert bare.count('"') % 2 == 0
        assert re.fullmatch(r'[A-Za-z0-9_ ="{}\[\],;.>-]*', bare), line


@pytest.mark.parametrize("name", GRAPHS)
def test_every_line_of_mermaid_is_one_statement(name: str) -> None:
    """A label holds no quote and nothing that Mermaid or HTML would read; `tests/differential` asks Mermaid itself."""
    first, *lines = graph_mermaid.render(GRAPHS[name]).splitlines()
    assert first == "flowchart LR"
    labels = r'"[^"<>`\[\]{}()|\\;&]*(?:<br/>[^"<>`\[\]{}()|\\;&]*)?"'
    for line in lines:
        shown = re.sub(r"#\d+;", "_", line)
        node = rf"  (?:n\d+|rest)(?:\[\[|\(\[|\[\(|\[|\{{\{{){labels}(?:\]\]|\]\)|\)\]|\]|\}}\}})"
        edge = rf"  n\d+ (?:-->|-\.->)\|{labels}\| n\d+"
        style = r"  (?:classDef (?:tier0|outside) [a-z0-9#:,.-]+|class [n0-9,]+ (?:tier0|outside))"
        assert re.fullmatch(f"{node}|{edge}|{style}", shown), line


def test_a_large_graph_is_cut_for_mermaid_around_its_goals_and_says_so() -> None:
    value = GRAPHS["large"]
    text = graph_mermaid.render(value)
    drawn = text.count("-->|")
    assert drawn == 400
    assert len(text) < 50_000
    assert "administrator of aws" in text
    assert "r00899<br/>" in text
    assert "r00000<br/>" not in text
    words = re.search(r'rest\["(\d+) more arrows and (\d+) more nodes are not drawn"\]', text)
    assert words
    assert int(words[1]) == len(merged(value["edges"])) - drawn
    assert int(words[2]) == len(value["nodes"]) - len(re.findall(r"^  n\d+[\[{(]", text, re.MULTILINE))


def test_mermaid_stays_below_its_limit_of_letters() -> None:
    nodes = large(390, 1)
    for node in nodes["nodes"]:
        node["name"] = f"{node['name']}{'(' * 250}"
    text = graph_mermaid.render(nodes)
    assert len(text) < 50_000
    assert "more arrows" in text


@pytest.mark.parametrize(
    "render", [graph_dot.render, graph_graphml.render, graph_mermaid.render, graph_opengraph.render]
)
def test_tier_0_is_marked_in_every_format(render: Any) -> None:
    value = large(2, 1)
    before = render(value)
    value["nodes"][1]["tier0"] = True
    after = render(value)
    assert value["nodes"][1]["key"] == "aws:role/r00001"
    assert before != after
