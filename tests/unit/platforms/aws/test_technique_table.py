"""The table of known ways to more power: every row names what exists, and every path of the public catalog is in it."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

from nhilint.algebra.glob import overlaps
from nhilint.algebra.values import literal
from nhilint.data import aws
from nhilint.data.pack import open_pack
from nhilint.model.technique import Need, Technique, TechniqueError, read_techniques
from nhilint.platforms.aws.techniques import techniques as table

CATALOG = {
    "amplify": 1, "apprunner": 2, "batch": 3, "bedrock": 7, "braket": 1, "cloudformation": 5, "codebuild": 4,
    "codedeploy": 1, "cognitoidentity": 1, "datapipeline": 1, "ec2": 5, "ecs": 9, "emr": 1, "emrserverless": 1,
    "gamelift": 1, "glue": 7, "iam": 21, "imagebuilder": 1, "kinesisanalytics": 1, "lambda": 6, "omics": 1,
    "sagemaker": 5, "ssm": 3, "sts": 1,
}  # fmt: skip
"""How many paths https://pathfinding.cloud had for each service in November 2026; they are numbered from 001."""
IDS = [f"{service}-{number:03}" for service, count in CATALOG.items() for number in range(1, count + 1)]

TECHNIQUES = {technique.id: technique for technique in table()}
NEEDS = [(technique, need) for technique in table() for need in technique.needs]
WORD = re.compile(r"\{([a-z]+)\.([a-z]+)\}")
IDENTITY_WORDS = {"arn", "name", "role", "user", "group"}
UNLISTED = {"bedrock-agentcore:connectbrowserautomationstream"}
"""Actions whose resources the data lacks: the vendor's page lists `browser-custom` for it.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html
"""
TRUSTED_AS = {
    "tasks.apprunner.amazonaws.com",
    "amplify.amazonaws.com",
    "kinesisanalytics.amazonaws.com",
    "gamelift.amazonaws.com",
    "datapipeline.amazonaws.com",
}
"""Services that no managed policy of AWS names under `iam:PassedToService`, or that are only named in trust."""


@pytest.mark.parametrize("id", IDS)
def test_every_path_of_the_catalog_is_in_the_table(id: str) -> None:
    assert f"https://pathfinding.cloud/paths/{id}" in TECHNIQUES[id].references


def test_nothing_else_looks_like_a_path_of_the_catalog() -> None:
    assert {id for id in TECHNIQUES if re.fullmatch(r"[a-z0-9]+-\d{3}", id)} == set(IDS)


@pytest.mark.parametrize("technique", table(), ids=lambda technique: technique.id)
def test_every_technique_has_a_page_of_the_vendor_and_a_title_of_its_kind(technique: Technique) -> None:
    assert any(page.startswith("https://docs.aws.amazon.com/") for page in technique.references)
    assert technique.title.startswith("may ")
    assert not technique.title.endswith(".")
    about_somebody = technique.target in ("identity", "workload") or (
        technique.target == "carrier" and not technique.own
    )
    assert ("{target}" in technique.title) == about_somebody
    assert bool(technique.unbounded) == bool(technique.any_target)
    assert bool(technique.target_kinds) == (technique.target in ("identity", "workload", "carrier"))


@pytest.mark.parametrize(("technique", "need"), NEEDS, ids=lambda value: getattr(value, "id", ""))
def test_every_action_is_known_as_the_table_spells_it(technique: Technique, need: Need) -> None:
    assert all(aws.action(action) for action in need.actions)


@pytest.mark.parametrize(("technique", "need"), NEEDS, ids=lambda value: getattr(value, "id", ""))
def test_every_point_is_what_one_of_its_actions_is_asked_about(technique: Technique, need: Need) -> None:
    for action in need.actions:
        row = aws.action(action)
        assert row is not None
        forms = arns(action)
        for (point,) in need.points:
            words = WORD.findall(point)
            if words:
                assert all(fits(technique, owner, word, row.resource_types) for owner, word in words)
            elif point == literal("*"):
                assert not row.resource_types
            else:
                assert action in UNLISTED or any(overlaps(point, form) for form in forms), (action, point)


@pytest.mark.parametrize(("technique", "need"), NEEDS, ids=lambda value: getattr(value, "id", ""))
def test_every_condition_key_is_one_of_the_action_or_of_what_it_is_about(technique: Technique, need: Need) -> None:
    known = {key.lower() for action in need.actions for key in getattr(aws.action(action), "condition_keys", ())}
    assert {key for key, _ in need.context} <= known


def test_roles_are_passed_to_services_that_exist() -> None:
    passed = {
        value
        for _, need in NEEDS
        if need.actions == ("iam:passrole",)
        for key, values in need.context
        if key == "iam:passedtoservice"
        for value in values
    }
    trusted = {service for technique in table() for service in technique.accepts}
    assert len(passed) > 20
    assert passed - services_of_managed_policies() <= TRUSTED_AS
    assert trusted - passed <= TRUSTED_AS | {"elasticmapreduce.amazonaws.com"}


def test_who_passes_a_role_says_to_whom_and_the_role_must_trust_it() -> None:
    for technique, need in NEEDS:
        if need.actions == ("iam:passrole",):
            assert [key for key, _ in need.context] == ["iam:passedtoservice"], technique.id
    for technique in table():
        if any(need.actions == ("iam:passrole",) for need in technique.needs) and technique.target == "identity":
            assert technique.accepts, technique.id


def test_a_row_with_an_unknown_key_is_refused() -> None:
    row = {"id": "x", "title": "may do", "need": [{"actions": ["iam:PassRole"], "points": [["*"]]}], "yields": "a"}
    assert read_techniques([row], str.lower)
    with pytest.raises(TechniqueError, match="no `yield`"):
        read_techniques([{**row, "yield": "b"}], str.lower)
    with pytest.raises(TechniqueError, match="stands twice"):
        read_techniques([row, row], str.lower)


def arns(action: str) -> list[str]:
    """The forms of the resources of an action, with globs for their variable parts."""
    row = aws.action(action)
    assert row is not None
    forms = aws.arn_formats(action.partition(":")[0])
    return [re.sub(r"\$\{[^}]*\}", "*", form) for type in row.resource_types for form in forms[type]]


def fits(technique: Technique, owner: str, word: str, types: tuple[str, ...]) -> bool:
    """Whether a word of a point has a value for somebody, and names such a resource."""
    if owner in ("workload", "carrier"):
        return technique.target == owner
    asked = owner == "self" or technique.target in ("identity", "workload", "carrier")
    return asked and word in IDENTITY_WORDS and (word in ("arn", "name") or word in types)


@cache
def services_of_managed_policies() -> frozenset[str]:
    """The services that AWS's managed policies let a role be passed to."""
    pack = open_pack("managed.pack")
    found: set[str] = set()
    for name in pack.names():
        for row in pack.block(name).values():
            text = json.dumps(row["document"])
            for values in re.findall(r'"iam:PassedToService": (\[[^]]*\]|"[^"]*")', text, re.IGNORECASE):
                found.update(re.findall(r'"([^"]*)"', values))
    return frozenset(found)
