"""`nhilint catalog propose`: a draft role for what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from nhilint.app import options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nhilint.catalog.model import Role


def command(
    identity: str = typer.Argument("", metavar="[IDENTITY|PATH]", help="Key, name, ARN or address; or a folder."),
    more: list[str] = typer.Option([], "--identity", help="One role for several identities (repeatable)."),
    tree: options.InTree = ".",
    path: options.Paths = [],
    to: str = typer.Option("-", "--to", help="File to write; `-` is standard output."),
    id: str = typer.Option("", "--id", help="Id of the role."),
    owner: str = typer.Option("", "--owner", help="Owner of the role."),
    extend: str = typer.Option("", "--extend", help="A role to extend: only what it leaves over is written."),
    parameterize: bool = typer.Option(False, "--parameterize", help="Names become parameters where they are known."),
    force: bool = typer.Option(False, "--force", help="Write a draft even where an approved role covers it."),
    format: str = typer.Option("yaml", "--format", help="yaml or json."),
) -> int:
    """A draft role that covers what an identity holds, or several that are alike, and nothing more. It is proved."""
    import sys

    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import QueryError, find_identity
    from nhilint.engine.catalog.proposing import Ask, propose_rows
    from nhilint.reports.catalog.proposing import remarks

    analysis, _ = inputs.analyze_one(inputs.open_side(tree), inputs.Asked(paths=tuple(path)))
    names, under = tuple(more), ""
    if identity:
        try:
            find_identity(analysis, identity)
            names = (identity, *names)
        except QueryError:
            files = {one.span.path for one in analysis.snapshot.identities.values()}
            folder = identity.strip("/").removeprefix("./")
            if names or not (folder in ("", ".") or any(f"{file}/".startswith(f"{folder}/") for file in files)):
                raise
            under = identity
    ask = Ask(names=names, path=under or ".", id=id, owner=owner, extend=extend, open_names=parameterize, force=force)
    value = propose_rows(analysis, ask, read_back)
    sys.stderr.write(remarks(value))
    renderers = {"yaml": text, "json": delivery.as_json}
    if value["drafts"] or format == "json":
        delivery.deliver(value, format if to == "-" else "", [] if to == "-" else [f"{format}={to}"], renderers)
    return 1 if any(row["unsaid"] for row in value["drafts"]) else 0


def text(value: Mapping[str, Any]) -> str:
    """The drafts as role files, one document each."""
    from nhilint.catalog.drafting.yamltext import write_yaml

    return "---\n".join(write_yaml(row["role"], row["comments"]) for row in value["drafts"])


def read_back(path: str, row: Mapping[str, Any]) -> Role:
    """The role that the written file means to whoever reads it; an error in it is an error of the tool."""
    from nhilint.app.inputs import InputError
    from nhilint.catalog.drafting.yamltext import write_yaml
    from nhilint.catalog.files.read import read_catalog
    from nhilint.model.node import Map
    from nhilint.sources.yamldoc import parse_yaml

    parsed = parse_yaml(path or "draft.yaml", write_yaml(row["body"], row["comments"]))
    if parsed.errors:
        raise parsed.errors[0]
    (node,) = parsed.documents
    if not isinstance(node, Map):
        raise InputError("the draft is no map", span=node.span)
    catalog, problems = read_catalog({path or "draft.yaml": node}, own=True)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InputError(f"no draft is written: {errors[0].message}", span=errors[0].span)
    (role,) = catalog.roles.values()
    return role
