"""A policy of an organisation is reviewed as what it leaves to those whom other policies allow."""

from __future__ import annotations

import json
from typing import Any

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, analyze, review
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

OPTIONS = Options(today="2026-11-25", catalog_required=False, paths=False)
DENY = {"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"}
EXCEPT = {**DENY, "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}}
ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def side(*statements: dict[str, Any]) -> Any:
    policy = {"name": "guard", "content": json.dumps({"Version": "2012-10-17", "Statement": statements})}
    blocks = {"aws_organizations_policy": {"p": policy}} if statements else {}
    loaded = load(MemoryTree({"main.tf.json": json.dumps({"resource": blocks})}), LoadOptions())
    return analyze(loaded.documents, unresolved=loaded.unresolved, catalog=EMPTY_CATALOG, options=OPTIONS)


def changed(base: list[dict[str, Any]], head: list[dict[str, Any]]) -> tuple[list[Any], list[Any], list[str]]:
    value = review(side(*base), side(*head), base_info={}, head_info={}, options=OPTIONS)
    rows = value["identities"]
    assert [row["name"] for row in rows] in ([], ["service control policy guard"])
    gained, lost = ([e["actions"] for row in rows for e in row[word]] for word in ("gained", "lost"))
    return gained, lost, [part["text"] for row in rows for part in row["risk"]["parts"]]


def test_a_deny_that_goes_is_a_gain_and_one_that_comes_a_loss() -> None:
    gained, lost, risk = changed([DENY], [])
    assert (gained, lost) == ([["cloudtrail:StopLogging"]], [])
    assert any("cloudtrail:StopLogging" in text for text in risk)
    assert changed([], [DENY])[:2] == ([], [["cloudtrail:StopLogging"]])


def test_an_exception_is_a_gain_for_whom_it_spares() -> None:
    assert changed([DENY], [EXCEPT])[:2] == ([["cloudtrail:StopLogging"]], [])


def test_a_longer_list_of_what_is_allowed_is_a_gain() -> None:
    gained, lost, _ = changed([ALLOW], [ALLOW, {**ALLOW, "Action": "sqs:*"}])
    assert (gained, lost) == ([["sqs:*"]], [])


def test_a_deny_under_conditions_says_them() -> None:
    value = review(side(), side(EXCEPT), base_info={}, head_info={}, options=OPTIONS)
    ((entry,),) = [row["lost"] for row in value["identities"]]
    assert entry["why"] == "head denies it (main.tf.json:1 where aws:principalaccount StringNotEquals 111122223333)"
