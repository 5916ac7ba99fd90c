"""`nhilint catalog schema`: the JSON Schemas of the catalog's files, for editors."""

from __future__ import annotations

import typer

from nhilint.app import explain


def command(
    name: str = typer.Argument("role", metavar="[role|exception]", help="Which kind of file."),
) -> int:
    """The JSON Schema of a role file or of an exception: `nhilint catalog schema > role_catalog/role.schema.json`."""
    from nhilint.app.inputs import InputError

    if name not in ("role", "exception"):
        raise InputError(f"a catalog has no files of the kind `{name}`", help="`role` or `exception`")
    return explain.schema(name)
