"""Everything that is wrong with the files of a catalog is told at once, each at the key or value that is wrong."""

from __future__ import annotations

import pytest

from nhilint.catalog.model import Problem
from tests.unit.catalog.bad_files import AWS, EXCEPTION, at, errors, read, told

CALLER = "- github: { repository: acme/shop, branch: main }"
EMERGENCY = AWS.replace("access: read", "access: break-glass")
TERMS = "break_glass: { max_duration: 1h, notify: [oncall] }\n"


def problem(text: str) -> Problem:
    (one,) = read({"a.yaml": text})[1]
    return one


def test_good_files_are_read_without_a_word() -> None:
    catalog, problems = read({"a.yaml": AWS, "exceptions/e.yaml": EXCEPTION})
    assert problems == []
    assert list(catalog.roles) == ["reader"]
    assert [e.id for e in catalog.exemptions] == ["nightly-export"]
    assert catalog.exemptions[0].allow[0].fields["actions"] == ("s3:PutObject",)


# What is written instead of what, where the mistake is told, its code, and a piece of its help.
ONE_MISTAKE = [
    ("title: Read", "titel: Read", "titel", "unknown-field", "did you mean `title`?"),
    ("id: reader", "id: Reader", "Reader", "bad-name", "lower-case"),
    ("platform: aws", "platform: awz", "awz", "unknown-word", "did you mean `aws`?"),
    ("platform: aws", "platform: [aws]", "[aws]", "wrong-type", ""),
    ("nhilint.dev/v1", "nhilint.dev/v2", "nhilint.dev/v2", "unknown-word", "nhilint.dev/v1"),
    ("status: approved", "status: aproved", "aproved", "unknown-word", "did you mean `approved`?"),
    ("access: read", "access: reed", "reed", "unknown-word", "did you mean `read`?"),
    ("owner: platform", "owner:", "", "empty-value", ""),
    ("owner: platform", 'owner: ""', '""', "empty-value", ""),
    ("owner: platform", "owner: true", "true", "wrong-type", ""),
    ("owner: platform", "owner: { team: platform }", "{ team", "wrong-type", ""),
    ("on: 2026-01-01", "on: 2026-02-30", "2026-02-30", "bad-date", ""),
    ("on: 2026-01-01", "on: tomorrow", "tomorrow", "bad-date", ""),
    ("on: 2026-01-01", "on: 20260101", "20260101", "wrong-type", ""),
    ("expires: 2027-01-01", "expires: 2025-12-31", "2025-12-31", "bad-date", ""),
    ("expires: 2027-01-01", "expire: 2027-01-01", "expire:", "unknown-field", "did you mean `expires`?"),
    ("review: 180d", "review: half a year", "half a year", "bad-time", "180d"),
    ("review: 180d", "expires: 2027-01-01", "expires: 2027-01-01\nparam", "unknown-field", "belongs under `approval`"),
    ("review: 180d", "sources: []", "[]\nparam", "empty-list", ""),
    ("max_session: 1h", "max_session: 1 hour", "1 hour", "bad-time", "1h"),
    ("max_session: 1h", "max_sessions: 1h", "max_sessions", "unknown-field", "did you mean `max_session`?"),
    ("max_session: 1h", "static_keys: forbiden", "forbiden", "unknown-word", "did you mean `forbidden`?"),
    ("max_session: 1h", "tags: {}", "{} }", "empty-value", ""),
    ("max_session: 1h", "tags: { team: <tem> }", "<tem>", "unknown-parameter", "declare it"),
    ('pattern: "[a-z0-9-]+", ', "", "bucket:", "unbounded-parameter", "say what a value looks like"),
    ("[a-z0-9-]+", "[a-z", '"[a-z"', "bad-pattern", ""),
    ("[a-z0-9-]+", "(a){99999999999}", '"(a)', "bad-pattern", ""),
    ("examples: [data]", "examples: [DATA]", "DATA", "bad-example", "[a-z0-9-]+"),
    ("examples: [data]", "enum: [data]", "enum", "contradiction", ""),
    ("examples: [data]", "same: repo", "repo }", "unknown-word", "one of"),
    ("examples: [data]", "many: 3", "3 }", "wrong-type", ""),
    ("examples: [data]", "pattren: x", "pattren", "unknown-field", "did you mean `pattern`?"),
    ("bucket: { pattern", "Bucket: { pattern", "Bucket:", "*", ""),
    ("actions: [s3", "actoins: [s3", "actoins", "unknown-field", "did you mean `actions`?"),
    ("actions: [s3:GetObject]", "actions: []", "[]", "empty-list", ""),
    ("actions: [s3:GetObject]", "actions: { s3: GetObject }", "{ s3", "wrong-type", "quotes"),
    ("actions: [s3:GetObject]", "actions: [s3: GetObject]", "s3: Get", "wrong-type", "quotes"),
    ("actions: [s3:GetObject]", 'actions: ["s3:<bucket>"]', '"s3:<', "unknown-parameter", ""),
    ("s3:::<bucket>", "s3:::<bukket>", '"arn:aws:s3:::<bukket>', "unknown-parameter", "did you mean `<bucket>`?"),
    ("s3:::<bucket>", "s3:::<Bucket>", '"arn:aws:s3:::<Bucket>', "unknown-parameter", "did you mean `<bucket>`?"),
    ("trust:\n  - github: {", "trust:\n  - gihub: {", "gihub", "unknown-field", "did you mean `github`?"),
    ("branch: main }", "brnch: main }", "brnch", "unknown-field", "did you mean `branch`?"),
    (f"  {CALLER}", "  github: { branch: main }", "github", "wrong-type", "- "),
    (CALLER, "- repository: acme/shop", "repository: acme", "*", "`github`"),
    (CALLER, "- aws: { account: 012345678901 }", "0123", "ambiguous-number", "quotes"),
    (CALLER, "- aws: { account: 010000000000 }", "0100", "ambiguous-number", "quotes"),
    (CALLER, "- aws: { account: 1e11 }", "1e11", "ambiguous-number", "quotes"),
    (CALLER, "- aws: { account: yes, principal: true }", "true", "wrong-type", "quotes"),
    ("{ with: { bucket", "{ with: { buckt", "buckt", "unknown-parameter", "did you mean `bucket`?"),
    ("data }, action:", "data }, verb: get, action:", "verb", "unknown-field", "kubernetes"),
    ('"arn:aws:s3:::data/x"', '"arn:aws:s3:::<bucket>/x"', '"arn:aws:s3:::<bucket>/x"', "unknown-parameter", "with"),
    ("  deny:", "  denny:", "denny", "unknown-field", "did you mean `deny`?"),
    ("resources", "conditions: { StringEqual: { a: b } }\n    resources", "StringEqual", "unknown-operator", "Equals"),
    ("resources: [", "conditions: { Bool: true }\n    resources: [", "true", "wrong-type", ""),
    ("review: 180d", "replaced_by: writer", "writer", "unknown-role", ""),
    ("review: 180d", "extends: [raeder]", "raeder", "unknown-role", "did you mean `reader`?"),
    ("review: 180d", "extends: reader", "reader\nparam", "cyclic-extends", ""),
    ("review: 180d", TERMS.strip(), "break_glass", "break-glass", ""),
    ("review: 180d", "accepts: [{ technique: x }]", "technique", "missing-field", ""),
]  # fmt: skip


@pytest.mark.parametrize("old, new, where, code, help", ONE_MISTAKE, ids=lambda value: value[:40])
def test_one_mistake_is_told_where_it_is(old: str, new: str, where: str, code: str, help: str) -> None:
    text = AWS.replace(old, new, 1)
    assert text != AWS
    found = read({"a.yaml": text})[1]
    first = found[0]
    if where:
        assert f"{first.span.line}:{first.span.column}" == at(text, where), first
    assert code in (first.code, "*")
    assert help in first.help
    assert first.severity == "error"
    assert code == "*" or len(found) == 1, [told(p) for p in found]


@pytest.mark.parametrize("field", ["apiVersion", "id", "title", "platform", "purpose", "owner", "status", "allow"])
def test_a_missing_field_is_named(field: str) -> None:
    kept = AWS.splitlines(keepends=True)
    index = next(i for i, line in enumerate(kept) if line.startswith(f"{field}:"))
    stop = next(i for i in range(index + 1, len(kept)) if kept[i][0] not in " -")
    found = read({"a.yaml": "".join(kept[:index] + kept[stop:])})[1]
    assert [(p.code, f"`{field}`" in p.message) for p in found] == [("missing-field", True)]


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    bad = AWS.replace("owner: platform", "team: platform").replace("180d", "soon")
    found = errors(
        {
            "a.yaml": bad.replace("id: reader", "id: a"),
            "b.yaml": AWS.replace("s3:::<bucket>", "s3:::<bukket>").replace("id: reader", "id: b"),
            "c.yaml": "id: c\n\ttitle: x\n",
            "d.yaml": "id: [c\n",
            "e.yaml": "",
            "f.yaml": "- a\n- b\n",
            "g.yaml": b"id: \xff\n",
            "h.yaml": AWS.replace("id: reader", "id: h") + "---\n" + AWS.replace("id: reader", "id: h2"),
            "i.yaml": AWS.replace("id: reader", "id: i").replace("review: 180d", "owner: twice\nreview: soon"),
            "j.yaml": "# nothing\n",
            "k.yaml": AWS,
            "l.txt": "no: {yaml",
        }
    )
    assert found == [
        "a.yaml:10:9 bad-time",
        "a.yaml:1:1 missing-field",
        "a.yaml:6:1 unknown-field",
        "b.yaml:15:17 unknown-parameter",
        "c.yaml:2:1 not-yaml",
        "d.yaml:2:1 not-yaml",
        "e.yaml:1:1 empty-file",
        "f.yaml:1:1 not-a-map",
        "g.yaml:1:5 not-utf-8",
        "h.yaml:25:1 second-document",
        "i.yaml:10:1 duplicate-key",
        "i.yaml:11:9 bad-time",
        "j.yaml:1:1 empty-file",
    ]


def test_one_mistake_is_not_told_twice() -> None:
    numbers = AWS.replace("examples: [data]", "examples: [012345678901]").replace("[a-z0-9-]+", "[0-9]{12}")
    assert errors({"a.yaml": numbers}) == ["a.yaml:12:46 ambiguous-number"]
    limit = EMERGENCY.replace("max_session: 1h", "max_session: 1d12h") + TERMS
    assert errors({"a.yaml": limit}) == [f"a.yaml:{at(limit, '1d12h')} bad-time"]


def test_an_open_bracket_is_told_with_where_it_began() -> None:
    (one,) = read({"a.yaml": "id: x\nallow: [\nowner: x\ntitle: y\n"})[1]
    assert one.code == "not-yaml"
    assert "which begins in line 2" in one.help


def test_two_files_with_one_id_name_both_places() -> None:
    (one,) = read({"a.yaml": AWS, "b.yaml": AWS})[1]
    assert told(one) == "b.yaml:2:5 duplicate-id"
    assert "role_catalog/a.yaml:2:5" in one.message


def test_an_exception_and_a_role_can_not_share_an_id() -> None:
    assert errors({"a.yaml": AWS, "b.yaml": EXCEPTION.replace("nightly-export", "reader")}) == [
        "b.yaml:3:5 duplicate-id"
    ]


def test_a_number_is_read_as_it_is_written() -> None:
    caller = "- aws: { account: 111122223333 }"
    catalog, problems = read({"a.yaml": AWS.replace(CALLER, caller)})
    assert problems == []
    assert (catalog.roles["reader"].trust or ())[0].fields == {"account": ("111122223333",)}


def test_truth_values_of_conditions_are_those_of_policies() -> None:
    clause = (
        "conditions: { Bool: { aws:SecureTransport: true }, NumericLessThan: { s3:max-keys: 10 } }\n    resources: ["
    )
    catalog, problems = read({"a.yaml": AWS.replace("resources: [", clause)})
    assert problems == []
    assert catalog.roles["reader"].allow[0].conditions == (
        ("Bool", "aws:SecureTransport", ("true",)),
        ("NumericLessThan", "s3:max-keys", ("10",)),
    )


# --- break glass


def test_break_glass_without_terms() -> None:
    assert errors({"a.yaml": EMERGENCY}) == ["a.yaml:8:1 break-glass"]


def test_break_glass_with_terms_and_a_bound() -> None:
    assert errors({"a.yaml": EMERGENCY + TERMS}) == []


def test_break_glass_tells_somebody() -> None:
    assert errors({"a.yaml": EMERGENCY + "break_glass: { max_duration: 1h }\n"}) == ["a.yaml:24:1 missing-field"]


def test_break_glass_of_aws_has_a_bound_on_its_sessions() -> None:
    text = EMERGENCY.replace("constraints: { max_session: 1h }\n", "") + TERMS
    assert errors({"a.yaml": text}) == ["a.yaml:23:1 break-glass"]


def test_a_session_is_not_longer_than_a_use() -> None:
    text = EMERGENCY.replace("max_session: 1h", "max_session: 4h") + TERMS
    assert errors({"a.yaml": text}) == [f"a.yaml:{at(text, '4h')} break-glass"]


# --- exceptions

EXCEPTION_MISTAKES = [
    ("identity: aws:role/export", "identity: export", "bad-name", "export\nallow"),
    ("kind: Exception", "kind: Exceptoin", "unknown-word", "Exceptoin"),
    ("expires: 2027-03-31\n", "", "missing-field", "apiVersion"),
    ("owner: data\n", "", "missing-field", "apiVersion"),
    ("expires: 2027-03-31", "expires: 2027-02-30", "bad-date", "2027-02-30"),
    ("exports/*", "<bucket>/*", "unknown-parameter", '"arn'),
    ("actions: [s3:PutObject]", "verbs: [get]", "unknown-field", "verbs"),
    ("reason: the", "resaon: the", "unknown-field", "resaon"),
]


@pytest.mark.parametrize("old, new, code, where", EXCEPTION_MISTAKES)
def test_mistakes_of_exceptions(old: str, new: str, code: str, where: str) -> None:
    text = EXCEPTION.replace(old, new)
    assert f"e.yaml:{at(text, where)} {code}" in errors({"e.yaml": text})
