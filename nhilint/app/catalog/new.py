"""`nhilint catalog new`: the first text of a role file."""

from __future__ import annotations

import os
import re

import typer


def command(
    id: str = typer.Argument(help="Name of the role: lower-case letters, digits and `-`."),
    platform: str = typer.Option(..., "--platform", help="aws, kubernetes or github."),
    access: str = typer.Option(..., "--access", help="read, write or break-glass."),
    to: str = typer.Option("", "--to", metavar="DIR", help="Folder to write it to; none: that of the platform."),
) -> int:
    """Write a draft of a role file, commented and valid, to be filled in. Never overwrites a file."""
    from nhilint.app import inputs
    from nhilint.app.settings import read_settings
    from nhilint.catalog.files.forms import ID
    from nhilint.catalog.files.skeleton import skeleton
    from nhilint.sources.folder import FolderTree

    if not re.fullmatch(ID, id):
        raise inputs.InputError(f"`{id}` is no name of a role", help="lower-case letters, digits and `-`")
    _one_of("platform", platform, ("aws", "kubernetes", "github"))
    _one_of("access", access, ("read", "write", "break-glass"))
    settings = read_settings(FolderTree("."))
    top = settings.catalog_paths[0].rstrip("/") if settings.catalog_paths else "role_catalog"
    folder = to.rstrip("/") or f"{top}/{platform}"
    # The schema lies beside the roles, so that editors find it without a network.
    inside = os.path.abspath(folder).startswith(os.path.abspath(top) + os.sep)
    schema = os.path.join(top if inside else folder, "role.schema.json")
    path = os.path.join(folder, f"{id}.yaml")
    seen = os.path.relpath(schema, folder).replace(os.sep, "/")
    today = inputs.engine_options(inputs.Asked(), settings).today
    _write(path, skeleton(id, platform, access, schema=seen, today=today))
    typer.echo(f"wrote {path}")
    if not os.path.exists(schema):
        from importlib.resources import files

        _write(schema, (files("nhilint.catalog") / "role.schema.json").read_text(encoding="utf-8"))
        typer.echo(f"wrote {schema}, which editors complete role files by")
    return 0


def _one_of(what: str, word: str, words: tuple[str, ...]) -> None:
    from nhilint.app.inputs import InputError
    from nhilint.catalog.files.conform import did_you_mean

    if word not in words:
        raise InputError(f"there is no {what} `{word}`", help=did_you_mean(word, words))


def _write(path: str, text: str) -> None:
    """A new file; one that exists stays as it is."""
    from nhilint.app.inputs import InputError
    from nhilint.app.output import DeliveryError

    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"`{path}` exists", help="choose another id, or edit it") from None
    except OSError as error:
        raise DeliveryError(f"`{path}` can not be written: {(error.strerror or 'error').lower()}") from None
