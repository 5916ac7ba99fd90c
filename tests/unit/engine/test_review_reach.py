"""What a review says of reach: of whom it changed, by which way, and of whom nothing else did."""

from __future__ import annotations

import json
from typing import Any

from nhilint.engine import Analysis, Options, review
from nhilint.reports import markdown, reach_words, text
from tests.unit.engine.estate import analysis_of, arn, keeps_schema, role

INFO = {"label": "x", "kind": "folder"}
PAINT = text.Paint(colour=False, width=100)
SELF = ("iam:PutRolePolicy", "arn:aws:iam::*:role/strong")
ENTER = ("sts:AssumeRole", "arn:aws:iam::*:role/*")


def reviewed(base: dict[str, str], head: dict[str, str]) -> dict[str, Any]:
    return of(analysis_of(base), analysis_of(head))


def of(base: Analysis, head: Analysis) -> dict[str, Any]:
    options = Options(today="2026-11-25")
    value = keeps_schema(review(base, head, base_info=INFO, head_info=INFO, options=options))
    # Whatever it says is shown without an error.
    assert text.review(value, PAINT)
    assert markdown.review(value)
    return value


def rows(value: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["key"].removeprefix("aws:role/"): row for row in value["identities"]}


def reached(row: dict[str, Any], side: str) -> list[str]:
    return [node["key"].removeprefix("aws:") for node in row["reach"][side]]


def estate(strong: list[tuple[str, str]], middle_trusts: dict[str, Any] | None = None) -> dict[str, str]:
    """entry may become middle, middle may become strong."""
    return {
        "a.tf.json": role("entry", ENTER),
        "b.tf.json": role("middle", ENTER, trusts=middle_trusts or {"AWS": arn("entry")}),
        "c.tf.json": role("strong", *strong, trusts={"AWS": arn("middle")}),
    }


PLAIN = estate([("s3:GetObject", "arn:aws:s3:::data/*")])
GRAVE = estate([("s3:GetObject", "arn:aws:s3:::data/*"), SELF])


def test_a_power_that_one_gains_is_reached_by_all_who_can_become_it() -> None:
    found = rows(reviewed(PLAIN, GRAVE))
    assert set(found) == {"strong", "middle", "entry"}
    assert all(reached(row, "gained") == ["administrator"] for row in found.values())
    assert not found["middle"]["gained"]
    assert found["middle"]["status"] == "changed"
    steps = found["entry"]["reach"]["gained"][0]["path"]["steps"]
    assert [step["target"] for step in steps] == ["aws:role/middle", "aws:role/strong", "aws:administrator"]


def test_the_mirror_image_is_lost() -> None:
    gained, lost = reviewed(PLAIN, GRAVE), reviewed(GRAVE, PLAIN)
    assert set(rows(gained)) == set(rows(lost))
    for key, row in rows(gained).items():
        assert reached(row, "gained") == reached(rows(lost)[key], "lost")
        assert row["reach"]["before"] == rows(lost)[key]["reach"]["after"]
    assert gained["summary"]["reach_gained"] == lost["summary"]["reach_lost"] == 3
    assert gained["summary"]["reach_lost"] == lost["summary"]["reach_gained"] == 0


def test_nothing_is_said_of_a_tree_and_itself() -> None:
    value = reviewed(GRAVE, GRAVE)
    assert value["identities"] == []
    assert value["summary"]["refactor"]


def test_a_trust_elsewhere_is_a_gain_of_whoever_it_lets_in() -> None:
    before = estate([SELF], {"Service": "ec2.amazonaws.com"})
    found = rows(reviewed(before, GRAVE))
    assert found["middle"]["trust_gained"]
    assert not found["entry"]["gained"]
    assert not found["entry"]["trust_gained"]
    assert reached(found["entry"], "gained") == ["administrator", "role/middle", "role/strong"]
    assert "strong" not in found or not found["strong"]["reach"]["gained"]


def test_the_lines_are_few_and_leave_out_what_lies_on_the_way() -> None:
    before = estate([SELF], {"Service": "ec2.amazonaws.com"})
    row = rows(reviewed(before, GRAVE))["entry"]
    (line,) = [line for gained, line in reach_words.news(row) if gained]
    assert line.startswith("now reaches administrator of aws: may assume `middle` (a.tf.json:")
    assert "(c.tf.json:" in line


def test_many_are_counted() -> None:
    others = {f"o{n}.tf.json": role(f"o{n}", trusts={"AWS": arn("hub")}) for n in range(60)}
    closed = {f"o{n}.tf.json": role(f"o{n}") for n in range(60)}
    hub = {"hub.tf.json": role("hub", ENTER)}
    row = rows(reviewed({**closed, **hub}, {**others, **hub}))["hub"]
    assert len(row["reach"]["gained"]) == 50
    assert row["reach"]["gained_more"] == 10
    lines = [line for _, line in reach_words.news(row)]
    assert len(lines) == 4
    assert lines[-1] == "now reaches 57 more"
    assert row["reach"]["after"]["identities"] == 60


MOVED = """
module "m" {
  source = "./m"
}
moved {
  from = aws_iam_role.r
  to   = module.m.aws_iam_role.r
}
"""
ANONYMOUS = {
    "resource": {
        "aws_iam_role": {
            "r": {
                "assume_role_policy": json.dumps(
                    {
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": "sts:AssumeRole",
                                "Principal": {"Service": "ec2.amazonaws.com"},
                            }
                        ]
                    }
                )
            }
        },
        "aws_iam_role_policy": {
            "p": {
                "role": "${aws_iam_role.r.id}",
                "policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}],
                    }
                ),
            }
        },
    }
}


def test_a_role_that_only_moved_reaches_nothing_new() -> None:
    """Its name is not known, so its key holds its address, which the move changed."""
    base = {"main.tf.json": json.dumps(ANONYMOUS)}
    value = reviewed(base, {"main.tf": MOVED, "m/main.tf.json": json.dumps(ANONYMOUS)})
    assert value["paths"] == {"gained": [], "lost": []}
    assert value["identities"] == []
    assert value["findings"]["new"] == []


def test_a_new_identity_comes_with_its_reach_and_one_that_is_gone_went_with_it() -> None:
    value = reviewed({"a.tf.json": role("entry")}, {**GRAVE})
    assert rows(value)["strong"]["reach"]["before"] is None
    assert reached(rows(value)["strong"], "gained") == ["administrator"]
    value = reviewed({**GRAVE}, {"a.tf.json": role("entry")})
    assert rows(value)["strong"]["reach"]["after"] is None
    assert reached(rows(value)["strong"], "lost") == ["administrator"]
    assert not [line for _, line in reach_words.news(rows(value)["strong"])]


def test_the_blast_radius_counts_what_whoever_it_becomes_may_do() -> None:
    # Nobody is newly reached: who gets to the same nodes as before is not listed for what these gained.
    assert "entry" not in rows(reviewed(estate([]), PLAIN))
    before = estate([("s3:GetObject", "arn:aws:s3:::data/*")], {"Service": "ec2.amazonaws.com"})
    after = rows(reviewed(before, PLAIN))["entry"]["reach"]
    levels = {side: {r["level"]: r["patterns"] for r in after[side]["resources"]} for side in ("before", "after")}
    assert "Read" not in levels["before"]
    assert levels["after"]["Read"] == 1


def test_without_paths_there_is_no_reach() -> None:
    options = Options(today="2026-11-25", paths=False)
    value = review(analysis_of(PLAIN), analysis_of(GRAVE), base_info=INFO, head_info=INFO, options=options)
    assert [row["reach"] for row in keeps_schema(value)["identities"]] == [None]
    assert text.review(value, PAINT)


def test_what_is_open_to_anybody_is_no_news_of_somebody_new() -> None:
    everybody = {"a.tf.json": role("open", trusts="*")}
    value = reviewed(everybody, {**everybody, "b.tf.json": role("new", ENTER)})
    assert reached(rows(value)["new"], "gained") == []
    assert rows(value)["new"]["reach"]["after"]["nodes"] == ["aws:role/open"]
    assert value["summary"]["reach_gained"] == 0
    value = reviewed({"b.tf.json": role("new", ENTER)}, {**everybody, "b.tf.json": role("new", ENTER)})
    assert reached(rows(value)["new"], "gained") == ["role/open"]


def test_who_newly_reaches_administrator_stands_first() -> None:
    before = estate([SELF], {"Service": "ec2.amazonaws.com"})
    value = reviewed(before, {**GRAVE, "n.tf.json": role("new", ("s3:*", "*"))})
    assert value["identities"][0]["key"] == "aws:role/entry"
    assert "reaches administrator of aws and 2 more" in markdown.review(value)
