"""`nhilint graph`: the access graph for people and for other tools."""

from __future__ import annotations

from typing import get_args

import typer

from nhilint.app import options


def command(
    tree: options.Tree = ".",
    identity: list[str] = typer.Option(
        [], "--identity", help="Only what leads to this node and where it leads (repeatable)."
    ),
    depth: int = typer.Option(0, "--depth", min=0, help="With --identity: this many steps; 0: all."),
    edge: list[str] = typer.Option([], "--edge", help="Only edges of this kind: may-become, runs-as… (repeatable)."),
    resources: bool = typer.Option(
        False, "--resources", help="Also what each identity holds and may act on: many edges."
    ),
    path: options.Paths = [],
    root: options.Roots = [],
    var_file: options.VarFiles = [],
    environment: options.Environment = "",
    format: str = typer.Option("text", "--format", help="text, json, dot, mermaid, graphml or opengraph."),
    output: options.Outputs = [],
) -> int:
    """Who may become whom, and who can make itself more than it is; every edge with its reason and lines."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import graph
    from nhilint.graph.edges import EdgeKind
    from nhilint.reports import graph_dot, graph_graphml, graph_mermaid, graph_opengraph, queries

    unknown = [kind for kind in edge if kind not in get_args(EdgeKind)]
    if unknown:
        known = ", ".join(get_args(EdgeKind))
        raise inputs.InputError(f"there is no kind of edge `{unknown[0]}`", help=f"known are {known}")
    if depth and not identity:
        raise inputs.InputError("steps are counted from a node, and none is named", help="name one with --identity")
    asked = inputs.Asked(paths=tuple(path), roots=tuple(root), var_files=tuple(var_file), environment=environment)
    side = inputs.open_side(tree)
    analysis, _ = inputs.analyze_one(side, asked)
    value = graph(analysis, info=side.info, identities=identity, depth=depth or None, kinds=edge, resources=resources)
    paint = delivery.paint()
    delivery.deliver(
        value,
        format,
        output,
        {
            "text": lambda v: queries.graph(v, paint),
            "json": delivery.as_json,
            "dot": graph_dot.render,
            "mermaid": graph_mermaid.render,
            "graphml": graph_graphml.render,
            "opengraph": graph_opengraph.render,
        },
    )
    return 0
