"""Matching, one point a test: bindings that agree, values that are not known, what is denied, which role is chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhilint.algebra.values import Scope, Statement, symbol, variable
from nhilint.catalog.model import Parameter
from tests.unit.catalog.building import (
    allows,
    cluster,
    covers,
    equals,
    held,
    match,
    matcher,
    permit,
    role,
    rules,
)
from tests.unit.catalog.callers import STS, alternative
from tests.unit.catalog.callers import permit as caller

BUCKET = "arn:aws:s3:::"
FILES = role(
    "files",
    permit("s3:ListBucket", BUCKET + "<bucket>"),
    permit("s3:GetObject s3:PutObject", BUCKET + "<bucket>/*"),
    parameters="bucket",
)
QUEUE = role("queue", permit("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:<queue>"), parameters="queue")
KEY = role("key", permit("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k"))
KEYS = allows("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k")
LIST, READ = allows("s3:ListBucket", BUCKET + "a"), allows("s3:GetObject", BUCKET + "a/*")
SEND = allows("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs")


def test_one_role_with_its_binding() -> None:
    found = match(held(LIST, READ), FILES)
    assert (found.verdict, covers(found)) == ("covered", {"files": {"bucket": ("a",)}})
    assert found.sentence == "covered by the role `files` with bucket = a"


def test_a_parameter_in_two_statements_has_one_value() -> None:
    found = match(held(LIST, allows("s3:GetObject", BUCKET + "b/*")), FILES)
    assert found.verdict == "exceeds"
    assert len(found.residue) == 1


def test_a_parameter_may_be_a_whole_arn() -> None:
    whole = role(
        "whole", permit("s3:ListBucket", "<bucket>"), permit("s3:GetObject", "<bucket>/*"), parameters="bucket"
    )
    for bucket in (BUCKET + "a", symbol("module.files.arn")):
        own = held(allows("s3:ListBucket", bucket), allows("s3:GetObject", bucket + "/*"))
        assert covers(match(own, whole)).keys() == {"whole"}
        assert match(own, whole).verdict == "covered"
    own = held(allows("s3:ListBucket", BUCKET + "a"), allows("s3:GetObject", symbol("module.files.arn") + "/*"))
    assert match(own, whole).verdict == "exceeds"


def test_a_parameter_used_twice_in_a_template_has_one_value() -> None:
    twice = role("twice", permit("s3:GetObject", BUCKET + "<x>-logs/<x>/*"), parameters="x")
    assert match(held(allows("s3:GetObject", BUCKET + "a-logs/a/*")), twice).verdict == "covered"
    assert match(held(allows("s3:GetObject", BUCKET + "a-logs/b/*")), twice).verdict == "exceeds"


def test_parameters_with_many_values_collect_them() -> None:
    many = role("many", permit("s3:GetObject", BUCKET + "<b>/*"), parameters=[Parameter(name="b", many=True)])
    found = match(held(allows("s3:GetObject", f"{BUCKET}a/* {BUCKET}c/*")), many)
    assert covers(found) == {"many": {"b": ("a", "c")}}


def test_the_longest_prefix_that_all_texts_have() -> None:
    prefix = role("prefix", permit("s3:GetObject", BUCKET + "<p>*"), parameters="p")
    found = match(held(allows("s3:GetObject", f"{BUCKET}team-one/* {BUCKET}team-two/*")), prefix)
    assert covers(found) == {"prefix": {"p": ("team-",)}}


def test_a_prefix_gives_way_to_an_exact_value_elsewhere() -> None:
    both = role(
        "both", permit("s3:GetObject", BUCKET + "<p>*"), permit("s3:ListBucket", BUCKET + "<p>"), parameters="p"
    )
    found = match(held(allows("s3:GetObject", BUCKET + "team-one/*"), allows("s3:ListBucket", BUCKET + "team")), both)
    assert covers(found) == {"both": {"p": ("team",)}}


def test_no_value_has_a_wildcard() -> None:
    assert match(held(allows("s3:GetObject", BUCKET + "*/*")), FILES).verdict == "exceeds"
    assert match(held(allows("s3:GetObject", f"{BUCKET}{variable('aws:username')}/*")), FILES).verdict == "exceeds"


def test_many_texts_of_one_template_do_not_hide_the_one_that_fits() -> None:
    texts = " ".join(f"{BUCKET}b{number}/*" for number in range(80))
    found = match(held(allows("s3:GetObject", texts)), FILES)
    assert found.verdict == "exceeds"
    assert len(found.residue) == 79
    many = " ".join(f"{BUCKET}<b{number}>/x{number}/*" for number in range(8))
    wide = role("wide", permit("s3:GetObject", many), parameters=" ".join(f"b{number}" for number in range(8)))
    texts = " ".join(f"{BUCKET}v{number}/x{number}/*" for number in range(8))
    assert match(held(allows("s3:GetObject", texts)), wide).verdict == "covered"


def test_patterns_and_lists_of_values_are_kept() -> None:
    for parameter in (Parameter(name="b", pattern="[a-z]+"), Parameter(name="b", enum=("abc",))):
        strict = role("strict", permit("s3:GetObject", BUCKET + "<b>/*"), parameters=[parameter])
        assert match(held(allows("s3:GetObject", BUCKET + "abc/*")), strict).verdict == "covered"
        assert match(held(allows("s3:GetObject", BUCKET + "abc9/*")), strict).verdict == "exceeds"
        assert match(held(allows("s3:GetObject", BUCKET + "abc\n/*")), strict).verdict == "exceeds"


def test_a_value_that_is_not_known() -> None:
    own = held(allows("s3:GetObject", f"{BUCKET}{symbol('var.bucket')}/*"))
    known = Parameter(name="b", pattern="[a-z]+")
    open = Parameter(name="b", pattern="[a-z]+", unknown=True)
    found = match(own, role("r", permit("s3:GetObject", BUCKET + "<b>/*"), parameters=[known]))
    assert found.verdict == "undecided"
    assert "`b` would be `${var.bucket}`" in found.sentence
    found = match(own, role("r", permit("s3:GetObject", BUCKET + "<b>/*"), parameters=[open]))
    assert covers(found) == {"r": {"b": ("${var.bucket}",)}}


def test_a_list_that_is_not_known_is_not_one_value() -> None:
    own = held(allows("s3:GetObject", f"{BUCKET}{symbol('var.buckets[*]')}/*"))
    one, many = Parameter(name="b", unknown=True), Parameter(name="b", unknown=True, many=True)
    assert match(own, role("r", permit("s3:GetObject", BUCKET + "<b>/*"), parameters=[one])).verdict == "undecided"
    assert match(own, role("r", permit("s3:GetObject", BUCKET + "<b>/*"), parameters=[many])).verdict == "covered"


@pytest.mark.parametrize("same", ["repository", "owner", "name"])
def test_a_value_that_the_identity_decides(same: str) -> None:
    given = role("r", permit("s3:GetObject", BUCKET + "b/<x>/*"), parameters=[Parameter(name="x", same=same)])
    right = {"repository": "acme/shop", "owner": "acme", "name": "ci"}[same]
    own = held(allows("s3:GetObject", f"{BUCKET}b/{right}/*"), name="ci")
    other = held(allows("s3:GetObject", f"{BUCKET}b/else/*"), name="ci")
    assert match(own, given, repository="acme/shop").verdict == "covered"
    assert match(other, given, repository="acme/shop").verdict == "exceeds"
    if same != "name":
        found = match(own, given)
        assert found.verdict == "undecided"
        assert "not known" in found.sentence


def test_values_of_conditions() -> None:
    pass_role = role(
        "pass",
        permit("iam:PassRole", "*", ("StringEquals", "iam:PassedToService", ("<service>.amazonaws.com",))),
        permit("ec2:StartInstances", "*", ("StringEquals", "ec2:ResourceTag/<tag>", ("yes",))),
        parameters="service tag",
    )
    passed = allows("iam:PassRole", "*", equals("iam:PassedToService", "ecs-tasks.amazonaws.com"))
    started = allows("ec2:StartInstances", "*", equals("ec2:ResourceTag/mine", "yes"))
    found = match(held(passed, started), pass_role)
    assert covers(found) == {"pass": {"service": ("ecs-tasks",), "tag": ("mine",)}}
    assert match(held(allows("iam:PassRole", "*")), pass_role).verdict == "exceeds"
    two = allows("iam:PassRole", "*", equals("iam:PassedToService", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com"))
    assert match(held(two), pass_role).verdict == "exceeds"


def test_two_statements_of_a_role_cover_the_values_of_one_clause() -> None:
    each = [
        permit("iam:PassRole", "*", ("StringEquals", "iam:PassedToService", (f"{s}.amazonaws.com",)))
        for s in ("a", "b")
    ]
    own = allows("iam:PassRole", "*", equals("iam:PassedToService", "a.amazonaws.com", "b.amazonaws.com"))
    assert match(held(own), role("r", *each)).verdict == "covered"


def test_actions_in_any_case_and_by_pattern() -> None:
    wild = role("wild", permit("S3:get*", BUCKET + "<b>/*"), parameters="b")
    assert match(held(allows("s3:GETObject", BUCKET + "a/*")), wild).verdict == "covered"
    assert match(held(allows("s3:GetObject*", BUCKET + "a/*")), wild).verdict == "covered"
    assert match(held(allows("s3:G*", BUCKET + "a/*")), wild).verdict == "exceeds"
    assert match(held(allows("s3:GetSomethingNew", BUCKET + "a/*")), wild).verdict == "covered"


def test_every_known_action_is_not_every_action() -> None:
    own = held(allows("s3:GetObject*", BUCKET + "a/*"))
    names = "s3:GetObject s3:GetObjectAcl s3:GetObjectAttributes s3:GetObjectLegalHold s3:GetObjectRetention"
    assert match(own, role("r", permit(names, BUCKET + "a/*"))).verdict == "exceeds"


def test_a_role_of_everything_covers_what_nobody_names() -> None:
    admin = role("admin", permit("*", "*"))
    assert match(held(allows("iam:CreateUser not:known", "*")), admin).role == "admin"


def test_what_is_denied_needs_no_role() -> None:
    denied = allows("s3:DeleteObject", "*", effect="deny")
    own = held(allows("s3:GetObject s3:DeleteObject", BUCKET + "a/*"), denied)
    assert match(own, FILES).verdict == "covered"
    nothing = match(held(READ, allows("s3:*", "*", effect="deny")), FILES)
    assert (nothing.verdict, nothing.covers) == ("covered", ())


MFA = "aws:multifactorauthpresent"


@pytest.mark.parametrize("negated", [False, True])
def test_a_deny_unless_is_a_condition_of_what_is_allowed(negated: bool) -> None:
    checked = role("checked", permit("s3:GetObject", BUCKET + "<b>/*", ("Bool", MFA, ("true",))), parameters="b")
    unless = Statement(
        effect="deny",
        actions=("iam:*",) if negated else ("s3:*",),
        actions_negated=negated,
        scopes=(Scope(patterns=("*",)),),
        conditions=(replace(equals(MFA, "false", operator="Bool"), if_exists=True),),
    )
    assert covers(match(held(READ, unless), checked)) == {"checked": {"b": ("a",)}}
    assert match(held(READ, unless), checked).verdict == "covered"
    present = replace(unless, conditions=(equals(MFA, "false", operator="Bool"),))
    # Where the key is missing, nothing is denied.
    assert match(held(READ, present), checked).verdict == "exceeds"
    other = replace(unless, actions=("s3:get*",) if negated else ("iam:*",))
    assert match(held(READ, other), checked).verdict == "exceeds"


def test_what_two_denies_leave_is_what_either_of_their_opposites_lets_in() -> None:
    either = role(
        "either",
        permit("s3:GetObject", BUCKET + "<b>/*", ("StringEquals", "aws:SourceVpc", ("<vpc>",))),
        permit("s3:GetObject", BUCKET + "<b>/*", ("Bool", MFA, ("true",))),
        parameters="b vpc",
    )
    outside = equals("aws:sourcevpc", "vpc-1", operator="StringNotEquals")
    alone = replace(equals(MFA, "false", operator="Bool"), if_exists=True)
    own = held(READ, allows("s3:*", "*", outside, alone, effect="deny"))
    assert covers(match(own, either)) == {"either": {"b": ("a",), "vpc": ("vpc-1",)}}
    assert match(own, either).verdict == "covered"


def test_a_glob_of_which_an_action_is_denied_does_not_mean_that_action() -> None:
    denied = allows("s3:GetObject", "*", effect="deny")
    reader = role("reader", permit("s3:GetObject", BUCKET + "a/*"))
    assert match(held(allows("s3:Get*", BUCKET + "a/*"), denied), reader).verdict == "no-role"
    every = role("every", permit("s3:Get*", BUCKET + "a/*"))
    assert match(held(allows("s3:Get*", BUCKET + "a/*"), denied), every).verdict == "covered"


def test_a_deny_outside_one_bucket_decides_the_binding() -> None:
    outside = Statement(effect="deny", actions=("s3:*",), scopes=(Scope(patterns=(BUCKET + "a/*",), negated=True),))
    found = match(held(allows("s3:GetObject", "*"), outside), FILES)
    assert covers(found) == {"files": {"bucket": ("a",)}}


def test_a_boundary_cuts() -> None:
    own = held(allows("s3:*", "*"), ceilings=[(allows("s3:GetObject", BUCKET + "a/*"),)])
    assert covers(match(own, FILES)) == {"files": {"bucket": ("a",)}}


def test_roles_together() -> None:
    found = match(held(LIST, READ, SEND), QUEUE, KEY, FILES)
    assert covers(found) == {"files": {"bucket": ("a",)}, "queue": {"queue": ("jobs",)}}
    assert found.sentence == ("covered by the roles `files` with bucket = a and `queue` with queue = jobs together")


def test_the_fewest_roles() -> None:
    three = [role(f"r{n}", permit(actions, BUCKET + "a/*")) for n, actions in enumerate(
        ("s3:GetObject s3:PutObject", "s3:PutObject s3:DeleteObject s3:GetObjectAcl", "s3:DeleteObject s3:PutObjectAcl",
         "s3:GetObject s3:GetObjectAcl", "s3:PutObjectAcl s3:PutObject s3:DeleteObject"))]  # fmt: skip
    own = held(allows("s3:GetObject s3:PutObject s3:DeleteObject s3:GetObjectAcl s3:PutObjectAcl", BUCKET + "a/*"))
    assert set(covers(match(own, *three))) == {"r3", "r4"}


def test_one_role_is_used_once() -> None:
    found = match(held(READ, allows("s3:GetObject", BUCKET + "b/*")), FILES)
    assert found.verdict == "exceeds"


def test_the_narrowest_role_whatever_its_name() -> None:
    wide = role("a-wide", permit("s3:*", "*"))
    middle = role("b-middle", permit("s3:GetObject s3:DeleteObject", BUCKET + "<b>/*"), parameters="b")
    narrow = role("c-narrow", permit("s3:GetObject", BUCKET + "<b>/*"), parameters="b")
    assert match(held(READ), wide, middle, narrow).role == "c-narrow"
    assert match(held(READ), wide, middle).role == "b-middle"


def test_nearest_roles_by_what_they_leave() -> None:
    own = held(LIST, READ, allows("s3:DeleteBucket", BUCKET + "a"))
    less = role("less", permit("s3:GetObject", BUCKET + "<b>/*"), parameters="b")
    found = match(own, less, FILES, QUEUE)
    assert found.nearest == (("files", 1), ("less", 1))
    assert covers(found) == {"files": {"bucket": ("a",)}}
    assert [part.actions for part in found.residue] == [("s3:deletebucket",)]
    assert [row.role for row in matcher(less, FILES, QUEUE).tried(own)] == ["files", "less"]


def test_a_role_that_covers_next_to_nothing_is_not_said_to_be_near() -> None:
    own = held(allows("s3:GetObject s3:PutObject s3:DeleteObject s3:ListBucket sqs:SendMessage", "*"), KEYS)
    one = role("one", permit("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k"))
    two = role("two", permit("s3:GetObject s3:PutObject s3:DeleteObject s3:ListBucket", "*"))
    alone, more = match(own, one), match(own, two)
    assert (alone.verdict, alone.nearest[0][0]) == ("exceeds", "one")
    assert "no role comes near; the nearest, `one`, does not cover" in alone.sentence
    assert "the nearest role is `two`" in more.sentence


def test_a_search_that_ends_before_all_was_tried_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = role("pair", permit("s3:GetObject", BUCKET + "<x><y>/*"), permit("s3:PutObject", BUCKET + "<y><z>/*"))
    pair = replace(pair, parameters={name: Parameter(name=name) for name in "xyz"})
    own = held(allows("s3:GetObject", BUCKET + "abcdef/*"), allows("s3:PutObject", BUCKET + "efgh/*"))
    assert match(own, pair).verdict == "covered"
    monkeypatch.setattr("nhilint.catalog.matching.bind._MAX_STEPS", 0)
    found = match(own, pair)
    assert (found.verdict, found.sentence.partition(":")[0]) == ("undecided", "undecided")
    assert match(held(*own.permissions.statements, SEND), pair).verdict == "exceeds"


def test_no_role() -> None:
    found = match(held(READ), QUEUE)
    assert (found.verdict, found.covers, found.nearest) == ("no-role", (), ())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "draft"}, "it is a draft"),
        ({"status": "deprecated", "replaced_by": "new"}, "`new` replaces it"),
        ({"expires": "2026-01-01"}, "expired on 2026-01-01"),
    ],
)
def test_only_a_role_that_is_not_in_force(fields: dict[str, str], words: str) -> None:
    old = role("old", permit("s3:GetObject", BUCKET + "<b>/*"), parameters="b", **fields)
    found = match(held(READ), old)
    assert (found.verdict, found.role) == ("not-in-force", "old")
    assert words in found.sentence
    assert match(held(READ), old, FILES).role == "files"


def test_what_could_not_be_read() -> None:
    found = match(held(LIST, READ, unread=("policy p: it is a mystery",)), FILES)
    assert (found.verdict, found.role) == ("undecided", "files")
    assert "as far as it could be read; 1 part could not be read: policy p: it is a mystery" in found.sentence
    assert match(held(LIST, SEND, unread=("x",)), FILES).verdict == "exceeds"


def test_kubernetes_names_and_namespaces() -> None:
    reader = role(
        "reader",
        rules("get", "configmaps", names="<name>", namespaces="<space>"),
        rules("list watch", "configmaps", namespaces="<space>"),
        platform="kubernetes",
        parameters="name space",
    )
    own = held(
        cluster("list", "configmaps", namespaces="web"), cluster("get", "configmaps", names="app", namespaces="web")
    )
    assert covers(match(own, reader)) == {"reader": {"name": ("app",), "space": ("web",)}}
    assert match(held(cluster("get", "configmaps", namespaces="web")), reader).verdict == "exceeds"
    assert match(held(cluster("*", "configmaps", namespaces="web")), reader).verdict == "exceeds"
    wide = role("wide", rules("*", "configmaps"), platform="kubernetes")
    assert match(held(cluster("*", "configmaps", namespaces="web")), wide).verdict == "covered"


def test_order_of_statements_and_roles_changes_nothing() -> None:
    one = match(held(LIST, READ, SEND), QUEUE, KEY, FILES)
    two = match(held(SEND, READ, LIST), FILES, KEY, QUEUE)
    assert one == two


def test_two_parameters_of_the_trust_may_want_the_same_text() -> None:
    pods = caller("kubernetes", {"namespace": "<space>", "service_account": "<account>"})
    wanted = role("list", permit("s3:ListBucket", BUCKET + "a"), parameters="space account", trust=(pods,))
    token = alternative("kubernetes", {**STS, "sub": "system:serviceaccount:velero:velero"})
    found = match(held(LIST, acceptances=(token,)), wanted)
    assert covers(found) == {"list": {"account": ("velero",), "space": ("velero",)}}
    assert found.verdict == "covered"
