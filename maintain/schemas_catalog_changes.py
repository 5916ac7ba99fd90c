"""The schemas of `nhilint catalog list, show, diff, impact, coverage`, and of a review's `catalog_change`."""

from __future__ import annotations

from typing import Any

from build_schemas import (
    PLATFORM,
    REVISION,
    STRINGS,
    flag,
    many,
    maybe,
    number,
    numbers,
    ref,
    row,
    text,
)

Schema = dict[str, Any]

DIRECTION: Schema = {
    "enum": ["widened", "changed", "narrowed", "same-meaning"],
    "description": "Whether the catalog approves more by it, something else, less, or the same.",
}
STATUS: Schema = {"enum": ["added", "removed", "renamed", "changed"]}
ANY_VERDICT: Schema = text("Verdict of the catalog, as in a review.")
WHO: Schema = {
    "key": text("Key of the identity."),
    "platform": PLATFORM,
    "kind": text("Kind of the identity."),
    "name": text("For people."),
    "realm": text("What tells two of one name apart, or empty."),
    "address": text("Address of the block, or empty."),
    "owner": maybe("Owner."),
    "location": ref("location"),
    "bound": flag("Whether somebody is bound to it."),
    "external": flag("Whether it is defined outside the tree."),
}
DIFFERENCE: Schema = {
    "gained": many(ref("entry"), "Permissions that head allows and base does not; parameters as <name>."),
    "lost": many(ref("entry"), "Permissions that base allows and head does not."),
    "undecided": {**STRINGS, "description": "Why the permissions could not be compared in full."},
    "facets": many(
        row(
            "One difference besides the permissions.",
            {
                "part": text("The field: status, expires, parameter NAME, trust, max_session…"),
                "direction": DIRECTION,
                "base": maybe("What it was."),
                "head": maybe("What it is."),
                "text": text("As a sentence."),
            },
        ),
        "In the order of a role file.",
    ),
    "location": ref("location"),
}
ROLE_CHANGE: Schema = {
    "id": text("Id of the role, in head where it is there."),
    "former_id": maybe("Its id in base, of one that was renamed."),
    "title": text("Title."),
    "platform": PLATFORM,
    "status": STATUS,
    "direction": DIRECTION,
    "in_force": text("Status of the role: draft, approved or deprecated."),
    **DIFFERENCE,
}
CHANGE_SUMMARY = row(
    "Counts.",
    {
        **numbers(added="New roles.", removed="Removed roles.", renamed="Renamed roles.", changed="Changed roles."),
        "directions": row(
            "Roles and exceptions by direction.",
            {name: number(f"Those that are {name}.") for name in ("widened", "changed", "narrowed", "same-meaning")},
        ),
    },
)
CHANGES: Schema = {
    "summary": CHANGE_SUMMARY,
    "roles": many(ref("role_change"), "Those that approve more first."),
    "exceptions": many(ref("exception_change"), "Those that approve more first."),
}
SIZE: Schema = {
    "own": flag("Whether it is the repository's own catalog, not the starter."),
    "roles": number("Roles."),
    "exceptions": number("Exceptions."),
}
SIDE = row("A revision and its catalog.", {**REVISION["properties"], **SIZE}, optional=("commit",))
MOVES: Schema = row(
    "Identities whose verdict or role differs between the two catalogs.",
    {
        "uncovered": many(ref("moved"), "Covered by base, not by head."),
        "covered": many(ref("moved"), "Covered by head, not by base."),
        "role_changed": many(ref("moved"), "Covered by both, by other roles."),
        "verdict_changed": many(ref("moved"), "Covered by neither, for another reason."),
    },
)
DEFINITIONS: Schema = {
    "role_change": row("A role that differs.", ROLE_CHANGE),
    "exception_change": row(
        "An exception that differs.",
        {
            "id": text("Id."),
            "identity": text("Key of the identity it is for."),
            "status": STATUS,
            "direction": DIRECTION,
            "reason": text("Why no role fits."),
            "ticket": text("Where it was discussed."),
            "owner": text("Who answers for it."),
            "expires": text("The last day on which it covers anything."),
            **DIFFERENCE,
        },
    ),
    "moved": row(
        "An identity and what both catalogs say of it.",
        {**WHO, "base": ref("judged"), "head": ref("judged")},
    ),
    "judged": row(
        "The verdict of one catalog.",
        {
            "verdict": ANY_VERDICT,
            "roles": {**STRINGS, "description": "The roles that cover it."},
            "exceptions": {**STRINGS, "description": "The exceptions it needs."},
            "sentence": text("The verdict in words."),
        },
    ),
}
CATALOG_CHANGE = row(
    "Head edits what judges it, catalog or settings. The base judges; this is what would change if it is merged.",
    {
        "files": {**STRINGS, "description": "Files of the catalog and of the settings that differ."},
        "base": row("The catalog that judges.", SIZE),
        "head": {
            "anyOf": [row("The catalog of head.", SIZE), {"type": "null"}],
            "description": "null: it can not be read.",
        },
        "problems": many(
            row(
                "Why the catalog or the settings of head can not be read.",
                {
                    "message": text("What is wrong."),
                    "help": text("What to do, or empty."),
                    "location": {"anyOf": [ref("location"), {"type": "null"}], "description": "Where."},
                },
            ),
            "Empty: both can be read.",
        ),
        "settings": many(
            row(
                "A setting that differs.",
                {
                    "setting": text("Its name in the settings file."),
                    "direction": {"enum": ["loosened", "tightened", "changed"]},
                    "base": text("Value that judges."),
                    "head": text("Value that is asked for."),
                    "text": text("In one line."),
                },
            ),
            "By name.",
        ),
        **CHANGES,
        "identities": MOVES,
        "blocking": row(
            "Findings of the whole head that block.",
            {
                "base": number("Judged by the base."),
                "head": {"type": ["integer", "null"], "minimum": 0, "description": "Judged by itself."},
            },
        ),
    },
)
USE: Schema = {
    "alone": number("Identities that the role covers by itself."),
    "together": number("Identities that it covers with other roles."),
    "nearest": number("Identities outside the catalog to whom it is the nearest role."),
}
ROLE_HEAD: Schema = {
    "id": text("Id."),
    "title": text("Title."),
    "platform": PLATFORM,
    "access": {"enum": ["read", "write", "break-glass", None]},
    "status": {"enum": ["draft", "approved", "deprecated"]},
    "owner": text("Owner."),
    "expires": maybe("The last day of the approval."),
    "review_due": maybe("The day on which somebody should look at it again."),
    "replaced_by": maybe("Of a deprecated role, the one to use."),
    "unusable": maybe("Why it approves nothing today; null: it does."),
    "parameters": STRINGS,
    "location": ref("location"),
}
LIST = row(
    "The roles of a catalog.",
    {
        "schema": {"const": "nhilint.catalog/1"},
        "own": flag("Whether it is the repository's own catalog, not the starter."),
        "total": number("Roles of the catalog, listed or not."),
        "exceptions": number("Its exceptions."),
        "judged": {"type": ["integer", "null"], "description": "With --usage: identities that hold something."},
        "roles": many(
            row(
                "A role.",
                {**ROLE_HEAD, "usage": {"anyOf": [row("Its use in the tree.", USE), {"type": "null"}]}},
            ),
            "By id.",
        ),
    },
)
PARAMETER = row(
    "A parameter.",
    {
        "name": text("Name."),
        "description": text("What it is."),
        "values": text("What it may be, in words."),
        "pattern": maybe("Regular expression of a whole value."),
        "enum": STRINGS,
        "same": maybe("What of the identity it has to be."),
        "many": flag("Whether it may have several values."),
        "unknown": flag("Whether a value that only a plan knows will do."),
        "examples": STRINGS,
        "bound": {"anyOf": [STRINGS, {"type": "null"}], "description": "The values given with --with."},
    },
)
SHOW = row(
    "Everything of one role.",
    {
        "schema": {"const": "nhilint.catalog-role/1"},
        "own": flag("Whether it is of the repository's own catalog."),
        **ROLE_HEAD,
        "purpose": text("Who needs it, for what."),
        "approval": row("Who approved it.", {"by": maybe("Who."), "on": maybe("When."), "ticket": maybe("Where.")}),
        "review_days": {"type": ["integer", "null"], "description": "Days between two reviews."},
        "extends": STRINGS,
        "sources": {**STRINGS, "description": "Pages that document the needs."},
        "parameters": many(PARAMETER, "In the order of the file."),
        "data_date": maybe("The date of the data on actions."),
        "permissions": many(
            row(
                "What it allows of one access level.",
                {"level": text("Access level, or Unknown."), "entries": many(ref("entry"), "Parameters as <name>.")},
            ),
            "Worst level first.",
        ),
        "wildcards": many(
            row(
                "An action with a wildcard.",
                {
                    "pattern": text("As written."),
                    "count": number("Known actions."),
                    "actions": {**STRINGS, "description": "The known actions."},
                },
            ),
            "By pattern.",
        ),
        "condition_keys": {**STRINGS, "description": "Condition keys that it uses."},
        "trust": {
            "anyOf": [
                many(
                    row(
                        "One kind of caller.",
                        {
                            "issuer": text("github, kubernetes, oidc, aws or service."),
                            "fields": {"type": "object", "additionalProperties": STRINGS},
                            "text": text("In words."),
                        },
                    ),
                    "Who may have it.",
                ),
                {"type": "null"},
            ],
            "description": "null: the role does not say.",
        },
        "constraints": many(
            row("A limit.", {"constraint": text("Its name."), "text": text("In words.")}), "In the order of the file."
        ),
        "break_glass": {
            "anyOf": [
                row(
                    "Terms for emergencies.",
                    {"seconds": number("How long."), "duration": text("In words."), "notify": STRINGS},
                ),
                {"type": "null"},
            ]
        },
        "accepts": many(row("An accepted technique.", {"technique": text("Id."), "why": text("Why.")}), "By file."),
        "tests": many(
            row(
                "A test.",
                {
                    "expects": {"enum": ["allow", "deny", "trust", "distrust"]},
                    "with": {"type": "object", "additionalProperties": STRINGS},
                    "about": text("The request or the caller."),
                    "context": {"type": "object", "additionalProperties": STRINGS},
                    "why": text("What it shows."),
                    "location": ref("location"),
                },
            ),
            "In the order of the file.",
        ),
        "usage": {
            "anyOf": [
                row(
                    "Its use in the tree.",
                    {
                        **USE,
                        "covered": many(
                            row(
                                "An identity that it covers.",
                                {**WHO, "bindings": {"type": "object", "additionalProperties": STRINGS}},
                            ),
                            "By key.",
                        ),
                        "near": many(
                            row("An identity outside.", {**WHO, "exceeds_by": number("Parts it does not cover.")}),
                            "Nearest first.",
                        ),
                    },
                ),
                {"type": "null"},
            ]
        },
    },
)
DIFF = row(
    "What two catalogs approve differently.",
    {"schema": {"const": "nhilint.catalog-diff/1"}, "base": SIDE, "head": SIDE, **CHANGES},
)
IMPACT = row(
    "What a change to the catalog means for every identity of a tree.",
    {
        "schema": {"const": "nhilint.catalog-impact/1"},
        "base": SIDE,
        "head": SIDE,
        "tree": REVISION,
        "summary": row(
            "Counts.",
            numbers(
                identities="Identities that hold something.",
                covered_by_base="Those that base covers.",
                covered_by_head="Those that head covers.",
                uncovered="Those that become uncovered.",
                covered="Those that become covered.",
                role_changed="Those that another role covers.",
                verdict_changed="Those that are uncovered for another reason.",
                exceptions_added="New exceptions.",
                exceptions_expired="Exceptions of head that cover nothing any more.",
            ),
        ),
        "identities": MOVES,
        "catalog": row(
            "What differs between the catalogs.",
            {
                "summary": CHANGE_SUMMARY,
                "roles": many(
                    row(
                        "A role that differs.",
                        {
                            **ROLE_CHANGE,
                            "used": row(
                                "Identities that it covers, alone or with others.",
                                numbers(base="By base.", head="By head."),
                            ),
                        },
                    ),
                    "Those that approve more first.",
                ),
                "exceptions": many(ref("exception_change"), "Those that approve more first."),
            },
        ),
        "expired": many(
            row(
                "An exception that covers nothing any more.",
                {
                    "id": text("Id."),
                    "identity": text("Key."),
                    "expires": text("Its last day."),
                    "owner": text("Owner."),
                    "ticket": text("Ticket."),
                },
            ),
            "Oldest first.",
        ),
        "unresolved": number("Places of the tree that could not be judged."),
    },
)
SHARE = row(
    "A share. A permission is one action on one resource, both as a grant writes them.",
    numbers(
        identities="Identities that hold something.",
        identities_covered="Those that the catalog covers.",
        permissions="Their permissions.",
        permissions_covered="Those that the covering roles, or the nearest one, allow.",
    ),
)
COVERAGE = row(
    "How much of a tree the catalog covers.",
    {
        "schema": {"const": "nhilint.catalog-coverage/1"},
        "tree": REVISION,
        "catalog": row("The catalog.", {"own": SIZE["own"], "roles": SIZE["roles"]}),
        "summary": SHARE,
        "platforms": {"type": "object", "additionalProperties": SHARE},
        "verdicts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "additions": many(
            row(
                "What, added to one role, makes it cover identities; it was tried.",
                {
                    "role": text("Id of the role."),
                    "sensitive": flag("Whether it would give a grave power."),
                    "adds": many(ref("entry"), "What is added; parameters as <name>."),
                    "identities": many(row("Who is covered then.", WHO), "By key."),
                },
            ),
            "Harmless ones first, then those that cover most.",
        ),
        "nearest": many(
            row(
                "An identity outside the catalog.",
                {
                    **WHO,
                    "role": maybe("The nearest role."),
                    "permissions": number("Its permissions."),
                    "missing": number("Those that the role does not cover."),
                    "residue": many(ref("entry"), "What they are."),
                },
            ),
            "Those first of whom the smallest share is outside.",
        ),
        "unresolved": number("Places of the tree that could not be judged."),
    },
)
OUTPUTS = (
    ("catalog", LIST),
    ("catalog-role", SHOW),
    ("catalog-diff", DIFF),
    ("catalog-impact", IMPACT),
    ("catalog-coverage", COVERAGE),
)
