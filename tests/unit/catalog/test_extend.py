"""What a role takes in from those that it extends, and what is wrong with how it does."""

from __future__ import annotations

from nhilint.catalog.model import Role
from tests.unit.catalog.bad_files import AWS, at, errors, read, told

BASE = AWS.replace("id: reader", "id: base")
CHILD = """\
apiVersion: nhilint.dev/v1
id: child
title: Read and list
platform: aws
purpose: A job that lists too.
owner: platform
status: approved
access: read
extends: [base]
allow:
  - actions: [s3:ListBucket]
    resources: ["arn:aws:s3:::<bucket>"]
"""


def child(text: str, *bases: str) -> Role:
    files = {"child.yaml": text, **{f"b{index}.yaml": base for index, base in enumerate(bases or (BASE,))}}
    catalog, problems = read(files)
    assert [told(p) for p in problems if p.severity == "error"] == []
    return catalog.roles["child"]


def test_parameters_statements_and_trust_are_taken_in() -> None:
    role = child(CHILD)
    assert list(role.parameters) == ["bucket"]
    assert [permit.fields["actions"] for permit in role.allow] == [("s3:GetObject",), ("s3:ListBucket",)]
    assert [caller.fields["branch"] for caller in role.trust or ()] == [("main",)]
    assert role.constraints.max_session == 3600
    assert role.tests == ()


def test_an_own_parameter_and_own_trust_stand_beside() -> None:
    own = CHILD + "parameters: { bucket: { enum: [a, b] } }\ntrust: [{ github: { branch: dev } }]\n"
    role = child(own)
    assert role.parameters["bucket"].enum == ("a", "b")
    assert [caller.fields["branch"] for caller in role.trust or ()] == [("main",), ("dev",)]


def test_the_stricter_constraint_counts() -> None:
    role = child(CHILD + "constraints: { max_session: 2h, static_keys: forbidden, environments: [prod] }\n")
    assert (role.constraints.max_session, role.constraints.static_keys) == (3600, False)
    base = BASE.replace("max_session: 1h", 'environments: ["prod*", dev], tags: { team: ["*"] }')
    role = child(CHILD + "constraints: { environments: [prod-eu, test], tags: { team: [a] } }\n", base)
    assert role.constraints.environments == ("prod-eu",)
    assert role.constraints.tags == {"team": ("a",)}


def test_constraints_that_exclude_each_other() -> None:
    base = BASE.replace("max_session: 1h", "environments: [prod]")
    text = CHILD + "constraints: { environments: [dev] }\n"
    assert errors({"child.yaml": text, "b.yaml": base}) == [f"child.yaml:{at(text, 'base]')} contradiction"]


def test_a_diamond_is_taken_in_once() -> None:
    left = CHILD.replace("id: child", "id: left").replace("s3:ListBucket", "s3:GetBucketLocation")
    right = CHILD.replace("id: child", "id: right").replace("s3:ListBucket", "s3:GetBucketTagging")
    role = child(CHILD.replace("[base]", "[left, right]"), BASE, left, right)
    assert sorted(action for permit in role.allow for action in permit.fields["actions"]) == [
        *("s3:GetBucketLocation", "s3:GetBucketTagging", "s3:GetObject", "s3:ListBucket")
    ]
    assert len(role.trust or ()) == 1


def test_a_circle_is_named_in_full_and_once() -> None:
    def link(id: str, to: str) -> str:
        return CHILD.replace("id: child", f"id: {id}").replace("[base]", f"[{to}]").replace("<bucket>", "x")

    problems = read({"a.yaml": link("a", "b"), "b.yaml": link("b", "c"), "c.yaml": link("c", "a")})[1]
    assert [told(p) for p in problems] == ["c.yaml:9:11 cyclic-extends"]
    assert "a -> b -> c -> a" in problems[0].message


def test_a_role_of_another_platform_can_not_be_extended() -> None:
    base = BASE.replace("platform: aws", "platform: github")
    base = base[: base.index("parameters:")] + "allow: [{ permissions: { contents: read } }]\n"
    found = errors({"child.yaml": CHILD.replace("<bucket>", "x"), "b.yaml": base})
    assert found == ["child.yaml:9:11 wrong-platform"]


def test_a_parameter_of_nobody_is_still_told() -> None:
    text = CHILD.replace("<bucket>", "<buckets>")
    (one,) = read({"child.yaml": text, "b.yaml": BASE})[1]
    assert (told(one), one.help) == (
        f"child.yaml:{at(text, chr(34) + 'arn')} unknown-parameter",
        "did you mean `<bucket>`?",
    )


def test_who_extends_an_emergency_is_one() -> None:
    base = BASE.replace("access: read", "access: break-glass") + "break_glass: { max_duration: 1h, notify: [oncall] }\n"
    assert errors({"child.yaml": CHILD, "b.yaml": base}) == ["child.yaml:9:11 break-glass"]
