"""`nhilint catalog test`: runs the tests of roles."""

from __future__ import annotations

from difflib import get_close_matches

import typer


def command(
    role: list[str] = typer.Argument(None, metavar="[ROLE]...", help="Ids of roles; none: all."),
    tree: str = typer.Option(".", "--tree", help="Folder or Git revision."),
    format: str = typer.Option("text", "--format", help="text or json."),
) -> int:
    """Run the tests that roles carry: what must be allowed and what must not. Exit code 1 when one fails."""
    from nhilint.app import inputs
    from nhilint.app import output as delivery
    from nhilint.engine import catalog_tests
    from nhilint.reports.catalog.testing import text

    side = inputs.open_side(tree)
    catalog = inputs.read_catalog(side.tree, inputs.settings_of(side))
    for name in role or ():
        if name not in catalog.roles:
            near = get_close_matches(name, catalog.roles, n=1)
            help = f"did you mean `{near[0]}`?" if near else "`nhilint catalog list` names them"
            raise inputs.InputError(f"there is no role `{name}`", help=help)
    value = catalog_tests(catalog, role or ())
    paint = delivery.paint()
    delivery.deliver(value, format, [], {"text": lambda v: text(v, paint), "json": delivery.as_json})
    return 1 if value["failed"] else 0
