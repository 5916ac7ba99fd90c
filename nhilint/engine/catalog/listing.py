"""Every role of a catalog as rows (`nhilint.catalog/1`)."""

from __future__ import annotations

from nhilint.catalog.model import Catalog
from nhilint.engine.entries import place
from nhilint.engine.heads import Row
from nhilint.engine.options import Options


def catalog_rows(catalog: Catalog, options: Options) -> Row:
    """Every role with its head data (`nhilint.catalog/1`)."""
    return {
        "schema": "nhilint.catalog/1",
        "own": catalog.own,
        "roles": [
            {
                "id": role.id,
                "title": role.title,
                "platform": role.platform,
                "access": role.access or None,
                "status": role.status,
                "owner": role.owner,
                "expires": role.expires or None,
                "unusable": role.usable(options.today) or None,
                "parameters": list(role.parameters),
                "location": place(role.span),
            }
            for role in catalog.roles.values()
        ],
    }
