"""The catalog's commands for maintainers, on trees of their own: what differs, whom it touches, what is listed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.e2e.process import PROJECT, bound, commit, git, nhilint, put, quick, repository, role
from tests.e2e.test_judge import approved

Row = dict[str, Any]


def read(folder: Path, *arguments: str, code: int = 0) -> Row:
    """The JSON of one command, held against its schema."""
    done = quick(folder, "catalog", *arguments, "--format", "json")
    assert done.code == code, done
    value: Row = done.json()
    kind = value["schema"].removeprefix("nhilint.").removesuffix("/1")
    schema = json.loads((Path(PROJECT) / "nhilint/engine/schemas" / f"{kind}.schema.json").read_text())
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator)
    return value


def differing(tmp_path: Path, base: str, head: str) -> Row:
    """What `catalog diff` says of two versions of one role."""
    put(tmp_path / "a", {"role_catalog/r.yaml": base})
    put(tmp_path / "b", {"role_catalog/r.yaml": head})
    value = read(tmp_path, "diff", "a", "b")
    (found,) = value["roles"] or [{}]
    return dict(found)


WITH = 'parameters:\n  bucket: { description: The bucket, pattern: "[a-z-]+", examples: [site] }\n'
SITE = approved("r", "s3:GetObject, s3:PutObject", "arn:aws:s3:::<bucket>/*", WITH)


def test_order_spelling_and_splitting_are_no_difference(tmp_path: Path) -> None:
    other = SITE.replace("s3:GetObject, s3:PutObject", "S3:putobject, s3:PutObject").replace(
        "allow:\n", 'allow:\n  - actions: [s3:GetObject]\n    resources: ["arn:aws:s3:::<bucket>/*"]\n'
    )
    assert differing(tmp_path, SITE, other) == {}


def test_a_wildcard_for_the_known_actions_also_allows_later_ones(tmp_path: Path) -> None:
    found = differing(tmp_path, SITE, SITE.replace("s3:PutObject", "s3:PutObject, s3:PutObj?ct"))
    assert found["direction"] == "widened"
    assert found["gained"][0]["future"]


def test_a_renamed_parameter_is_the_same_one(tmp_path: Path) -> None:
    found = differing(tmp_path, SITE, SITE.replace("bucket: {", "site: {").replace("<bucket>", "<site>"))
    assert (found["direction"], found["gained"], found["lost"]) == ("same-meaning", [], [])
    assert [(f["part"], f["base"], f["head"]) for f in found["facets"]][:1] == [("parameter site", "bucket", "site")]


def test_two_parameters_that_change_places_are_a_difference(tmp_path: Path) -> None:
    both = WITH + '  key: { description: The key, pattern: "[a-z]+", examples: [k] }\n'
    base = approved("r", "s3:GetObject", "arn:aws:s3:::<bucket>/<key>/*", both)
    found = differing(tmp_path, base, base.replace("<bucket>/<key>", "<key>/<bucket>"))
    assert found["direction"] == "changed"
    assert found["gained"][0]["resources"] == ["arn:aws:s3:::<key>/<bucket>/*"]
    assert found["lost"][0]["resources"] == ["arn:aws:s3:::<bucket>/<key>/*"]


def test_a_parameter_turned_into_a_star_widens(tmp_path: Path) -> None:
    found = differing(tmp_path, SITE, approved("r", "s3:GetObject, s3:PutObject", "arn:aws:s3:::*/*"))
    assert found["direction"] == "widened"
    assert found["gained"]
    assert not found["lost"]


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        ('pattern: "[a-z-]+"', "enum: [site]", "changed"),
        ("enum: [site]", "enum: [site, other]", "widened"),
        ("enum: [site, other]", "enum: [other]", "narrowed"),
        ("enum: [site, other]", "enum: [other, third]", "changed"),
        ("enum: [site, other]", "enum: [other, site]", None),
        ('pattern: "[a-z-]+"', 'pattern: "[a-z]+"', "changed"),
        ('pattern: "[a-z-]+"', 'pattern: "[a-z-]+", many: true', "widened"),
    ],
)
def test_what_a_parameter_may_be(tmp_path: Path, old: str, new: str, direction: str | None) -> None:
    base, head = (SITE.replace('pattern: "[a-z-]+"', text).replace(", examples: [site]", "") for text in (old, new))
    found = differing(tmp_path, base, head)
    assert found.get("direction") == direction
    if direction:
        assert [f["direction"] for f in found["facets"]] == [direction]


JOB = 'trust:\n  - github: { repository: "acme/shop", branch: "main" }\n'


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        (JOB, JOB.replace("main", "*"), "widened"),
        (JOB.replace("main", "*"), JOB, "narrowed"),
        (JOB, JOB.replace(', branch: "main"', ""), "widened"),
        (JOB, JOB + '  - github: { repository: "acme/shop", branch: "ma*" }\n', "widened"),
        (JOB, JOB + JOB.removeprefix("trust:\n"), None),
        ("", JOB, "narrowed"),
        (JOB, "", "widened"),
        (JOB, JOB.replace('branch: "main"', 'environment: "prod"'), "changed"),
    ],
)
def test_trust(tmp_path: Path, old: str, new: str, direction: str | None) -> None:
    assert differing(tmp_path, approved("r", more=old), approved("r", more=new)).get("direction") == direction


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        ("{ max_session: 1h }", "{ max_session: 2h }", "widened"),
        ("{ max_session: 1h }", "{ static_keys: forbidden }", "changed"),
        ("{ boundary: required }", '{ boundary: ["arn:aws:iam::*:policy/ci"] }', "narrowed"),
        ("{ environments: [prod] }", '{ environments: ["pro*", prod] }', "widened"),
        ("{ environments: [prod, stage] }", "{ environments: [stage, prod] }", None),
        ("{ static_keys: forbidden }", "{ static_keys: allowed }", "widened"),
        ("{ tags: { team: [shop] } }", "{ tags: { team: [shop, web] } }", "widened"),
        ("{ max_session: 1h }", "{ max_session: 60m }", None),
    ],
)
def test_constraints(tmp_path: Path, old: str, new: str, direction: str | None) -> None:
    base, head = (approved("r", more=f"constraints: {text}\n") for text in (old, new))
    assert differing(tmp_path, base, head).get("direction") == direction


def test_a_condition_on_every_statement_narrows_the_permissions(tmp_path: Path) -> None:
    limit = 'constraints: { conditions: { StringEquals: { "aws:SourceVpc": vpc-1 } } }\n'
    found = differing(tmp_path, approved("r"), approved("r", more=limit))
    assert (found["direction"], len(found["lost"])) == ("narrowed", 1)


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        ('expires: "2027-11-01"', 'expires: "2028-01-01"', "widened"),
        ('expires: "2027-11-01"', 'expires: "2027-01-01"', "narrowed"),
        ("status: approved", "status: draft", "narrowed"),
        ("owner: platform", "owner: somebody", "same-meaning"),
        ("title: Read the data", "title: Read", "same-meaning"),
    ],
)
def test_what_is_in_force(tmp_path: Path, old: str, new: str, direction: str) -> None:
    found = differing(tmp_path, approved("r"), approved("r").replace(old, new))
    assert found["direction"] == direction
    assert [f["direction"] for f in found["facets"]] == [direction]


def test_roles_that_come_go_and_change_their_name(tmp_path: Path) -> None:
    put(tmp_path / "a", {"role_catalog/x.yaml": approved("x"), "role_catalog/y.yaml": approved("y", "s3:ListBucket")})
    put(tmp_path / "b", {"role_catalog/z.yaml": approved("z"), "role_catalog/w.yaml": approved("w", "sqs:SendMessage")})
    value = read(tmp_path, "diff", "a", "b")
    rows = {row["id"]: (row["status"], row["direction"], row["former_id"]) for row in value["roles"]}
    assert rows == {
        "z": ("renamed", "same-meaning", "x"),
        "y": ("removed", "narrowed", None),
        "w": ("added", "widened", None),
    }
    assert [e["actions"] for row in value["roles"] if row["id"] == "w" for e in row["gained"]] == [["sqs:SendMessage"]]


def test_the_default_is_the_work_at_hand(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {"role_catalog/x.yaml": approved("x")})
    git(folder, "checkout", "-q", "-b", "work")
    commit(folder, {"role_catalog/x.yaml": approved("x", "s3:*")})
    (folder / "role_catalog" / "y.yaml").write_text(approved("y"))
    assert {row["id"] for row in read(folder, "diff")["roles"]} == {"x", "y"}


# --- impact

TREE = {"main.tf": role("ci") + role("writer", "s3:PutObject"), "role_catalog/r.yaml": approved("r")}


def test_impact_names_who_becomes_uncovered_and_fails(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", TREE, {"role_catalog/r.yaml": approved("r", "s3:PutObject")})
    value = read(folder, "impact", "HEAD~1", "HEAD", code=1)
    assert [row["key"] for row in value["identities"]["uncovered"]] == ["aws:role/ci"]
    assert [row["key"] for row in value["identities"]["covered"]] == ["aws:role/writer"]
    assert [row["used"] for row in value["catalog"]["roles"]] == [{"base": 1, "head": 1}]
    back = read(folder, "impact", "HEAD", "HEAD~1", code=1)
    assert [row["key"] for row in back["identities"]["covered"]] == ["aws:role/ci"]


def test_impact_of_a_wider_role_passes_and_is_told(tmp_path: Path) -> None:
    wide = {"role_catalog/r.yaml": approved("r", "s3:GetObject, s3:PutObject")}
    folder = repository(tmp_path / "r", TREE, wide)
    value = read(folder, "impact", "HEAD~1", "HEAD")
    assert value["summary"]["covered"] == 1
    for format in ("text", "markdown"):
        out = nhilint(folder, "catalog", "impact", "HEAD~1", "HEAD", "--format", format).out
        assert "1 identity becomes covered" in out
        assert "covers 1 → 2 identities of the tree" in out


def test_a_role_that_is_only_renamed_moves_nobody(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", TREE, {"role_catalog/r.yaml": None, "role_catalog/s.yaml": approved("s")})
    value = read(folder, "impact", "HEAD~1", "HEAD")
    assert not any(value["identities"].values())


def test_impact_on_another_tree(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", TREE, {"role_catalog/r.yaml": approved("r", "s3:PutObject")})
    other = put(tmp_path / "other", {"x.tf": role("alone")})
    value = read(folder, "impact", "HEAD~1", "HEAD", "--tree", str(other), code=1)
    assert [row["key"] for row in value["identities"]["uncovered"]] == ["aws:role/alone"]


EXCEPTION = """apiVersion: nhilint.dev/v1
kind: Exception
id: writer-for-now
identity: aws:role/writer
reason: The old upload stays until the new one is in place.
ticket: CAT-9
owner: team-shop
expires: "2027-01-31"
allow:
  - actions: [s3:PutObject]
    resources: ["arn:aws:s3:::data/*"]
"""


def test_an_exception_that_is_added_covers_and_one_that_expired_is_listed(tmp_path: Path) -> None:
    late = EXCEPTION.replace("writer-for-now", "gone").replace("2027", "2025").replace("role/writer", "role/ci")
    folder = repository(
        tmp_path / "r",
        TREE,
        {"role_catalog/exceptions/a.yaml": EXCEPTION, "role_catalog/exceptions/b.yaml": late},
    )
    value = read(folder, "impact", "HEAD~1", "HEAD")
    assert [row["key"] for row in value["identities"]["covered"]] == ["aws:role/writer"]
    assert value["identities"]["covered"][0]["head"]["exceptions"] == ["writer-for-now"]
    assert {row["id"]: row["direction"] for row in value["catalog"]["exceptions"]} == {
        "writer-for-now": "widened",
        "gone": "same-meaning",
    }
    assert [row["id"] for row in value["expired"]] == ["gone"]


def test_an_exception_added_beside_the_grant_is_asked_for_and_approves_nothing(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", {"main.tf": role("ci"), "role_catalog/r.yaml": approved("r")})
    commit(folder, {**TREE, "role_catalog/exceptions/a.yaml": EXCEPTION})
    done = quick(folder, "review", "HEAD~1", "HEAD", "--format", "json")
    assert done.code == 1
    assert [f["identity"] for f in done.json()["findings"]["new"] if f["blocking"]] == ["aws:role/writer"]
    assert [row["id"] for row in done.json()["catalog_change"]["exceptions"]] == ["writer-for-now"]
    text = " ".join(nhilint(folder, "review", "HEAD~1", "HEAD").out.split())
    assert "asked for: exception writer-for-now for aws:role/writer until 2027-01-31" in text


# --- list, show, coverage


def test_list_filters(tmp_path: Path) -> None:
    old = approved("old").replace("2027-11-01", "2026-12-01").replace("owner: platform", "owner: shop")
    put(tmp_path, {"role_catalog/new.yaml": approved("new", "sqs:SendMessage"), "role_catalog/old.yaml": old})

    def ids(*arguments: str) -> list[str]:
        return [row["id"] for row in read(tmp_path, "list", ".", *arguments)["roles"]]

    assert ids() == ["new", "old"]
    assert ids("--expiring", "90d") == ["old"]
    assert ids("--owner", "shop") == ["old"]
    assert ids("--search", "sendmessage") == ["new"]
    assert ids("--platform", "kubernetes") == []
    assert quick(tmp_path, "catalog", "list", ".", "--expiring", "soon").code == 2
    assert quick(tmp_path, "catalog", "list", ".", "--status", "done").code == 2


def test_usage_counts_whom_a_role_covers_and_to_whom_it_is_nearest(tmp_path: Path) -> None:
    put(tmp_path, {**TREE, "role_catalog/both.yaml": approved("both", "sqs:SendMessage")})
    tree = role("ci") + role("more", "s3:*")
    put(tmp_path, {"main.tf": tree})
    rows = {row["id"]: row["usage"] for row in read(tmp_path, "list", ".", "--usage")["roles"]}
    assert rows["r"] == {"alone": 1, "together": 0, "nearest": 1}
    assert rows["both"] == {"alone": 0, "together": 0, "nearest": 0}


def test_show_binds_parameters_and_helps_with_names(tmp_path: Path) -> None:
    put(tmp_path, {"role_catalog/r.yaml": SITE})
    value = read(tmp_path, "show", "r")
    assert [entry["resources"] for group in value["permissions"] for entry in group["entries"]] == [
        ["arn:aws:s3:::<bucket>/*"],
        ["arn:aws:s3:::<bucket>/*"],
    ]
    bound_one = read(tmp_path, "show", "r", "--with", "bucket=site")
    assert bound_one["permissions"][0]["entries"][0]["resources"] == ["arn:aws:s3:::site/*"]
    for arguments, hint in (
        (("rr",), "did you mean `r`?"),
        (("r", "--with", "buckt=x"), "did you mean `bucket`?"),
        (("r", "--with", "bucket=UPPER"), "it may be what matches [a-z-]+"),
        (("r", "--with", "bucket"), "write `--with bucket=site`"),
    ):
        done = quick(tmp_path, "catalog", "show", *arguments)
        assert done.code == 2, arguments
        assert hint in done.err, arguments


def test_show_expands_wildcards(tmp_path: Path) -> None:
    put(tmp_path, {"role_catalog/r.yaml": approved("r", '"sqs:Send*"', "*")})
    value = read(tmp_path, "show", "r")
    assert [(row["pattern"], row["actions"]) for row in value["wildcards"]] == [("sqs:Send*", ["sqs:SendMessage"])]
    assert value["data_date"]


def test_coverage_tries_what_it_suggests(tmp_path: Path) -> None:
    near = "".join(
        role(f"near{n}", 's3:GetObject", "s3:GetObjectTagging', f"arn:aws:s3:::data{n}/*") for n in (1, 2, 3)
    )
    near = near.replace('"s3:GetObject", "s3:GetObjectTagging"', '["s3:GetObject", "s3:GetObjectTagging"]')
    parameters = WITH.replace("[a-z-]+", "[a-z0-9-]+")
    reader = approved("r", "s3:GetObject", "arn:aws:s3:::<bucket>/*", parameters)
    put(tmp_path, {"main.tf": near + role("far", "ec2:RunInstances", "*"), "role_catalog/r.yaml": reader})
    value = read(tmp_path, "coverage", ".")
    assert value["summary"] == {
        "identities": 4,
        "identities_covered": 0,
        "permissions": 7,
        "permissions_covered": 3,
    }
    (addition,) = value["additions"]
    assert [row["key"] for row in addition["identities"]] == [f"aws:role/near{n}" for n in (1, 2, 3)]
    assert [(e["actions"], e["resources"]) for e in addition["adds"]] == [
        (["s3:GetObjectTagging"], ["arn:aws:s3:::<bucket>/*"])
    ]


def test_coverage_of_a_cluster(tmp_path: Path) -> None:
    rules = '[{apiGroups: [""], resources: [pods], verbs: [get, delete]}]'
    watcher = """apiVersion: nhilint.dev/v1
id: watcher
title: Watch pods
platform: kubernetes
purpose: Watch pods.
owner: platform
status: approved
approval: { by: platform, on: "2026-11-01", ticket: CAT-1, expires: "2027-11-01" }
allow:
  - { verbs: [get], groups: [""], resources: [pods], namespaces: [default] }
"""
    put(tmp_path, {"rbac.yaml": bound("bot", rules), "role_catalog/w.yaml": watcher})
    value = read(tmp_path, "coverage", ".")
    assert (value["summary"]["permissions"], value["summary"]["permissions_covered"]) == (2, 1)
    assert [(a["role"], a["adds"][0]["actions"]) for a in value["additions"]] == [("watcher", ["delete"])]


# --- all of them


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "a", "b"),
        ("impact", "a", "b"),
        ("coverage", "b"),
        ("list", "b", "--usage"),
        ("show", "r1", "--tree", "b", "--usage"),
    ],
)
def test_the_order_of_files_and_roles_changes_no_byte(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    files = {f"f{n}.tf": role(f"ci{n}", "s3:*" if n % 2 else "s3:GetObject") for n in range(4)}
    old = [approved(f"r{n}", "s3:GetObject" if n % 2 else "s3:ListBucket", f"arn:aws:s3:::*{n}/*") for n in range(4)]
    new = [text.replace("s3:GetObject", "s3:GetObject, s3:PutObject") for text in old]
    outputs = []
    for seed in (1, 2):
        order = random.Random(seed).sample(range(4), 4)
        folder = tmp_path / str(seed)
        for side, texts in (("a", old), ("b", new)):
            put(folder / side, dict(sorted(files.items(), key=lambda item: order[int(item[0][1])])))
            # Files are read by name: another name is another order.
            put(folder / side, {f"role_catalog/{place}.yaml": texts[n] for place, n in enumerate(order)})
        found = quick(folder, "catalog", *arguments).out
        outputs.append("\n".join(line for line in found.splitlines() if "role_catalog/" not in line))
    assert outputs[0] == outputs[1]
    assert outputs[0]


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("arguments", [("list", ".", "--usage"), ("list", "."), ("coverage", ".")])
def test_tables_fit(width: int, arguments: tuple[str, ...]) -> None:
    from nhilint.app.inputs import Asked, analyze_one, open_side
    from nhilint.engine import catalog_rows, coverage_rows
    from nhilint.reports.catalog import coverage, listing
    from nhilint.reports.text import Paint

    analysis, options = analyze_one(open_side(f"{PROJECT}/examples/head"), Asked())
    paint = Paint(colour=False, width=width)
    if arguments[0] == "list":
        text = listing.text(catalog_rows(analysis.catalog, options, None, analysis if arguments[2:] else None), paint)
    else:
        text = coverage.text(coverage_rows(analysis, tree_info={"label": "x", "kind": "folder"}), paint)
    assert max(map(len, text.splitlines())) <= width
