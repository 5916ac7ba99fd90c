"""The naive evaluator of AWS's layers: one question as a dict of raw policies; shares nothing with `nhilint`.

Vendor's pages: IAM User Guide, "Policy evaluation logic" (single account, cross-account), "Permissions boundaries for
IAM entities", "Policies and permissions: session policies", "AWS JSON policy elements: Principal / NotPrincipal"; KMS
Developer Guide, "Key policies"; Organizations User Guide, "Service control policies", "Resource control policies".
"""

from __future__ import annotations

import re

from tests.spec.aws import as_list, speaks


def caller(arn):
    """What stands for the caller in a principal element: itself, its role (of a session), its account."""
    account = arn.split(":")[4]
    session = re.fullmatch(r"arn:aws:sts::\d+:assumed-role/([^/]+)/.+", arn)
    role = f"arn:aws:iam::{account}:role/{session[1]}" if session else arn if ":role/" in arn else None
    return {"self": None if arn == role else arn, "role": role, "root": f"arn:aws:iam::{account}:root"}, account


def listed(element, arn):
    """Which of the caller's names an element lists: a subset of self, role, root."""
    names, account = caller(arn)
    if element == "*":
        return {"self"}
    found = as_list(element.get("AWS", []))
    if "*" in found:
        return {"self"}
    return {word for word, name in names.items() if name and (name in found or (word == "root" and account in found))}


def named(statement, arn, bounded=False):
    """Whom the statement names of the caller: `self`, `role`, `root` or nobody (None); `unsure` for a NotPrincipal.

    A deny with NotPrincipal spares nobody who has a permissions boundary.
    """
    if "Principal" in statement:
        found = listed(statement["Principal"], arn)
        return next((word for word in ("self", "role", "root") if word in found), None)
    if bounded and statement["Effect"] == "Deny":
        return "self"
    names, _ = caller(arn)
    there = listed(statement["NotPrincipal"], arn)
    if statement["NotPrincipal"] == "*" or {word for word, name in names.items() if name} <= there:
        return None
    return "unsure" if there else "self"


def votes(policies, question):
    """The effects of all statements that speak about the request."""
    found = []
    for policy in policies:
        new = policy.get("Version") == "2012-10-17"
        for statement in as_list(policy["Statement"]):
            statement = statement if {"Resource", "NotResource"} & statement.keys() else {**statement, "Resource": "*"}
            if speaks(statement, question["action"], question["resource"], question["context"], new):
                found.append(statement)
    return found


def allows(policies, question):
    """Whether an allow speaks."""
    return any(statement["Effect"] == "Allow" for statement in votes(policies, question))


def decide(question, *, session_limits=False):
    """`allowed`, `implicitly-denied`, `explicitly-denied`, or `undecided` (a NotPrincipal lists the caller in part).

    `session_limits`: a session policy also limits what a resource policy grants to the session itself.
    """
    arn = question["principal"]
    names, own = caller(arn)
    question = {**question, "context": {**_facts(question, names, own), **question["context"]}}
    boundary = as_list(question["boundary"]) if "boundary" in question else None
    session = as_list(question["session_policy"]) if "session_policy" in question else None
    resource = votes(as_list(question.get("resource_policy", [])), question)
    denies = [
        statement
        for layer in (question["identity_policies"], boundary or (), session or (), *question.get("scps", ()))
        for statement in votes(layer, question)
        if statement["Effect"] == "Deny"
    ]
    denies += [s for level in question.get("rcps", ()) for s in votes(level, question)]
    bounded = boundary is not None
    of_resource = [named(statement, arn, bounded) for statement in resource if statement["Effect"] == "Deny"]
    if denies or {"self", "role", "root"} & set(of_resource):
        return "explicitly-denied"
    grants = {named(statement, arn) for statement in resource if statement["Effect"] == "Allow"}
    identity = allows(question["identity_policies"], question)
    in_boundary = boundary is None or allows(boundary, question)
    in_session = session is None or allows(session, question)
    mine = identity and in_boundary and in_session
    direct = ("self" in grants and (in_session or not session_limits)) or (
        "role" in grants and in_boundary and in_session
    )
    if own != question["resource_account"]:
        allowed = mine and bool(grants & {"self", "role", "root"})
    elif question["action"].startswith(("kms:", "sts:")):
        allowed = direct or (mine and "root" in grants)
    else:
        allowed = direct or mine
    allowed = allowed and all(allows(level, question) for level in question.get("scps", ()))
    if not allowed:
        return "implicitly-denied"
    return "undecided" if "unsure" in of_resource else "allowed"


def _facts(question, names, account):
    """What the principal and the resource say of the context by themselves."""
    arn = question["principal"]
    kind = "User" if ":user/" in arn else "AssumedRole"
    found = {
        "aws:PrincipalAccount": [account],
        "aws:PrincipalArn": [names["role"] or arn],
        "aws:PrincipalType": [kind],
        "aws:ResourceAccount": [question["resource_account"]],
    }
    return {**found, "aws:username": [arn.rpartition("/")[2]]} if kind == "User" else found
