"""The schemas of drafts of roles: `nhilint.catalog-propose/1` and `nhilint.catalog-mine/1`."""

from __future__ import annotations

from build_schemas import HEAD, STRINGS, Schema, flag, many, number, ref, row, text

BINDINGS: Schema = {"type": "object", "additionalProperties": STRINGS, "description": "Parameter to values."}
DRAFT: Schema = {
    "id": text("Id of the draft."),
    "identities": many(
        row(
            "Somebody the draft was made from.",
            {
                **HEAD,
                "covered": flag("Whether everything it holds is in the draft."),
                "bindings": BINDINGS,
                "wider": many(ref("entry"), "What the draft would allow it besides; others of the draft hold it."),
                "unread": {**STRINGS, "description": "What of it could not be read."},
            },
        ),
        "By key.",
    ),
    "role": {"type": "object", "description": "The role file as a map; its schema is that of roles."},
    "comments": {**STRINGS, "description": "Lines above the role: what a reviewer should think about."},
    "unsaid": many(
        row(
            "Something that is held and that a role can not say; the draft leaves it out.",
            {"actions": STRINGS, "resources": STRINGS, "why": text("A sentence without a full stop.")},
        ),
        "Empty: the draft is complete.",
    ),
    "notes": {**STRINGS, "description": "What of the trust does not fit."},
    "unread": number("How many parts of its identities could not be read."),
    "nearest": many(
        row("A role that nearly covers it.", {"role": text("Id."), "exceeds_by": number("Parts left over.")}),
        "Fewest parts first.",
    ),
}
PROPOSE = row(
    "Draft roles, each proved to cover its identities and nothing more.",
    {
        "schema": {"const": "nhilint.catalog-propose/1"},
        "drafts": many(row("One draft.", DRAFT), "One for each group of identities that are alike."),
        "already": many(
            row(
                "Somebody whom an approved role covers.",
                {"identity": text("Key."), "role": text("Id."), "sentence": text("A sentence without a full stop.")},
            ),
            "They need no draft.",
        ),
    },
)
MINE = row(
    "The fewest new roles for identities that no role covers.",
    {
        "schema": {"const": "nhilint.catalog-mine/1"},
        "uncovered": number("Identities that no role covers."),
        "already_covered": number("Identities that some role covers."),
        "unsayable": number("Those of the uncovered that hold something that no role can say."),
        "tolerance": {"type": "number", "minimum": 0, "description": "Percent of more actions that was allowed."},
        "roles": many(
            row(
                "One draft.",
                {
                    "rank": number("From 1, best first."),
                    "covers": number("Identities that no role before it covers."),
                    "cumulative": number("Identities covered by it and those before it."),
                    **DRAFT,
                    "added": many(
                        row("Somebody who would gain.", {"identity": text("Key."), "actions": STRINGS}),
                        "Within the tolerance; worst access level first.",
                    ),
                },
            ),
            "Best first.",
        ),
        "failed": many(
            row("A draft that its proof refuted.", {"identities": STRINGS, "why": text("Why.")}), "Not proposed."
        ),
    },
)
DRAFTS = (("catalog-propose", PROPOSE), ("catalog-mine", MINE))
