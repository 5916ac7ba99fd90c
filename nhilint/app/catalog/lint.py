"""`nhilint catalog lint`: every problem of every file of the catalog."""

from __future__ import annotations

import os

import typer


def command(
    tree: str = typer.Argument(".", metavar="[PATH]", help="Folder, Git revision, or a file of the catalog."),
    format: str = typer.Option("text", "--format", help="text or json."),
    strict: bool = typer.Option(False, "--strict", help="Exit code 1 on a warning too."),
) -> int:
    """Form, unknown words, wildcards, overlap, tests: every problem of every file at once. Exit code 1 on an error."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.app.catalog_files import catalog_files
    from nhilint.engine import catalog_problems
    from nhilint.reports.catalog.linting import text

    only = _part(tree)
    side = inputs.open_side("." if only else tree)
    settings = inputs.settings_of(side)
    chosen = inputs.engine_options(inputs.Asked(), settings)
    files = catalog_files(side.tree, settings)
    value = catalog_problems(
        files.documents, own=files.own, options=chosen, unread=files.problems, texts=files.texts, only=only
    )
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: text(v, paint), "json": delivery.as_json})
    return 1 if value["errors"] or (strict and value["warnings"]) else 0


def _part(path: str) -> str:
    """The part of the catalog where one stands that a path names: a file or a folder of it; empty if it is none."""
    from nhilint.app.settings import read_settings
    from nhilint.sources.folder import FolderTree

    part = os.path.relpath(path).replace(os.sep, "/")
    if part.startswith("../") or part == "." or not os.path.exists(path):
        return ""
    folders = tuple(folder.rstrip("/") for folder in read_settings(FolderTree(".")).catalog_paths)
    return part if part in folders or part.startswith(tuple(f"{folder}/" for folder in folders)) else ""
