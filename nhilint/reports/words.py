"""Phrases that every report uses for the rows of the outputs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

KINDS = {
    "iam_role": "role",
    "iam_user": "user",
    "iam_group": "group",
    "iam_policy": "managed policy",
    "permission_set": "permission set",
    "permission-set": "permission set",
    "module_call": "module call",
    "service_account": "service account",
    "kubernetes_user": "user",
    "kubernetes_group": "group",
    "workflow_job": "job",
    "gcp_service_account": "Google service account",
    "gcp_principal_set": "Google workload identity pool",
    "azure_application": "Azure application",
    "vault_role": "Vault role",
    "deploy_key": "deploy key",
    "cluster_role": "ClusterRole",
    "role": "Role",
    "anyone": "principal",
    "resource_policy": "limit",
    "organization_policy": "limit",
    "account": "account",
    "service": "AWS service",
    "oidc_provider": "OIDC provider",
    "saml_provider": "SAML provider",
    "service_linked_role": "service-linked role",
}
LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")
MARKS = {"added": "+", "removed": "-", "changed": "~", "renamed": "→"}
_SHOWN_VALUES = 4
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9./_-]*")
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_SHOWN_ACTIONS = 8
_SHOWN_RESOURCES = 4


def count(number: int, word: str, plural: str = "") -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} {word if number == 1 else plural or word + 's'}"


def kind(row: Row) -> str:
    """What people call this kind of identity."""
    return KINDS.get(row["kind"], str(row["kind"]))


def name(row: Row) -> str:
    """The identity's name, with the folder behind it where two have the same."""
    realm = row.get("realm")
    return f"{row['name']} [{realm}]" if realm else str(row["name"])


def place(location: Row) -> str:
    """`path:line`."""
    return f"{location['path']}:{location['line']}"


_RELATIONS = {
    "equivalent": "the two allow the same",
    "narrower": "the candidate allows less than the reference, and nothing else",
    "wider": "the candidate allows all that the reference allows, and more",
    "overlapping": "each allows something that the other does not",
    "disjoint": "the two have nothing in common",
}


def comparison(value: Row) -> str:
    """How the candidate of `nhilint.compare/1` lies to its reference, as a sentence."""
    fallback = {
        "covered": "the candidate stays inside the reference",
        "exceeds": "the candidate allows something that the reference does not",
        "undecided": "it could not be decided",
    }[value["verdict"]]
    sentence = fallback if value["verdict"] == "undecided" else _RELATIONS.get(value["relation"], fallback)
    if value["verdict"] == "exceeds" and value["tiers"]["known"] == "covered":
        sentence += (
            f"; for the actions known on {value['data_date']} it stays inside, for actions added later it does not"
        )
    return sentence


def actions(entry: Row) -> str:
    """The actions, shortened when there are many."""
    spared = entry.get("except")
    return _some(entry["actions"], _SHOWN_ACTIONS) + (f" except {_some(spared, _SHOWN_ACTIONS)}" if spared else "")


def target(entry: Row) -> str:
    """Resources with names and namespaces: `secrets =a in prod`."""
    resources = _some(entry["resources"], _SHOWN_RESOURCES)
    if entry.get("except_resources"):
        resources += f" except {_some(entry['except_resources'], _SHOWN_RESOURCES)}"
    if entry.get("names") == [""] and entry["namespaces"] != [""]:
        resources += " without a name"
    elif entry.get("names") and entry["names"] != [""]:
        resources += f" named {_some(entry['names'], _SHOWN_RESOURCES)}"
    if "namespaces" in entry:
        spaces = entry["namespaces"]
        if not spaces:
            resources += " in every namespace"
        elif spaces != [""]:
            resources += f" in namespace {_some(spaces, _SHOWN_RESOURCES)}"
    return resources


def clauses(rows: Sequence[Row]) -> str:
    """Conditions in one line; empty when there are none."""
    return " and ".join(f"{row['key']} {row['operator']} {_some(row['values'], 3)}" for row in rows)


def level(entry: Row) -> str:
    """The worst access level; `Unknown` when the data does not know the actions."""
    levels = entry["access_levels"]
    return str(levels[0]) if levels else "Unknown level"


def worst(entries: Sequence[Row]) -> str:
    """The worst level of several entries."""
    found = {level for entry in entries for level in entry["access_levels"]}
    return next((level for level in LEVELS if level in found), "Unknown level")


def witness(entry: Row) -> str:
    """One concrete request."""
    row = entry["witness"]
    context = ", ".join(f"{key}={'/'.join(values)}" for key, values in row.get("context", {}).items())
    subject = row.get("resource") or row.get("subject") or ""
    return f"{row['action']} on {subject}" + (f" with {context}" if context else "")


_SHOWN_PARTS = 3


def risk(row: Row) -> list[str]:
    """The parts that make the band, the first few; empty where nothing was gained."""
    worst = [part for part in row["parts"] if part["band"] == row["band"]]
    # What actions of a level are is already in their class.
    said = [part["text"] for part in worst if part["kind"] != "level"] or [part["text"] for part in worst]
    more = len(said) - _SHOWN_PARTS
    return said[:_SHOWN_PARTS] + ([f"and {more} more"] if more > 0 else [])


def classes(entry: Row) -> str:
    """The classes of power of an entry, in words."""
    return ", ".join(str(name).replace("-", " ") for name in entry["sensitive"])


def grant(entry: Row) -> str:
    """`s3:PutObject on arn…, if …`, with what limits it."""
    text = f"{actions(entry)} on {target(entry)}"
    limits = clauses(entry["conditions"])
    if limits:
        text += f", if {limits}"
    if entry["may"]:
        text += f" (only if {' and '.join(entry['may'])})"
    return text


def rule(row: Row) -> list[str]:
    """A rule of a Kubernetes role as lines of YAML."""
    fields = [f"{key}: [{', '.join(map(_scalar, values))}]" for key, values in row.items()]
    return [f"{'- ' if number == 0 else '  '}{field}" for number, field in enumerate(fields)]


def _scalar(value: str) -> str:
    """Plain where YAML can not read it as anything else than this string."""
    return value if _PLAIN.fullmatch(value) and value.lower() not in _TAKEN else json.dumps(value)


def trust(entry: Row) -> str:
    """Who may become it, on what claims."""
    limits = clauses(entry["claims"])
    return f"{entry['subject']} by {_some(entry['actions'], 3)}" + (f", if {limits}" if limits else "")


def catalog(row: Row) -> str:
    """The verdict of the catalog in words."""
    match row["verdict"]:
        case "covered" if row["roles"] or row["exceptions"]:
            parts = [_role(one) for one in row["roles"]] + [f"the exception {id}" for id in row["exceptions"]]
            listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
            return f"covered by {listed}" + (" together" if len(parts) > 1 else "")
        case "nothing-held":
            return "holds nothing"
        case _:
            return str(row["sentence"]) or str(row["verdict"])


def _role(row: Row) -> str:
    """A role with its values; of many values the first ones."""
    bindings = ", ".join(f"{name} = {_values(values)}" for name, values in row["bindings"].items())
    return f"{row['role']} ({bindings})" if bindings else str(row["role"])


def _values(values: Sequence[str]) -> str:
    shown = "/".join(values[:_SHOWN_VALUES])
    return shown if len(values) <= _SHOWN_VALUES else f"{shown} and {len(values) - _SHOWN_VALUES} more"


def suppression(finding: Row) -> str:
    """Why a finding does not block although it is severe enough, or that somebody asks for that."""
    if finding.get("asked"):
        return f"this change asks to ignore it, which counts once it is merged: {finding['asked']}"
    return f"suppressed: {finding['suppressed']}" if finding.get("suppressed") else ""


def headline(review: Row) -> str:
    """The verdict as a sentence."""
    summary = review["summary"]
    if summary["blocking"]:
        return f"Blocked: {count(summary['blocking'], 'finding')} must be resolved"
    if not review["identities"]:
        files = review.get("files_changed")
        if summary.get("unresolved_new"):
            return (
                "No permission changed as far as could be read; "
                f"{count(summary['unresolved_new'], 'new or changed place')} could not be judged"
            )
        if "catalog_change" in review:
            return "No permission changed; the change edits what judges them"
        if files:
            return f"No permission changed: {count(files, 'file')} changed, a refactor as far as permissions go"
        return "No permission changed"
    if review["verdict"] == "undecided":
        return "Undecided: a part of the change could not be judged"
    if not (summary["permissions_gained"] or summary["trust_gained"] or summary["reach_gained"]):
        return "Nobody gains anything"
    return f"{count(summary['identities_changed'], 'identity', 'identities')} changed, nothing blocks"


def by_reason(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Each reason once, with the places and names it holds for, the first two of them."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row["why"]), []).append(row)
    found = []
    for why, members in groups.items():
        shown = [f"{place(row['location'])} {row['what']}" for row in members[:2]]
        more = f" and {len(members) - 2} more" if len(members) > 2 else ""
        found.append((why, ", ".join(shown) + more))
    return found


def counts(review: Row) -> str:
    """One line of numbers."""
    summary = review["summary"]
    parts = [
        count(summary["identities_changed"], "identity", "identities") + " changed",
        f"{summary['permissions_gained']} gained",
        f"{summary['permissions_lost']} lost",
    ]
    if summary["trust_gained"] or summary["trust_lost"]:
        parts.append(f"trust +{summary['trust_gained']} -{summary['trust_lost']}")
    if summary["reach_gained"] or summary["reach_lost"]:
        parts.append(f"reach +{summary['reach_gained']} -{summary['reach_lost']}")
    if summary["risk"] != "none":
        parts.append(f"risk {summary['risk']}")
    unresolved = f"{summary['unresolved']} unresolved"
    if summary.get("unresolved_new"):
        unresolved += f" ({summary['unresolved_new']} new or changed)"
    return " · ".join([*parts, unresolved])


def _some(values: Sequence[str], limit: int) -> str:
    shown = ", ".join(str(value) or "''" for value in values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit} more"
