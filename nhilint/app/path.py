"""`nhilint path`: how one gets from one node of the access graph to another."""

from __future__ import annotations

import typer

from nhilint.app import options


def command(
    start: str = typer.Argument(
        metavar="FROM", help="Key, name or ARN of an identity, another node of the graph, or `anybody`."
    ),
    end: str = typer.Argument(metavar="TO", help="The same, or a goal: `administrator`."),
    ways: int = typer.Option(1, "--ways", min=1, max=50, help="How many ways, shortest first."),
    depth: int = typer.Option(0, "--depth", min=0, help="Only ways of at most so many steps; 0: all."),
    tree: options.InTree = ".",
    path: options.Paths = [],
    root: options.Roots = [],
    var_file: options.VarFiles = [],
    environment: options.Environment = "",
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """The shortest path with the proof of each step. Exit code 0: there is one, 1: there is none."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import path as find_path
    from nhilint.reports import queries

    asked = inputs.Asked(paths=tuple(path), roots=tuple(root), var_files=tuple(var_file), environment=environment)
    analysis, _ = inputs.analyze_one(inputs.open_side(tree), asked)
    value = find_path(analysis, start, end, limit=ways, depth=depth or None)
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: queries.path(v, paint), "json": delivery.as_json})
    return 0 if value["found"] else 1
