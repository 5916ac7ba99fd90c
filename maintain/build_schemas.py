"""Builds the JSON Schemas of the outputs: shared rows are written once here, and each schema stands alone.

python maintain/build_schemas.py
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from nhilint.algebra.values import ReasonKind
from nhilint.catalog.files.conform import time_pattern
from nhilint.catalog.files.forms import CALLER, CONDITIONS, EXCEPTION, REQUESTS, ROLE, STATEMENTS
from nhilint.catalog.files.shape import ByPlatform, Day, Either, Flag, Group, One, Rows, Shape, Table, Text, Time, Words
from nhilint.catalog.model import PLATFORMS as CATALOG_PLATFORMS
from nhilint.data.risk import scale
from nhilint.engine.dialects import PLATFORMS
from nhilint.graph.edges import EdgeKind, NodeKind
from nhilint.model.risk import PartKind
from nhilint.platforms.aws.authorize import Word

HERE = Path(__file__).parent.parent / "nhilint"
Schema = dict[str, Any]


def text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def maybe(description: str) -> Schema:
    return {"type": ["string", "null"], "description": description}


def number(description: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description}


def flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def many(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def row(description: str, fields: Schema, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in fields if name not in optional]
    return {
        "type": "object",
        "description": description,
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }


STRINGS = {"type": "array", "items": {"type": "string"}}
PLATFORM = text("Platform of the identity.", enum=list(PLATFORMS))
SEVERITY = text("How bad it is.", enum=["info", "low", "medium", "high", "critical"])
LEVEL = {"enum": ["Permissions management", "Write", "Tagging", "Read", "List"]}

PLACE = {
    "path": text("Path inside the tree, forward slashes."),
    "line": number("First line, from 1."),
    "end_line": number("Last line."),
}
NODE: Schema = {
    "key": text("An identity's key, or KIND:NAME."),
    "kind": {"enum": list(get_args(NodeKind))},
    "name": text("For people."),
    "platform": maybe("Platform, of what has one."),
    "subkind": maybe("The identity's or the workload's own kind: iam_role, Deployment, …"),
    "tier0": flag("Whether it can change identity or production state, or become somebody who can."),
    "external": flag("Whether it is defined outside the tree."),
    "location": {"anyOf": [ref("location"), {"type": "null"}], "description": "Where, if it is in the tree."},
}
SAID = row(
    "A sentence about an identity.",
    {"identity": {"type": "string"}, "why": {"type": "string"}},
)
DEFS: Schema = {
    "location": row("A place in a file.", PLACE),
    "via": row(
        "A line that makes a grant.",
        {**PLACE, "grant": text("Key of the grant."), "label": text("The statement's own name, or empty.")},
    ),
    "condition": row(
        "One clause; clauses are ANDed, values ORed.",
        {
            "operator": text("With qualifier and IfExists, as in a policy."),
            "key": text("Condition key, lower case."),
            "values": STRINGS,
        },
    ),
    "witness": row(
        "One concrete request that proves the claim; confirmed by a second evaluator.",
        {
            "action": text("Action or verb."),
            "resource": text("Resource of the request."),
            "context": {"type": "object", "additionalProperties": STRINGS, "description": "Condition keys it carries."},
        },
    ),
    "risk": row(
        "The band of a gain and what it is made of. Nothing is added up: the band is the highest of the parts.",
        {
            "band": {"enum": list(scale().bands), "description": "From nothing to worst; see docs/risk.md."},
            "parts": many(
                row(
                    "One reason.",
                    {
                        "kind": {"enum": list(get_args(PartKind))},
                        "name": text("The class of power, access level, kind of caller…: a row of the tables."),
                        "band": {"enum": list(scale().bands)},
                        "breadth": {"enum": [*scale().breadths, None], "description": "How much it is about, if any."},
                        "text": text("For people: what, on what."),
                    },
                ),
                "Worst first.",
            ),
        },
    ),
    "entry": row(
        "A part of an effective permission.",
        {
            "effect": {"const": "allow"},
            "actions": {**STRINGS, "description": "Compacted: a wildcard stands only where it is exact."},
            "except": {**STRINGS, "description": "Actions that the patterns say too much; absent when none."},
            "resources": {**STRINGS, "description": "Globs; unknown values as ${…}."},
            "except_resources": {**STRINGS, "description": "What the resources leave out; absent when nothing."},
            "names": {**STRINGS, "description": "Kubernetes: resource names; empty: every name."},
            "namespaces": {**STRINGS, "description": "Kubernetes: namespaces; empty: every namespace."},
            "access_levels": many(LEVEL, "Worst first; empty when the data does not know the actions."),
            "sensitive": {**STRINGS, "description": "Classes of power it gives."},
            "risk": ref("risk"),
            "conditions": many(ref("condition"), "What a request must meet."),
            "may": {**STRINGS, "description": "Unknown conditions under which it exists; empty: it does."},
            "witness": ref("witness"),
            "via": many(ref("via"), "The lines that make it."),
            "future": flag("Whether actions that the platform adds later are part of it."),
            "inert": flag("Whether it gives nothing: its actions work on no resource of such a name."),
            "why": text("Anything more to say, or empty."),
        },
        optional=("except", "except_resources", "names", "namespaces", "risk"),
    ),
    "trust": row(
        "Who may become the identity.",
        {
            "subject": text("AWS:arn…, Service:…, Federated:…, or *."),
            "actions": STRINGS,
            "claims": many(ref("condition"), "What its token must say."),
            "witness": row(
                "One caller that proves it.",
                {
                    "action": text("Action."),
                    "subject": text("Caller."),
                    "context": {"type": "object", "additionalProperties": STRINGS},
                },
            ),
            "via": many(ref("via"), "The lines that make it."),
            "risk": ref("risk"),
        },
        optional=("risk",),
    ),
    "unresolved": row(
        "Something that could not be judged.",
        {
            "what": text("The block or file."),
            "why": text("The reason."),
            "cause": text("Class of the reason, for counting."),
            "identity": maybe("Key of the identity it belongs to."),
            "location": ref("location"),
            "excerpt": row(
                "The line, with what stands in quotes hidden.",
                {"text": text("The line."), "column": {"type": "integer", "minimum": 1}},
            ),
            "help": text("What to do about it."),
            "new": flag("In a review: the base does not have it, or the file around it changed."),
        },
        optional=("excerpt", "help", "new"),
    ),
    "assumed": row(
        "Something taken for true that the tree does not say.",
        {
            "what": text("The block."),
            "why": text("What is taken for true."),
            "location": ref("location"),
            "new": flag("In a review: the base does not rest on it."),
        },
        optional=("new",),
    ),
    "catalog": row(
        "The verdict of the role catalog.",
        {
            "verdict": {
                "enum": [
                    "covered",
                    "exceeds",
                    "trust-outside",
                    "constraint-broken",
                    "not-in-force",
                    "no-role",
                    "undecided",
                    "nothing-held",
                ]
            },
            "roles": many(
                row(
                    "A role.",
                    {
                        "role": text("Its id."),
                        "bindings": {
                            "type": "object",
                            "additionalProperties": STRINGS,
                            "description": "Its parameters.",
                        },
                    },
                ),
                "The fewest roles that cover it together; otherwise the nearest one.",
            ),
            "role": maybe("The first of the covering roles, or the nearest."),
            "bindings": {"type": "object", "additionalProperties": STRINGS, "description": "Parameters of the role."},
            "residue": many(ref("entry"), "What the nearest role does not cover."),
            "nearest": many(
                row("A role.", {"role": text("Its id."), "exceeds_by": number("Parts it does not cover.")}),
                "Nearest roles, best first.",
            ),
            "outsiders": many(
                row("Somebody it lets in and the role does not.", {"who": text("Who."), "location": ref("location")}),
                "With the verdict trust-outside.",
            ),
            "broken": many(
                row(
                    "A constraint of the role.",
                    {"constraint": text("Its name."), "why": text("Why."), "location": ref("location")},
                ),
                "With the verdict constraint-broken.",
            ),
            "exceptions": {**STRINGS, "description": "Ids of exceptions that cover a part of it."},
            "sentence": text("The verdict in words."),
        },
    ),
    "finding": row(
        "One rule's statement about one identity.",
        {
            "rule": text("Id, NHI101."),
            "title": text("Title of the rule."),
            "severity": SEVERITY,
            "confidence": {"enum": ["low", "medium", "high"]},
            "identity": maybe("Key of the identity."),
            "message": text("What is wrong."),
            "locations": many(ref("location"), "Primary place first."),
            "help": text("What to do."),
            "fingerprint": text("Stable over moves."),
            "suppressed": maybe("Reason of the suppression that covers it."),
            "blocking": flag("Whether it fails the run."),
            "asked": maybe("In a review: reason of a suppression that comes with the change and lifts no gate."),
        },
        optional=("asked",),
    ),
    "path": row(
        "A way to more power.",
        {
            "from": text("Where it starts."),
            "to": text("What it leads to."),
            "technique": maybe("Id of the escalation technique."),
            "steps": many(
                ref("edge"),
                "In order.",
            ),
        },
    ),
    "graph": row(
        "What the paths leave open; of a review only what is new.",
        {
            "undecided": many(SAID, "Steps to more power that could not be decided."),
            "notes": many(SAID, "Trust that lets nobody in, and what identities ask for in vain."),
            "truncated": maybe("Why the search for paths stopped at its bound."),
        },
    ),
    "edge": row(
        "One step of the access graph.",
        {
            "edge": {"enum": list(get_args(EdgeKind))},
            "source": text("Key of the node it leaves."),
            "target": text("Key of the node it leads to."),
            "why": text("Reason, as a clause about the source."),
            "technique": maybe("Id of the escalation technique."),
            "claims": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "One token that is let in, claim by claim.",
            },
            "witness": many(ref("witness"), "Requests that its permissions allow, confirmed by a second evaluator."),
            "may": {**STRINGS, "description": "What has to hold besides; empty: nothing."},
            "actions": {**STRINGS, "description": "Of `can`: the class of action."},
            "via": many(ref("via"), "Lines that make it."),
        },
    ),
    "node": row("A node of the access graph.", NODE),
    "radius": row(
        "What an identity gets to: whom it can become, which secrets and goals, and what all of these may act on.",
        {
            "identities": number("Identities it can become."),
            "secrets": number("Secrets it can read that keep a credential."),
            "goals": {**STRINGS, "description": "Keys of goals, administrator first."},
            "tier0": flag("Whether it can change identity or production state."),
            "nodes": {**STRINGS, "description": "Keys of what it gets to, worst first; the first fifty."},
            "more": number("How many more there are."),
            "resources": {
                "type": ["array", "null"],
                "items": row(
                    "One access level.",
                    {
                        "level": LEVEL,
                        "patterns": number("Different resource patterns that it and they may act on."),
                        "everything": flag("Whether one of the patterns is any resource."),
                    },
                ),
                "description": "Worst first; null where they were not counted.",
            },
        },
    ),
    "reached": row(
        "A node that is reached, or no longer, and how.",
        {**NODE, "path": ref("path")},
    ),
    "reach": row(
        "What a change does to somebody's reach.",
        {
            "before": {"anyOf": [ref("radius"), {"type": "null"}], "description": "Null: it is not in base."},
            "after": {"anyOf": [ref("radius"), {"type": "null"}], "description": "Null: it is not in head."},
            "gained": many(ref("reached"), "Worst first; the first fifty."),
            "gained_more": number("How many more there are."),
            "lost": many(ref("reached"), "Worst first, with the way of base; the first fifty."),
            "lost_more": number("How many more there are."),
        },
    ),
    "statement": row(
        "One statement as it stands.",
        {
            "effect": {"enum": ["allow", "deny"]},
            "actions": STRINGS,
            "actions_negated": flag("NotAction."),
            "scopes": {
                "type": "object",
                "additionalProperties": row("One dimension.", {"patterns": STRINGS, "negated": flag("All but these.")}),
            },
            "conditions": many(ref("condition"), "Conditions."),
            "may": STRINGS,
            "undecided": maybe("Why it can not be interpreted."),
            "via": many(ref("via"), "Lines."),
        },
    ),
    "deciding": row(
        "A statement that decided.",
        {
            "effect": {"enum": ["allow", "deny"]},
            "layer": text("The layer it belongs to."),
            **PLACE,
            "grant": text("Key of the grant."),
            "label": text("Sid."),
            "name": text("Name of the grant."),
        },
    ),
    "credential": row(
        "A static credential.",
        {"kind": text("Kind."), "name": text("Name."), "location": ref("location")},
        optional=("location",),
    ),
}
HEAD: Schema = {
    "key": text("platform:kind/name; no file, no line."),
    "platform": PLATFORM,
    "kind": text("iam_role, service_account, …"),
    "name": text("Name, unknown parts as ${…}."),
    "realm": text("Root module or manifest folder, where needed to tell two of one name apart; or empty."),
    "address": text("Terraform address, or empty."),
    "owner": maybe("Owner by tag, label or annotation."),
    "location": ref("location"),
    "bound": flag("Whether somebody can use what it holds."),
    "external": flag("Whether it is defined outside the tree."),
}
REVISION = {
    "type": "object",
    "description": "A revision: label, kind (git, folder, plan), commit.",
    "properties": {
        "label": {"type": "string"},
        "kind": {"enum": ["git", "folder", "plan"]},
        "commit": {"type": "string"},
    },
    "required": ["label", "kind"],
    "additionalProperties": False,
}


def numbers(**fields: str) -> Schema:
    return {name: number(description) for name, description in fields.items()}


REVIEW = row(
    "What a change does to every non-human identity.",
    {
        "schema": {"const": "nhilint.review/1"},
        "base": REVISION,
        "head": REVISION,
        "verdict": {"enum": ["pass", "blocked", "undecided"]},
        "summary": row(
            "Counts.",
            {
                **numbers(
                    identities_changed="Identities with a change.",
                    unchanged_identities="The others.",
                    permissions_gained="Entries gained.",
                    permissions_lost="Entries lost.",
                    trust_gained="Trust entries gained.",
                    trust_lost="Trust entries lost.",
                    reach_gained="Identities that reach something they did not, new ones included.",
                    reach_lost="Identities that no longer reach something, removed ones included.",
                    blocking="New findings that block.",
                    unresolved="Places of head that could not be judged.",
                    unresolved_new="Those that the base does not have, or whose file changed.",
                    undecided="Reasons why a comparison could not be decided.",
                ),
                "risk": {"enum": list(scale().bands), "description": "The highest band of all identities."},
                "refactor": flag("Nothing changed, as far as permissions go."),
            },
        ),
        "identities": many(
            row(
                "An identity that changed.",
                {
                    **HEAD,
                    "status": {"enum": ["added", "removed", "changed", "renamed"]},
                    "former_name": maybe("Name in base when renamed."),
                    "risk": {**ref("risk"), "description": "Of everything it gained."},
                    "gained": many(ref("entry"), "Effective permissions of head that base does not give."),
                    "lost": many(ref("entry"), "Effective permissions of base that head does not give."),
                    "trust_gained": many(ref("trust"), "Who may become it now."),
                    "trust_lost": many(ref("trust"), "Who no longer may."),
                    "catalog": ref("catalog"),
                    "reach": {
                        "anyOf": [ref("reach"), {"type": "null"}],
                        "description": "What it can become, and what that gives; null where no paths were looked for.",
                    },
                    "unresolved": many(ref("unresolved"), "What could not be read about it."),
                    "undecided": STRINGS,
                    "notes": STRINGS,
                },
            ),
            "Worst first.",
        ),
        "paths": row("Ways to more power.", {"gained": many(ref("path"), "New."), "lost": many(ref("path"), "Gone.")}),
        "graph": ref("graph"),
        "findings": row(
            "What the rules say.",
            {
                "new": many(ref("finding"), "In head and not in base."),
                "fixed": many(ref("finding"), "In base and not in head."),
                "unchanged": number("In both."),
            },
        ),
        "unresolved": many(ref("unresolved"), "Everything in head that could not be judged."),
        "assumed": many(ref("assumed"), "What the answer rests on and the tree does not say."),
        "readings": many(
            row("An address of base read as one of head.", {"base": text("Base."), "head": text("Head.")}),
            "Moves that nobody declared.",
        ),
        "files_changed": number("Files nhilint reads that differ."),
    },
    optional=("files_changed",),
)
CHECK = row(
    "The state of a tree.",
    {
        "schema": {"const": "nhilint.check/1"},
        "tree": REVISION,
        "verdict": {"enum": ["pass", "blocked"]},
        "summary": row(
            "Counts.",
            numbers(
                identities="Identities.",
                grants="Grants.",
                findings="Findings.",
                blocking="Findings that block.",
                unresolved="Places that could not be judged.",
                blocks="Blocks that can bear permission.",
            ),
        ),
        "identities": many(
            row(
                "An identity.",
                {
                    **HEAD,
                    "grants": many(
                        row(
                            "Permissions attached to it.",
                            {
                                "key": text("Key."),
                                "name": text("Name."),
                                "layer": {"enum": ["identity", "boundary", "resource"]},
                                "inert": maybe("Why it gives nothing."),
                                "location": ref("location"),
                                "statements": many(ref("statement"), "Statements."),
                            },
                        ),
                        "Grants.",
                    ),
                    "trust": many(ref("statement"), "Trust statements."),
                    "catalog": ref("catalog"),
                    "credentials": many(ref("credential"), "Static credentials."),
                    "consumers": many(row("A workload.", {"kind": text("Kind."), "name": text("Name.")}), "Workloads."),
                    "reach": {
                        "anyOf": [ref("radius"), {"type": "null"}],
                        "description": "What it gets to; null where no paths were looked for.",
                    },
                    "unresolved": many(ref("unresolved"), "What could not be read about it."),
                },
            ),
            "In key order.",
        ),
        "paths": many(ref("path"), "Ways to more power."),
        "graph": ref("graph"),
        "findings": many(ref("finding"), "Most severe first."),
        "unresolved": many(ref("unresolved"), "Everything that could not be judged."),
        "assumed": many(ref("assumed"), "What the answer rests on and the tree does not say."),
    },
)
INVENTORY = row(
    "Every identity of a tree.",
    {
        "schema": {"const": "nhilint.inventory/1"},
        "tree": REVISION,
        "summary": row(
            "Counts.",
            numbers(
                identities="Identities.",
                without_owner="Without an owner.",
                without_expiry="Without an expiry.",
                with_static_credentials="With static credentials.",
                unresolved="Places that could not be judged.",
            ),
        ),
        "identities": many(
            row(
                "An identity.",
                {
                    **HEAD,
                    "purpose": maybe("Purpose."),
                    "expires": maybe("Expiry."),
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "credentials": many(ref("credential"), "Static credentials."),
                    "trusted": many(ref("statement"), "Trust statements."),
                    "consumers": many(ref("credential"), "Workloads that run as it."),
                    "grants": number("Grants it holds."),
                    "catalog": row(
                        "Verdict.",
                        {
                            "verdict": text("Verdict."),
                            "role": maybe("The first of the roles."),
                            "roles": many({"type": "string"}, "All that cover it together, or the nearest."),
                        },
                    ),
                },
            ),
            "In key order.",
        ),
    },
)
COMPARE = row(
    "Does the candidate stay inside the reference?",
    {
        "schema": {"const": "nhilint.compare/1"},
        "platform": PLATFORM,
        "kind": {"enum": ["identity", "trust", "resource", "role"], "description": "What the two documents are."},
        "verdict": {"enum": ["covered", "exceeds", "undecided"]},
        "relation": {
            "enum": ["equivalent", "narrower", "wider", "overlapping", "disjoint", "undecided"],
            "description": "Of the candidate to the reference.",
        },
        "tiers": row(
            "The verdict, apart for the actions that are known or named and for those that may be added later.",
            {
                "known": {"enum": ["covered", "exceeds", "undecided"]},
                "future": {"enum": ["covered", "exceeds", "undecided"]},
            },
        ),
        "data_date": text("The day the known actions stand for; empty where there is no such list."),
        "residue": {
            "type": "array",
            "items": {"anyOf": [ref("entry"), ref("trust")]},
            "description": "What the reference does not allow; of trust policies: whom it does not let in.",
        },
        "rules": many(
            row(
                "A rule as it stands in a role.",
                dict.fromkeys(("apiGroups", "resources", "resourceNames", "nonResourceURLs", "verbs"), STRINGS),
                optional=("apiGroups", "resources", "resourceNames", "nonResourceURLs"),
            ),
            "Of Kubernetes roles: the residue as the fewest rules that mean the same. Empty for other documents.",
        ),
        "policy": {
            "type": ["object", "null"],
            "description": "What an identity may do more, as a policy of AWS; null where it has no written form.",
        },
        "policy_unsaid": {
            **STRINGS,
            "description": "Action patterns: what is added to them later is residue, and the policy does not name it.",
        },
        "reasons": many(
            row(
                "Why a part could not be decided.",
                {"kind": {"enum": list(get_args(ReasonKind))}, "text": text("A sentence without a full stop.")},
            ),
            "Empty when everything was decided.",
        ),
    },
)
CAN = row(
    "May an identity do something?",
    {
        "schema": {"const": "nhilint.can/1"},
        "identity": {
            "anyOf": [row("Who, of the tree.", HEAD), {"type": "null"}],
            "description": "Null when the principal was given by its ARN.",
        },
        "principal": text("The principal asked for, or empty."),
        "request": row(
            "What.",
            {
                "action": text("Action."),
                "resource": text("Resource."),
                "context": {"type": "object", "additionalProperties": STRINGS},
            },
        ),
        "decision": {"enum": ["allowed", "implicitly-denied", "explicitly-denied", "undecided"]},
        "reason": text("What decided it, as a sentence; may be empty."),
        "assumed": {**STRINGS, "description": "What was taken for granted because nothing said otherwise."},
        "statements": many(ref("deciding"), "What decided."),
        "layers": many(
            row(
                "One layer.",
                {
                    "layer": {
                        "type": "string",
                        "pattern": "^(identity|boundary|session|resource|scp\\.[0-9]+|rcp\\.[0-9]+)$",
                        "description": "Levels of the organisation are numbered in the order given.",
                    },
                    "vote": {"enum": list(get_args(Word))},
                    "why": text("Why the vote is as it is where the word does not say it."),
                    "grants": STRINGS,
                },
            ),
            "Each layer's vote.",
        ),
        "unread": many(
            row(
                "A part of a document that could not be read.",
                {
                    "layer": text("The layer."),
                    "what": text("The part."),
                    "why": text("Why."),
                    "location": row("Where.", PLACE),
                },
            ),
            "What of the documents could not be read.",
        ),
    },
)

HOLDER = row(
    "Somebody of the tree, and the answer about him.",
    {
        **HEAD,
        "tier0": flag("Whether it can change identity or production state."),
        "request": row(
            "What was asked; of a pattern, one resource in it.", {"action": text("Action."), "resource": text("One.")}
        ),
        "reason": text("What decided it, as a sentence; may be empty."),
        "assumed": {**STRINGS, "description": "What was taken for granted because nothing said otherwise."},
        "statements": many(ref("deciding"), "What decided."),
    },
)
WHO_CAN = row(
    "Who may do something, and who can become one who may?",
    {
        "schema": {"const": "nhilint.who-can/1"},
        "platform": PLATFORM,
        "request": row(
            "What.",
            {
                "action": text("Action."),
                "resource": text("Resource, or a pattern of resources: one of them is enough."),
                "context": {"type": "object", "additionalProperties": STRINGS},
            },
        ),
        "summary": row(
            "Counts.",
            numbers(
                holders="Identities that are allowed.",
                indirect="Others that can become one of them, or administrator.",
                undecided="Identities of which it is not known.",
                unbound="Holders of such permissions whom nobody is bound to.",
                unresolved="Places that could not be judged and may belong to anybody.",
            ),
        ),
        "everybody": flag("Whether somebody without a credential may do it."),
        "assumed": {**STRINGS, "description": "What was taken for granted about the question."},
        "holders": many(HOLDER, "In key order."),
        "indirect": many(
            row(
                "Somebody who gets there over others.",
                {
                    **NODE,
                    "to": text("Key of the holder or goal that the way leads to."),
                    "certain": flag("Whether no step hangs on something that is not known."),
                    "steps": many(ref("edge"), "In order."),
                },
            ),
            "Over certain steps first, then shortest first.",
        ),
        "undecided": many(HOLDER, "In key order."),
        "unbound": many(HOLDER, "In key order."),
        "truncated": maybe("Why the search for escalations stopped at its bound; null: it did not."),
    },
)
END = row("Who was asked about.", {"asked": text("The word."), "nodes": many(ref("node"), "The nodes it stands for.")})
PATH = row(
    "How does one get from one node to another?",
    {
        "schema": {"const": "nhilint.path/1"},
        "from": END,
        "to": END,
        "found": flag("Whether there is a path."),
        "paths": many(ref("path"), "Shortest first; as many as were asked for."),
        "nodes": many(ref("node"), "The nodes of the paths."),
        "unresolved": number("Places of the tree that could not be judged."),
        "truncated": maybe("Why the search for escalations stopped at its bound; null: it did not."),
    },
)
GRAPH = row(
    "The access graph, or a part of it.",
    {
        "schema": {"const": "nhilint.graph/1"},
        "tree": REVISION,
        "around": {**STRINGS, "description": "The nodes it was asked for around; empty: all of it."},
        "depth": {"type": ["integer", "null"], "minimum": 1, "description": "How many steps from them; null: all."},
        "summary": row(
            "Counts.",
            numbers(
                nodes="Nodes.",
                edges="Edges.",
                tier0="Nodes of tier 0, goals included.",
                unresolved="Places of the tree that could not be judged.",
            ),
        ),
        "truncated": maybe("Why the search for escalations stopped at its bound; null: it did not."),
        "nodes": many(ref("node"), "In key order."),
        "edges": many(ref("edge"), "By source, target, kind and reason."),
    },
)

CATALOG_LINT = row(
    "What is wrong with the files of a catalog.",
    {
        "schema": {"const": "nhilint.catalog-lint/1"},
        "own": flag("Whether it is the tree's own catalog, not the starter."),
        **numbers(
            files="Files.",
            roles="Roles.",
            exceptions="Exceptions.",
            tests="Tests.",
            errors="Errors.",
            warnings="Warnings.",
        ),
        "inside": many(
            row("A role of which all is in another.", {"role": text("Its id."), "of": text("Id of the other.")}),
            "No mistake: a narrower role is a good one.",
        ),
        "problems": many(
            row(
                "One mistake.",
                {
                    "code": text("Its kind, in stable words: `unknown-action`.", pattern="^[a-z0-9-]*$"),
                    "severity": {"enum": ["error", "warning"]},
                    "message": text("A sentence without a full stop."),
                    "help": maybe("What to do."),
                    "location": row("Where.", {**PLACE, "column": number("First column, from 1.")}),
                    "line": maybe("The line of the file; null where it could not be read."),
                },
            ),
            "By file and place.",
        ),
    },
)
_GOT = ["allowed", "denied", "undecided", "not-run"]
CATALOG_TEST = row(
    "What came of the tests that roles carry.",
    {
        "schema": {"const": "nhilint.catalog-test/1"},
        "own": flag("Whether it is the tree's own catalog, not the starter."),
        **numbers(roles="Roles.", passed="Tests that passed.", failed="Tests that did not."),
        "without_tests": {**STRINGS, "description": "Ids of roles that have none."},
        "tests": many(
            row(
                "One test.",
                {
                    "role": text("Id of the role."),
                    "kind": {"enum": ["request", "caller"]},
                    "what": text("The request or the caller, for people."),
                    "with": {"type": "object", "additionalProperties": STRINGS},
                    "expected": {"enum": _GOT},
                    "got": {"enum": _GOT},
                    "passed": flag("Whether it is as expected."),
                    "why": maybe("What the test shows; of one that failed, why it did, where there is more to say."),
                    "location": ref("location"),
                },
            ),
            "By role, as in the files.",
        ),
    },
)


NAMED: dict[str, Shape] = {
    "conditions": CONDITIONS,
    "caller": CALLER,
    **{f"statement-{platform}": STATEMENTS[platform] for platform in CATALOG_PLATFORMS},
    **{f"request-{platform}": REQUESTS[platform] for platform in CATALOG_PLATFORMS},
}
"""Forms that stand in several places."""


def shaped(shape: Shape) -> Schema:
    """A form of the catalog's files as a schema; what stands in several places is written once."""
    for name, form in NAMED.items():
        if shape is form:
            return ref(name)
    return spelled(shape)


def spelled(shape: Shape) -> Schema:
    """The same, written out."""
    match shape:
        case Text(values=(only,)):
            return {"const": only, "description": shape.about}
        case Text():
            # A number stands for its text where it can not be mistaken.
            kind: Schema = {"type": "string" if shape.pattern or shape.values else ["string", "integer", "number"]}
            kind |= {"minLength": 1} if not (shape.pattern or shape.values) else {}
            kind |= {"pattern": f"^({shape.pattern})$"} if shape.pattern else {}
            return {**kind, "description": shape.about, **({"enum": list(shape.values)} if shape.values else {})}
        case Day():
            day = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
            return {"type": "string", "format": "date", "pattern": day, "description": shape.about}
        case Time():
            return {"type": "string", "pattern": f"^({time_pattern(shape).pattern})$", "description": shape.about}
        case Flag():
            return flag(shape.about)
        case Words():
            word: Schema = {"type": ["string", "integer", "number", *(["boolean"] if shape.scalars else [])]}
            word |= {} if shape.empty else {"minLength": 1}
            both = [word, {"type": "array", "items": word, "minItems": 1}]
            return {"anyOf": both, "description": shape.about}
        case Table():
            more: Schema = {"propertyNames": {"pattern": f"^({shape.keys.pattern})$"}} if shape.keys else {}
            values = {"additionalProperties": shaped(shape.values), "minProperties": 1}
            return {"type": "object", "description": shape.about, **values, **more}
        case Rows():
            return {"type": "array", "description": shape.about, "items": shaped(shape.item), "minItems": 1}
        case One():
            choices = {name: shaped(inner) for name, inner in shape.choices.items()}
            one = row(shape.about, choices, optional=tuple(choices))
            return {**one, "minProperties": 1, "maxProperties": 1}
        case Either():
            return {"anyOf": [shaped(shape.words), shaped(shape.group)], "description": shape.about}
        case ByPlatform():
            return {"type": shape.type, "description": shape.about}
        case Group():
            fields = {name: shaped(inner) for name, inner in shape.fields.items()}
            group = row(shape.about, fields, optional=tuple(fields.keys() - set(shape.required)))
            if shape.any_of:
                group["anyOf"] = [{"required": [name]} for name in shape.any_of]
            if shape.apart:
                group["not"] = {"required": list(shape.apart)}
            return group


DEFS |= {name: spelled(form) for name, form in NAMED.items()}


def file_schema(form: Group, tell: Callable[[str], Schema]) -> Schema:
    """A file of the catalog: what depends on its platform is said for each, so that editors offer the right fields."""
    parts = {name: part for name, part in form.fields.items() if isinstance(part, ByPlatform)}
    branches = [
        {
            "if": tell(platform),
            "then": {"properties": {name: shaped(part.shapes[platform]) for name, part in parts.items()}},
        }
        for platform in CATALOG_PLATFORMS
    ]
    return {**shaped(form), "allOf": branches}


def role_schema() -> Schema:
    """Besides its form: when the terms of break-glass have to be there."""

    def having(**fields: str) -> Schema:
        return {"properties": {name: {"const": word} for name, word in fields.items()}, "required": list(fields)}

    schema = file_schema(ROLE, lambda platform: having(platform=platform))
    bounded = {"properties": {"constraints": {"required": ["max_session"]}}, "required": ["constraints"]}
    emergency = having(access="break-glass")
    schema["allOf"] += [
        {"if": emergency, "then": {"required": ["break_glass"]}},
        {"if": having(access="break-glass", platform="aws"), "then": bounded},
        {
            "if": {"properties": {"access": {"enum": ["read", "write"]}}, "required": ["access"]},
            "then": {"not": {"required": ["break_glass"]}},
        },
    ]
    return schema


def exception_schema() -> Schema:
    """The identity's key says the platform."""
    return file_schema(
        EXCEPTION,
        lambda platform: {
            "properties": {"identity": {"type": "string", "pattern": f"^{platform}:"}},
            "required": ["identity"],
        },
    )


def used(schema: Any, found: set[str]) -> set[str]:
    """The names of all definitions a schema leads to."""
    if isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in found:
            found.add(name)
            used(DEFS[name], found)
        for value in schema.values():
            used(value, found)
    elif isinstance(schema, list):
        for value in schema:
            used(value, found)
    return found


def write(path: Path, title: str, schema: Schema) -> None:
    names = used(schema, set())
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}
    if names:
        whole["$defs"] = {name: DEFS[name] for name in sorted(names)}
    path.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    import schemas_catalog_changes as changes  # they use the words of this module
    import schemas_catalog_drafts as drafts

    DEFS.update(changes.DEFINITIONS)
    REVIEW["properties"]["catalog_change"] = changes.CATALOG_CHANGE
    folder = HERE / "engine" / "schemas"
    folder.mkdir(exist_ok=True)
    for name, schema in (
        ("review", REVIEW),
        ("check", CHECK),
        ("inventory", INVENTORY),
        ("compare", COMPARE),
        ("can", CAN),
        ("who-can", WHO_CAN),
        ("path", PATH),
        ("graph", GRAPH),
        ("catalog-lint", CATALOG_LINT),
        ("catalog-test", CATALOG_TEST),
        *changes.OUTPUTS,
        *drafts.OUTPUTS,
    ):
        write(folder / f"{name}.schema.json", f"nhilint.{name}/1", schema)
    write(HERE / "catalog" / "role.schema.json", "nhilint role", role_schema())
    write(HERE / "catalog" / "exception.schema.json", "nhilint exception", exception_schema())


if __name__ == "__main__":
    main()
