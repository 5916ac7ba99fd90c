"""The options that several commands share, each with its one help text."""

from __future__ import annotations

from typing import Annotated

import typer

Tree = Annotated[str, typer.Argument(metavar="[PATH]", help="Folder, plan file or Git revision.")]
InTree = Annotated[str, typer.Option("--tree", help="Folder, plan file or Git revision.")]
Paths = Annotated[list[str], typer.Option("--path", help="Only this part of the tree (repeatable).")]
Roots = Annotated[list[str], typer.Option("--root", help="A folder that is a Terraform root module (repeatable).")]
VarFiles = Annotated[
    list[str], typer.Option("--var-file", help="Terraform variable file inside the tree (repeatable).")
]
Batch = Annotated[
    str,
    typer.Option("--batch", metavar="FILE", help="One JSON question a line (`-`: standard input), one answer each."),
]
Environment = Annotated[
    str,
    typer.Option(
        "--environment", help="Only this environment of the settings, a Terraform workspace, or overlays of that name."
    ),
]
Outputs = Annotated[list[str], typer.Option("--output", help="FORMAT=PATH: write a report to a file too (repeatable).")]
FailOn = Annotated[str, typer.Option("--fail-on", help="Findings of this severity or above block.")]
Strict = Annotated[bool, typer.Option("--strict", help="Fail when something could not be judged.")]
