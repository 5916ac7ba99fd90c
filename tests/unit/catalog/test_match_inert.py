"""What gives nothing where it stands is not held: pairs of an action and a resource that no request has."""

from __future__ import annotations

from tests.unit.catalog.building import allows, covers, held, match, permit, role

BUCKET = "arn:aws:s3:::"
FILES = role(
    "files",
    permit("s3:ListBucket", BUCKET + "<bucket>"),
    permit("s3:GetObject s3:PutObject", BUCKET + "<bucket>/*"),
    parameters="bucket",
)


def test_one_statement_for_a_bucket_and_its_objects() -> None:
    found = match(held(allows("s3:ListBucket s3:GetObject s3:PutObject", f"{BUCKET}a {BUCKET}a/*")), FILES)
    assert (found.verdict, covers(found)) == ("covered", {"files": {"bucket": ("a",)}})


def test_an_action_more_is_still_too_much() -> None:
    found = match(held(allows("s3:ListBucket s3:GetObject s3:DeleteObject", f"{BUCKET}a {BUCKET}a/*")), FILES)
    assert found.verdict == "exceeds"
    assert [(part.actions, part.scopes) for part in found.residue] == [(("s3:deleteobject",), (BUCKET + "a/*",))]


def test_an_action_on_both_kinds_of_resources_is_held_on_both() -> None:
    # What is tagged may be a cluster or a service.
    ecs = "arn:aws:ecs:eu-west-1:111122223333:"
    own = held(allows("ecs:TagResource", f"{ecs}cluster/a {ecs}service/a/b"))
    narrow = role("narrow", permit("ecs:TagResource", ecs + "cluster/<name>"), parameters="name")
    assert match(own, narrow).verdict == "exceeds"


def test_a_glob_that_takes_in_an_object_is_held() -> None:
    own = held(allows("s3:ListBucket s3:GetObject", f"{BUCKET}a {BUCKET}a*"))
    assert match(own, FILES).verdict == "exceeds"


def test_an_action_that_the_data_does_not_know_is_held_everywhere() -> None:
    own = held(allows("s3:ListBucket s3:GetObject s3:NewThing", f"{BUCKET}a {BUCKET}a/*"))
    assert match(own, FILES).verdict == "exceeds"


def test_an_identity_of_which_nothing_takes_effect_is_covered() -> None:
    assert match(held(allows("s3:GetObject", BUCKET + "a")), FILES).verdict == "covered"
    assert match(held(allows("s3:GetObject", BUCKET + "a/b")), FILES).verdict == "covered"
    assert match(
        held(allows("s3:GetObject", BUCKET + "a/b")), role("other", permit("sqs:SendMessage", "*"))
    ).verdict == ("no-role")


def test_a_deny_stays_where_an_allow_is_cut() -> None:
    own = held(
        allows("s3:ListBucket s3:GetObject s3:DeleteObject", f"{BUCKET}a {BUCKET}a/*"),
        allows("s3:DeleteObject", "*", effect="deny"),
    )
    assert covers(match(own, FILES)) == {"files": {"bucket": ("a",)}}
