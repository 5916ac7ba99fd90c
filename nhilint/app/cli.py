"""The commands of the command line, and how failures leave it."""

from __future__ import annotations

import sys

import typer

from nhilint import __version__
from nhilint.app import catalog, check, compare, explain, graph, inventory, path, query, review, who_can
from nhilint.app.errors import render
from nhilint.model.errors import NhilintError

app = typer.Typer(
    name="nhilint",
    help="What can each bot do after this change that it could not do before, and did anyone approve that?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("review")(review.command)
app.command("check")(check.command)
app.command("compare")(compare.command)
app.command("can")(query.can)
app.command("who-can")(who_can.command)
app.command("path")(path.command)
app.command("graph")(graph.command)
app.command("inventory")(inventory.command)
app.add_typer(catalog.app, name="catalog")
app.command("explain")(explain.explain)
app.command("schema")(explain.schema)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"nhilint {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """The options of every command."""


def run() -> int:
    """The exit code of one run; see the table in the README."""
    try:
        code = app(standalone_mode=False)
    except NhilintError as error:
        sys.stderr.write(render(error, colour=sys.stderr.isatty()))
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    except typer.Abort:
        return 130
    except Exception as error:  # noqa: BLE001 — the one place where a bug is told from a verdict
        return _unexpected(error)
    return int(code or 0)


def _unexpected(error: Exception) -> int:
    """Usage errors are told by the library; anything else is a bug and must not look like a verdict."""
    show = getattr(error, "show", None)
    if show is not None:
        show()
        return 2
    import traceback

    frames = "".join(traceback.format_exception(error))
    sys.stderr.write(f"{frames}\nerror: this is a bug in nhilint, not a verdict on your change\n")
    sys.stderr.write("help: please report it with the lines above\n")
    return 2
