"""Where the other engine reads AWS differently: each reading rewrites the question, and a vendor's page decides.

A disagreement counts as explained only when the naive evaluator, asked the rewritten question, gives the other engine's
answer; a reading is never an excuse by its mere presence.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from tests.spec import aws, aws_layers

Question = dict[str, Any]
VARIABLES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"
RESOURCES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"
NOT_PRINCIPAL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"
VERSION = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"
OPERATORS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
SESSIONS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session"


class Reading(NamedTuple):
    """One deviation."""

    name: str
    page: str
    """The vendor's page that decides it."""
    why: str
    rewrite: Callable[[Question], Question]


def statements(question: Question) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every policy with each of its statements."""
    levels = [policy for name in ("scps", "rcps") for level in question.get(name, ()) for policy in level]
    single = [question[name] for name in ("boundary", "session_policy", "resource_policy") if name in question]
    for policy in (*question["identity_policies"], *single, *levels):
        for row in policy["Statement"]:
            yield policy, row


def _context(question: Question) -> dict[str, list[str]]:
    names, account = aws_layers.caller(question["principal"])
    found = {**aws_layers._facts(question, names, account), **question["context"]}
    return {key.lower(): values for key, values in found.items()}


def _null(text: str, question: Question, policy: dict[str, Any]) -> bool:
    """Whether the text has a variable without a value and without a default."""
    return policy["Version"] != "2008-10-17" and aws.tokens(text, _context(question)) is None


def _dropping(matches: Callable[[Question, dict[str, Any], dict[str, Any]], bool]) -> Callable[[Question], Question]:
    """A rewriting that drops the statements of which `matches` holds."""

    def rewrite(question: Question) -> Question:
        new = copy.deepcopy(question)
        for policy, row in list(statements(new)):
            if matches(new, policy, row):
                policy["Statement"] = [other for other in policy["Statement"] if other is not row]
        return new

    return rewrite


def _null_not_resource(question: Question, policy: dict[str, Any], row: dict[str, Any]) -> bool:
    return any(_null(text, question, policy) for text in aws.as_list(row.get("NotResource", [])))


def _null_negated(question: Question, policy: dict[str, Any], row: dict[str, Any]) -> bool:
    return any(
        "Not" in operator.replace("IfExists", "") and any(_null(v, question, policy) for v in aws.as_list(values))
        for operator, keys in row.get("Condition", {}).items()
        for values in keys.values()
    )


def _other_family(question: Question, policy: dict[str, Any], row: dict[str, Any]) -> bool:
    if not any(":" in text for text in question["context"].get("aws:SourceIp", ())):
        return False
    return any(
        operator.startswith("NotIpAddress") and any("/" not in v and ":" not in v for v in aws.as_list(values))
        for operator, keys in row.get("Condition", {}).items()
        for values in keys.values()
    )


def _partly_listed(question: Question, policy: dict[str, Any], row: dict[str, Any]) -> bool:
    return "NotPrincipal" in row and aws_layers.named(row, question["principal"], "boundary" in question) == "unsure"


def _session_limited(question: Question) -> Question:
    return {**question, "session_limits": True}


def _short_star(question: Question) -> Question:
    """A pattern with fewer than six segments matches nothing."""
    new = copy.deepcopy(question)
    for _, row in statements(new):
        for element in ("Resource", "NotResource"):
            if element in row:
                texts = aws.as_list(row[element])
                row[element] = [t for t in texts if t == "*" or len(re.split(r":(?![^{}]*\})", t, maxsplit=5)) == 6]
    return new


def _old_version(question: Question) -> Question:
    """Variables mean something in version 2008-10-17 too."""
    new = copy.deepcopy(question)
    for policy, _ in statements(new):
        policy["Version"] = "2012-10-17"
    return new


def _unsplit(question: Question) -> Question:
    """A variable with a slash in its name, in a resource part without any separator before it, matches nothing."""
    new = copy.deepcopy(question)
    for _, row in statements(new):
        for element in ("Resource", "NotResource"):
            if element in row:
                texts = aws.as_list(row[element])
                row[element] = [
                    t for t in texts if not re.fullmatch(r"arn:aws:(?!s3:)[^:]*:[^:]*:[^:]*:[^/:$]*\$\{[^}]*/.*", t)
                ]
    return new


READINGS = (
    Reading("variables-in-version-2008", VERSION, "variables mean something only in version 2012-10-17", _old_version),
    Reading("variable-in-a-plain-resource-name", VARIABLES, "a variable may stand anywhere in the resource part",
            _unsplit),
    Reading("NotIpAddress-and-the-other-family", OPERATORS, "an IPv6 address is never an IPv4 one, mask or not",
            _dropping(_other_family)),
    Reading("null-variable-in-NotResource", VARIABLES, "a NotResource whose variable has no value excludes nothing",
            _dropping(_null_not_resource)),
    Reading("null-variable-under-negation", VARIABLES, "negated operators match a null value",
            _dropping(_null_negated)),
    Reading("NotPrincipal-partly-listed", NOT_PRINCIPAL, "account, role and session have to be listed, all of them",
            _dropping(_partly_listed)),
    Reading("session-policy-and-grant-to-session", SESSIONS, "a grant to the session itself is not limited by it",
            _session_limited),
    Reading("star-at-the-end-of-a-segment", RESOURCES, "it may expand beyond the colon", _short_star),
)  # fmt: skip


def asked(question: Question) -> str:
    """The naive evaluator's answer."""
    plain = {key: value for key, value in question.items() if key != "session_limits"}
    return aws_layers.decide(plain, session_limits=question.get("session_limits", False))


def explain(question: Question, answer: str) -> tuple[str, ...]:
    """The fewest readings under which the naive evaluator gives this answer; empty when there are none."""
    for size in range(1, len(READINGS) + 1):
        for chosen in combinations(READINGS, size):
            rewritten = question
            for reading in chosen:
                rewritten = reading.rewrite(rewritten)
            if asked(rewritten) == answer:
                return tuple(reading.name for reading in chosen)
    return ()
