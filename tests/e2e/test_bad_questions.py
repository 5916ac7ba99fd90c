"""`can` with documents, questions and manifests that are broken: an answer or a located error, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import Done, bound, nhilint, put, quick, role

WHO = "arn:aws:iam::111122223333:role/r"
ASK = ("--principal", WHO, "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/k")
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
LAYERS = ("--identity-policy", "--boundary", "--session-policy", "--resource-policy", "--scp", "--rcp")
DEEP = "[" * 20_000 + "]" * 20_000


def statement(**parts: Any) -> str:
    row = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **parts}
    return json.dumps({"Version": "2012-10-17", "Statement": [row]})


DOCUMENTS = {
    "no JSON": ("hello", 2, "unexpected `h`"),
    "nothing": ("", 2, "ends too early"),
    "cut off": ('{"Statement": [', 2, "ends too early"),
    "no text": (b"\x00\xff", 2, "is not UTF-8"),
    "deep lists": ('{"Version": "2012-10-17", "Statement": ' + DEEP + "}", 2, "deeper than 100 levels"),
    "deep objects": ('{"a":' * 20_000 + "1" + "}" * 20_000, 2, "deeper than 100 levels"),
    "9 MB": ('{"Statement": []}' + " " * 9_000_000, 2, "larger than 2 MiB"),
    "a list": ("[]", 2, "does not hold an object"),
    "null": ("null", 2, "does not hold an object"),
    "a key twice": ('{"Statement": [], "Statement": []}', 2, "stands twice"),
    "no number": ('{"Version": "2012-10-17", "Statement": NaN}', 2, "unexpected `N`"),
    "no Statement": ("{}", 2, "no `Statement`"),
    "a statement that is none": ('{"Version": "2012-10-17", "Statement": [7]}', 2, "not an object"),
    "statements that are none": ('{"Version": "2012-10-17", "Statement": "x"}', 2, "not an object"),
    "an unknown version": ('{"Version": "2030-01-01", "Statement": []}', 2, "2030-01-01"),
    "an effect that is none": (statement(Effect="Perhaps"), 2, "Perhaps"),
    "an effect that is a list": (statement(Effect=["Allow"]), 2, "undecided"),
    "actions that are objects": (statement(Action=[{"a": 1}]), 2, "undecided"),
    "a resource that is a number": (statement(Resource=3), 2, "undecided"),
    "conditions that are a list": (statement(Condition=[1]), 2, "undecided"),
    "a condition that is a string": (statement(Condition={"StringEquals": "x"}), 2, "undecided"),
    "actions in two lists": (statement(Action=[["s3:GetObject"]]), 2, "undecided"),
    "two effects": (statement(Effect=["Allow", "Deny"]), 2, "undecided"),
    "a role": ('{"kind": "Role", "rules": []}', 2, "undecided"),
}


def sound(done: Done) -> None:
    assert "Traceback" not in done.err
    assert "bug in nhilint" not in done.err


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("content", "code", "said"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_of_any_layer(tmp_path: Path, layer: str, content: str | bytes, code: int, said: str) -> None:
    put(tmp_path, {"bad.json": content, "good.json": json.dumps(ALL)})
    fine = () if layer == "--identity-policy" else ("--identity-policy", "good.json")
    if layer == "--resource-policy":
        # Within one account an identity policy alone is enough.
        fine = ()
    done = quick(tmp_path, "can", *ASK, *fine, layer, "bad.json")
    sound(done)
    assert (done.code, said in done.out + done.err) == (code, True), done


@pytest.mark.parametrize("layer", LAYERS)
def test_no_statements_allow_nothing(tmp_path: Path, layer: str) -> None:
    """But for the policies of a resource control policy, which only take away."""
    put(tmp_path, {"none.json": '{"Version": "2012-10-17", "Statement": []}', "good.json": json.dumps(ALL)})
    fine = () if layer in ("--identity-policy", "--resource-policy") else ("--identity-policy", "good.json")
    assert quick(tmp_path, "can", *ASK, *fine, layer, "none.json").code == (0 if layer == "--rcp" else 1)


def test_a_document_of_one_long_line_is_read_in_time(tmp_path: Path) -> None:
    """Just below the limit; the place of every string of it is kept."""
    many = statement(Resource=[f"arn:aws:s3:::bucket-{n}/*" for n in range(60_000)])
    put(tmp_path, {"big.json": many})
    assert nhilint(tmp_path, "can", *ASK, "--identity-policy", "big.json").code == 1


QUESTION = {"principal": WHO, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "identity_policies": [ALL]}
LINES: dict[str, tuple[str | bytes, str]] = {
    "no JSON": ("nope", "is not JSON"),
    "cut off": (json.dumps(QUESTION)[:-5], "is not JSON"),
    "a list": ("[]", "is not an object"),
    "null": ("null", "is not an object"),
    "no fields": ("{}", "is missing"),
    "deep": ('{"principal": ' + DEEP + "}", "is not JSON"),
    "deep in a document": (
        json.dumps(QUESTION)[:-2] + ', {"Statement": ' + "[" * 500 + "]" * 500 + "}]}",
        "100 levels",
    ),
    "an unknown field": (json.dumps({**QUESTION, "extra": 1}), "unknown field `extra`"),
    "a key twice": ('{"principal": "a", "principal": "b"}', "stands twice"),
    "no number": ('{"principal": NaN}', "`NaN` is not JSON"),
    "no UTF-8": (b'{"principal": "\xff"}', "no text in UTF-8"),
    "half a character": ('{"principal": "\\ud800"}', "no text in UTF-8"),
    "NUL": (b"\x00", "is not JSON"),
    "an action that is a number": (json.dumps({**QUESTION, "action": 7}), "`action` is not a string"),
    "policies that are a string": (json.dumps({**QUESTION, "identity_policies": "x"}), "is not a list"),
    "a policy that is a number": (json.dumps({**QUESTION, "identity_policies": [7]}), "does not hold an object"),
    "a policy that is broken": (json.dumps({**QUESTION, "identity_policies": ["{"]}), "is needed here"),
    "a huge policy": (json.dumps({**QUESTION, "identity_policies": [{"a": "x" * 3_000_000}]}), "larger than 2 MiB"),
    "levels that are none": (json.dumps({**QUESTION, "scps": 7}), "`scps` is not a list"),
    "a context that is a list": (json.dumps({**QUESTION, "context": [1]}), "`context` is not an object"),
    "a context of objects": (json.dumps({**QUESTION, "context": {"a": {}}}), "is not a string"),
    "no principal": (json.dumps({**QUESTION, "principal": "x y"}), "is not a principal"),
    "no action": (json.dumps({**QUESTION, "action": "s3"}), "is not an action"),
}


def test_a_broken_line_spoils_no_other(tmp_path: Path) -> None:
    fine = json.dumps({**QUESTION, "id": "fine"}).encode()
    lines = [line.encode() if isinstance(line, str) else line for line, _ in LINES.values()]
    put(tmp_path, {"batch": b"\xef\xbb\xbf" + b"\n".join(part for line in lines for part in (fine, line)) + b"\n\n"})
    done = nhilint(tmp_path, "can", "--batch", "batch")
    rows = [json.loads(row) for row in done.out.splitlines()]
    assert (done.code, len(rows)) == (2, 2 * len(LINES))
    for number, (name, (_, said)) in enumerate(LINES.items()):
        good, bad = rows[2 * number : 2 * number + 2]
        assert (good["id"], good["decision"]) == ("fine", "allowed")
        assert said in bad["error"]["message"], (name, bad)
        assert bad["error"]["line"] == 2 * number + 2


def test_a_batch_about_a_tree(tmp_path: Path) -> None:
    """Broken manifests and questions beside good ones; each line has an answer of its own."""
    pods = '[{apiGroups: [""], resources: [pods], verbs: [get]}]'
    put(
        tmp_path / "tree",
        {"a.yaml": bound("bot", pods, "dev"), "b.yaml": bound("odd", "7", "dev"), "c.yaml": HEAD + "\t"},
    )
    asked: list[tuple[dict[str, Any], str]] = [
        ({"identity": "bot", "action": "get", "resource": "dev:pods=a"}, "allowed"),
        ({"identity": "bot", "action": "get", "resource": "dev:secrets=a"}, "implicitly-denied"),
        ({"identity": "odd", "action": "get", "resource": "dev:pods=a"}, "undecided"),
        ({"identity": "nobody", "action": "get", "resource": "dev:pods=a"}, "there is no identity `nobody`"),
        ({"identity": "bot", "action": "*", "resource": "dev:pods=a"}, "not one verb"),
        ({"identity": "bot", "action": "get", "resource": "pods/*"}, "is not a resource"),
        ({"identity": "bot", "action": "get"}, "`resource` is missing"),
        ({"identity": 7, "action": "get", "resource": "pods"}, "`identity` is not a string"),
        ({"identity": "bot", "principal": WHO, "action": "get", "resource": "pods"}, "both given"),
        ({"identity": "bot", "action": "get", "resource": "pods", "identity_policies": [ALL]}, "not an AWS identity"),
    ]
    put(tmp_path, {"batch": "\n".join(json.dumps(question) for question, _ in asked)})
    done = nhilint(tmp_path, "can", "--batch", "batch", "--tree", "tree")
    rows = [json.loads(row) for row in done.out.splitlines()]
    assert (done.code, len(rows)) == (2, len(asked))
    for row, (question, said) in zip(rows, asked, strict=True):
        assert said in (row.get("decision") or row["error"]["message"]), (question, row)


def test_broken_lines_of_compare_are_told_the_same_way(tmp_path: Path) -> None:
    pods = {"kind": "Role", "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
    fine = {"reference": pods, "candidate": pods}
    lines = [fine, {**fine, "candidate": ALL}, {**fine, "candidate": {**pods, "rules": 7}}, {**fine, "candidate": 7}]
    put(tmp_path, {"batch": "\n".join([*map(json.dumps, lines), '{"id": "\\udfff"}'])})
    done = nhilint(tmp_path, "compare", "--batch", "batch")
    rows = [json.loads(row) for row in done.out.splitlines()]
    assert [row.get("verdict", "error") for row in rows] == ["covered", "error", "undecided", "error", "error"]


HEAD = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x, namespace: dev}\n"
ROLE = "roleRef: {kind: ClusterRole, name: edit}\n"
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
MANIFESTS = {
    "no YAML": (HEAD + "roleRef:\n\t- x", "bad.yaml"),
    "cut off": (HEAD + "roleRef: {kind: ClusterRole", "bad.yaml"),
    "no text": (HEAD.encode() + b"\xff\xfe", "not UTF-8"),
    "NUL": (HEAD + "# \x00", "NUL"),
    "deep": (HEAD + "subjects: " + DEEP, "100 levels"),
    "a bomb": (HEAD + BOMB, "nodes once its aliases are expanded"),
    "a template": (HEAD + "roleRef: {{ .Values.role }}", "template"),
    "a key twice": (HEAD + ROLE + ROLE, "stands twice"),
    "no roleRef": (HEAD + "subjects: []", "no `roleRef`"),
    "a roleRef that is a string": (HEAD + "roleRef: Role/r", "no `roleRef`"),
    "a roleRef of lists": (HEAD + "roleRef: {kind: [Role], name: {}}", "can be read"),
    "a subject that is a string": (HEAD + ROLE + "subjects: [bot]", "not a map"),
    "subjects that are a map": (HEAD + ROLE + "subjects: {kind: ServiceAccount, name: bot}", "not a list"),
    "a subject without a name": (HEAD + ROLE + "subjects: [{kind: ServiceAccount}]", "no `name`"),
    "a subject of an unknown kind": (HEAD + ROLE + "subjects: [{kind: Robot, name: bot}]", "`Robot`"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_beside_the_one_that_is_asked_about(tmp_path: Path, content: str | bytes, said: str) -> None:
    """It changes no answer, and a denial names it."""
    pods = '[{apiGroups: [""], resources: [pods], verbs: [get]}]'
    put(tmp_path, {"good.yaml": bound("bot", pods, "dev"), "bad.yaml": content})
    allowed = quick(tmp_path, "can", "bot", "get", "dev:pods=a")
    denied = quick(tmp_path, "can", "bot", "list", "dev:secrets", "--format", "json")
    sound(allowed)
    sound(denied)
    assert (allowed.code, denied.code) == (0, 1), denied
    if said:
        assert said in " ".join(denied.json()["assumed"])


@pytest.mark.parametrize(
    "rules",
    [
        "7",
        "{a: b}",
        "[7]",
        "[[pods]]",
        '[{apiGroups: "", resources: [pods], verbs: [get]}]',
        "[{verbs: [7]}]",
        "[{x: y}]",
    ],
)
def test_rules_that_no_cluster_takes_make_a_denial_undecided(tmp_path: Path, rules: str) -> None:
    put(tmp_path, {"a.yaml": bound("bot", rules, "dev")})
    done = quick(tmp_path, "can", "bot", "list", "dev:secrets")
    sound(done)
    assert done.code == 2
    assert "a.yaml:" in done.out


@pytest.mark.parametrize(
    "resource",
    [
        "",
        "*",
        "pods/*",
        "a:b:pods",
        "pods=",
        "Pods",
        "pods/exec/x",
        ":pods",
        "pods..apps",
        "x" * 100_000 + "!",
        "\x1b[31m",
    ],
)
def test_a_resource_that_is_none(tmp_path: Path, resource: str) -> None:
    put(tmp_path, {"a.yaml": bound("bot", "[]", "dev"), "a.tf": role("good")})
    done = quick(tmp_path, "can", "bot", "get", resource)
    sound(done)
    assert done.code == 2
    assert "help:" in done.err
    assert "\x1b" not in done.err
