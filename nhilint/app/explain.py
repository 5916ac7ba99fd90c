"""`nhilint explain` and `nhilint schema`: what the package itself documents."""

from __future__ import annotations

import typer


def explain(rule: str = typer.Argument("", help="Id of a rule, for instance NHI101; none: list them.")) -> int:
    """The page of a rule."""
    from nhilint.app.inputs import InputError
    from nhilint.rules.registry import IDS, index, page

    if not rule:
        for row in index():
            typer.echo(f"{row['id']}  {row['severity']:<8}  {row['title']}")
        return 0
    text = page(rule)
    if text is None:
        raise InputError(f"there is no rule `{rule}`", help=f"known are {', '.join(IDS)}")
    typer.echo(text, nl=False)
    return 0


def schema(
    name: str = typer.Argument("", help="review, check, catalog-diff, role, exception…; none: list every name."),
) -> int:
    """The JSON Schema of an output or of a file of the catalog."""
    from importlib.resources import files

    from nhilint.app.inputs import InputError

    folder = files("nhilint.engine") / "schemas"
    known = {file.name.removesuffix(".schema.json"): file for file in folder.iterdir() if file.name.endswith(".json")}
    known |= {word: files("nhilint.catalog") / f"{word}.schema.json" for word in ("role", "exception")}
    if not name:
        for each in sorted(known):
            typer.echo(each)
        return 0
    if name not in known:
        raise InputError(f"there is no schema `{name}`", help=f"known are {', '.join(sorted(known))}")
    typer.echo(known[name].read_text(encoding="utf-8"), nl=False)
    return 0
