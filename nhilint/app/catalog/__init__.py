"""`nhilint catalog`: for catalog maintainers, and for authors who must fit in."""

from __future__ import annotations

import typer

from nhilint.app.catalog import (
    coverage,
    diff,
    impact,
    lint,
    listing,
    match,
    mine,
    new,
    propose,
    schema,
    show,
    testing,
)

app = typer.Typer(help="The catalog of preapproved roles.", no_args_is_help=True, rich_markup_mode=None)
app.command("list")(listing.command)
app.command("show")(show.command)
app.command("lint")(lint.command)
app.command("test")(testing.command)
app.command("match")(match.command)
app.command("coverage")(coverage.command)
app.command("propose")(propose.command)
app.command("mine")(mine.command)
app.command("diff")(diff.command)
app.command("impact")(impact.command)
app.command("new")(new.command)
app.command("schema")(schema.command)
