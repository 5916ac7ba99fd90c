"""Input that is broken or hostile: a clear error or something named as unresolved; never a traceback or a pass."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import Done, bound, commit, git, nhilint, put, quick, repository, role

GOOD = {"good.tf": role("good")}
READ = '[{apiGroups: [""], resources: [pods], verbs: [get]}]'


def checked(folder: Path, *arguments: str) -> dict[str, Any]:
    done = nhilint(folder, "check", *arguments, "--format", "json")
    assert done.code in (0, 1), done
    value: dict[str, Any] = done.json()
    return value


def named(folder: Path, path: str) -> list[dict[str, Any]]:
    """The unresolved rows that name a file, once the healthy file beside it was found to be analysed."""
    value = checked(folder)
    keys = [i["key"] for i in value["identities"]]
    assert "aws:role/good" in keys
    rows = [u for u in value["unresolved"] if u["location"]["path"] == path or path in u["what"]]
    assert rows, value["unresolved"]
    return rows


def test_strict_fails_on_what_was_not_read(tmp_path: Path) -> None:
    folder = put(tmp_path / "t", {**GOOD, "bad.tf": "{"})
    assert nhilint(folder, "check").code in (0, 1)
    assert nhilint(folder, "check", "--strict", "--fail-on", "critical").code == 3


# --- revisions


def test_review_outside_a_repository(tmp_path: Path) -> None:
    done = nhilint(put(tmp_path / "plain", GOOD), "review", GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert done.code == 2
    assert "is not in a Git repository" in done.err
    assert "help:" in done.err


def test_unknown_revision_names_near_ones(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", GOOD)
    git(folder, "branch", "release")
    done = nhilint(folder, "review", "releese")
    assert done.code == 2
    assert "there is no revision `releese`" in done.err
    assert "`release`" in done.err


def test_a_revision_is_never_an_option_of_git(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", GOOD)
    done = nhilint(folder, "review", "--", "--output=owned")
    assert done.code == 2
    assert not (folder / "owned").exists()


def test_shallow_clone_tells_the_command_that_mends_it(tmp_path: Path) -> None:
    origin = repository(tmp_path / "origin", GOOD, {"x.txt": "1"})
    base = git(origin, "rev-parse", "HEAD")
    git(origin, "checkout", "-q", "-b", "work")
    commit(origin, {"good.tf": role("good", "s3:*")})
    commit(origin, {"x.txt": "2"})
    git(origin, "checkout", "-q", "main")
    commit(origin, {"x.txt": "3"})
    git(tmp_path, "clone", "-q", "--depth", "1", "-b", "work", "--no-single-branch", f"file://{origin}", "clone")
    clone = tmp_path / "clone"
    done = nhilint(clone, "review")
    assert done.code == 2
    assert "git fetch --unshallow" in done.err
    done = nhilint(clone, "review", base)
    assert done.code == 2
    assert f"git fetch --depth=1 origin {base}" in done.err
    git(clone, "fetch", "-q", "--depth=1", "origin", base)
    assert nhilint(clone, "review", base).code in (0, 1)
    git(clone, "fetch", "-q", "--unshallow")
    assert nhilint(clone, "review").code in (0, 1)


# --- files that can not be read


def test_broken_hcl(tmp_path: Path) -> None:
    broken = 'resource "aws_iam_role" "bad" {\n  name = = "x"\n}\n' + role("after")
    folder = put(tmp_path / "t", {**GOOD, "bad.tf": broken})
    (row, *_) = named(folder, "bad.tf")
    assert row["location"]["line"] == 2
    assert "aws:role/after" in [i["key"] for i in checked(folder)["identities"]]


def test_broken_yaml(tmp_path: Path) -> None:
    broken = "kind: Role\nmetadata: {name: x\nrules: []\n---\n" + bound("after", READ)
    folder = put(tmp_path / "t", {**GOOD, "bad.yaml": broken})
    rows = named(folder, "bad.yaml")
    assert any(1 < row["location"]["line"] <= 4 for row in rows)
    keys = [i["key"] for i in checked(folder)["identities"]]
    assert "kubernetes:serviceaccount/default/after" in keys


@pytest.mark.parametrize("body", ['{"Statement": [}', '{"Statement": [], "Statement": []}', "", "null", "[1]", '"x"'])
def test_broken_policy_json(tmp_path: Path, body: str) -> None:
    text = f'resource "aws_iam_user_policy" "p" {{\n  user = "u"\n  policy = <<EOF\n{body}\nEOF\n}}\n'
    folder = put(tmp_path / "t", {**GOOD, "bad.tf": text})
    assert 1 <= named(folder, "bad.tf")[0]["location"]["line"] <= 5


BINARY = bytes(range(256)) * 8 + b"kind: RoleBinding"


HOSTILE: dict[str, str | bytes] = {
    "bin.tf": BINARY,
    "bin.yaml": BINARY,
    "latin.tf": 'resource "aws_iam_role" "r" { name = "é" }'.encode("latin-1"),
    "latin.yaml": "kind: RoleBinding\nmetadata: {name: é}".encode("latin-1"),
    "utf16.yaml": "kind: RoleBinding".encode("utf-16") + b"kind: Role",
    "nul.tf": b'resource "aws_iam_role" "r" { name = "a\x00b" }',
    "nul.yaml": b"kind: RoleBinding\nmetadata: {name: a\x00b}",
    "twice.yaml": "kind: Role\nkind: ClusterRole\nmetadata: {name: x}\n",
    "twice.tf": 'resource "aws_iam_role" "r" {\n  name = "a"\n  name = "b"\n}\n',
    "deep.tf": "locals {\n  a = " + "[" * 10_000 + "]" * 10_000 + "\n}\n",
    "deep2.tf": "locals {\n  a = " + "(" * 10_000 + "\n}\n",
    "deep3.tf": "a {" * 10_000,
    "deep4.tf": 'locals {\n  a = "' + '${"' * 10_000 + "\n}\n",
    "deep.yaml": "kind: Role\nrules: " + "[" * 10_000 + "]" * 10_000 + "\n",
    "deep2.yaml": "kind: Role\nrules: " + "[" * 10_000,
    "deep3.yaml": "kind: Role\n" + "\n".join(" " * i + "a:" for i in range(2_000)),
    "deep.json": '{"kind": "Role", "rules": ' + "[" * 10_000 + "]" * 10_000 + "}",
    "deep.tf.json": '{"locals": {"a": ' + "[" * 10_000 + "]" * 10_000 + "}}",
    "broken.tf.json": '{"resource": {',
    "twice.tf.json": '{"locals": {"a": 1, "a": 2}}',
    "list.tf.json": "[1, 2]",
    "big.yaml": b"kind: RoleBinding\n" + b"# x\n" * 5_000_000,
    "big.tf": b"# x\n" * 5_000_000,
    "big.tf.json": b'{"a": 1}' + b" " * 20_000_000,
    "bomb.yaml": "\n".join(
        ["kind: Role", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    ),
    "loop.yaml": "kind: Role\na: &a [*a]\n",
}
WORDS = {"big.yaml": "MiB", "big.tf": "larger", "big.tf.json": "larger", "bomb.yaml": "aliases", "nul.yaml": "NUL"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One run over a tree in which all but one file is broken."""
    folder = put(tmp_path_factory.mktemp("hostile"), {**GOOD, **HOSTILE})
    started = time.monotonic()
    value = checked(folder)
    assert time.monotonic() - started < 20
    return value


@pytest.mark.parametrize(
    "name",
    list(HOSTILE),
)
def test_file_is_named_and_the_rest_is_analysed(hostile: dict[str, Any], name: str) -> None:
    assert "aws:role/good" in [i["key"] for i in hostile["identities"]]
    rows = [u for u in hostile["unresolved"] if u["location"]["path"] == name or f"`{name}`" in u["what"]]
    assert rows
    assert rows[0]["why"]
    assert WORDS.get(name, "") in rows[0]["why"]


def test_deep_policy_json(tmp_path: Path) -> None:
    text = f'resource "aws_iam_user_policy" "p" {{\n  user = "u"\n  policy = <<EOF\n{"[" * 10_000}\nEOF\n}}\n'
    assert named(put(tmp_path / "t", {**GOOD, "deep.tf": text}), "deep.tf")


@pytest.mark.parametrize("where", ["folder", "git"])
def test_links_out_of_the_tree_are_not_followed(tmp_path: Path, where: str) -> None:
    put(tmp_path / "outside", {"secret.tf": role("outside"), "secret.yaml": bound("outside", READ)})
    folder = put(tmp_path / "t", GOOD)
    os.symlink("../outside/secret.tf", folder / "link.tf")
    os.symlink(str(tmp_path / "outside" / "secret.yaml"), folder / "link.yaml")
    os.symlink("../outside", folder / "sub")
    os.symlink("loop.tf", folder / "loop.tf")
    tree = "."
    if where == "git":
        git(folder, "init", "-q")
        commit(folder, {})
        tree = "HEAD"
    value = checked(folder, tree)
    text = json.dumps(value)
    assert "role/outside" not in text
    assert "default/outside" not in text
    unread = {u["location"]["path"] for u in value["unresolved"]}
    assert {"link.tf", "link.yaml", "loop.tf"} <= unread


def test_file_functions_do_not_leave_the_tree(tmp_path: Path) -> None:
    put(tmp_path, {"secret.txt": "s3cr3t-value"})
    text = role("peek", resource='${file("../secret.txt")}') + role(
        "peek2", resource=f'${{file("{tmp_path}/secret.txt")}}'
    )
    folder = put(tmp_path / "t", {**GOOD, "peek.tf": text})
    done = nhilint(folder, "check", "--format", "json")
    assert "s3cr3t" not in done.out + done.err


def test_endless_modules(tmp_path: Path) -> None:
    folder = put(tmp_path / "t", {**GOOD, "m/main.tf": 'module "again" {\n  source = "../m"\n}\n' + role("looped")})
    put(folder, {"call.tf": 'module "m" {\n  source = "./m"\n}\n'})
    value = checked(folder)
    assert value["unresolved"]


@pytest.mark.parametrize("files", [{}, {"README.md": "hello"}])
def test_nothing_to_read(tmp_path: Path, files: dict[str, str]) -> None:
    folder = put(tmp_path / "t", files)
    done = nhilint(folder, "check")
    assert done.code == 3
    assert "nothing to read" in done.err
    put(tmp_path / "u", files)
    assert nhilint(tmp_path, "review", "t", "u").code == 3


# --- settings and catalog


@pytest.mark.parametrize(
    "text, words",
    [
        ('fail_onn = "high"', ("unknown setting `fail_onn`", "`fail_on`")),
        ("[catalog]\npath = []", ("unknown setting `catalog.path`", "`catalog.paths`")),
        ('[catalog]\npaths = "x"', ("`catalog.paths`", "a list of strings")),
        ("[rules]\ndisabled = [1]", ("`rules.disabled`", "a list of strings")),
        ('[catalog]\nrequired = "yes"', ("`catalog.required`", "true or false")),
        ('fail_on = "loud"', ("`loud` is no severity", "high")),
        ("catalog = 3", ("`catalog`",)),
        ("fail_on = ", ("can not be read", "nhilint.toml")),
        (b"\xff\xfe", ("can not be read",)),
    ],
)
def test_settings_are_strict(tmp_path: Path, text: str | bytes, words: tuple[str, ...]) -> None:
    done = quick(put(tmp_path / "t", {**GOOD, "nhilint.toml": text}), "check")
    assert done.code == 2
    assert all(word in done.err for word in words), done.err


@pytest.mark.parametrize("text", ["[tool]\nnhilint = 3", "tool = 3", "[tool.nhilint]\nx = 1"])
def test_settings_in_pyproject_are_strict(tmp_path: Path, text: str) -> None:
    done = quick(put(tmp_path / "t", {**GOOD, "pyproject.toml": text}), "check")
    assert done.code == 2
    assert "error: " in done.err


def test_lint_tells_every_problem_of_a_role_file_at_once(tmp_path: Path) -> None:
    broken = "schema: nhilint.role/1\nid: Bad Name\ntitel: x\nfoo: 1\nstatus: sometimes\nallows: 3\n"
    folder = put(tmp_path / "t", {**GOOD, "role_catalog/bad.yaml": broken})
    done = quick(folder, "catalog", "lint")
    assert done.code == 1
    for word in ("titel", "foo", "role_catalog/bad.yaml"):
        assert word in done.out
    assert len(quick(folder, "catalog", "lint", "--format", "json").json()["problems"]) >= 4


@pytest.mark.parametrize("text", ["- 1\n", "a: [\n", "a: 1\na: 2\n", "", b"\xff\xfe\x00", "id: [1]\n", "id: x\n"])
def test_a_broken_role_file_stops_the_run(tmp_path: Path, text: str | bytes) -> None:
    folder = put(tmp_path / "t", {**GOOD, "role_catalog/bad.yaml": text})
    for command in ("check", "catalog"):
        done = quick(folder, command, *(["lint"] if command == "catalog" else []))
        assert done.code in (1, 2), done
        assert "role_catalog/bad.yaml" in done.out + done.err


# --- compare and can


FINE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
ROLE = "kind: Role\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: x}\n"


def statement(**parts: object) -> str:
    merged = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **parts}
    return json.dumps({"Version": "2012-10-17", "Statement": [{k: v for k, v in merged.items() if v is not ...}]})


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"a": NaN}',
        '{"Statement": [}',
        '{"Statement": 3}',
        '{"Statement": ["x"]}',
        '{"Statement": [[{"Effect": "Allow"}]]}',
        statement(Effect="allow"),
        statement(Effect=1),
        statement(Effect=...),
        statement(Action=[1, {}]),
        statement(Action={"a": 1}),
        statement(Action=...),
        statement(NotAction="s3:*"),
        statement(Resource=[None]),
        statement(Resource=...),
        statement(Condition=[]),
        statement(Condition="x"),
        statement(Condition={"StringEquals": "x"}),
        statement(Condition={"StringEquals": {"aws:username": [{"a": 1}]}}),
        '{"Version": "2031-01-01", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}',
        '{"Version": 5, "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}',
    ],
)
def test_compare_does_not_judge_what_it_can_not_read(tmp_path: Path, text: str) -> None:
    put(tmp_path, {"fine.json": json.dumps(FINE), "bad.json": text})
    for order in (("fine.json", "bad.json"), ("bad.json", "fine.json")):
        told(quick(tmp_path, "compare", *order))


def test_compare_reads_an_unknown_operator_as_a_condition_nobody_knows(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"fine.json": json.dumps(FINE), "bad.json": statement(Condition={"FuzzyEquals": {"aws:username": "x"}})},
    )
    # Whatever the condition means, it only takes something away; and the same text means the same.
    assert quick(tmp_path, "compare", "fine.json", "bad.json").code == 0
    assert quick(tmp_path, "compare", "bad.json", "bad.json").code == 0
    done = quick(tmp_path, "compare", "bad.json", "fine.json")
    assert done.code == 2, done
    assert "unknown condition operator `FuzzyEquals` on `aws:username` [unknown-operator]" in done.out


@pytest.mark.parametrize(
    "condition",
    [
        {"NumericLessThan": {"s3:max-keys": "many"}},
        {"IpAddress": {"aws:SourceIp": "999.1.1.1/77"}},
        {"DateLessThan": {"aws:CurrentTime": "yesterday"}},
        {"Bool": {"aws:SecureTransport": "maybe"}},
    ],
)
def test_a_malformed_condition_covers_nothing(tmp_path: Path, condition: object) -> None:
    put(tmp_path, {"fine.json": json.dumps(FINE), "odd.json": statement(Condition=condition)})
    assert quick(tmp_path, "compare", "odd.json", "fine.json").code in (1, 2)


def told(done: Done) -> None:
    assert done.code == 2, done
    assert ("undecided" in done.out) != ("error: " in done.err), done


def test_compare_says_where(tmp_path: Path) -> None:
    put(tmp_path, {"fine.json": json.dumps(FINE), "bad.json": '{\n  "Statement": [}\n'})
    done = quick(tmp_path, "compare", "fine.json", "bad.json")
    assert "bad.json:2:17" in done.err
    assert "^" in done.err


def test_compare_without_statements(tmp_path: Path) -> None:
    put(tmp_path, {"fine.json": json.dumps(FINE), "none.json": '{"Version": "2012-10-17", "Statement": []}'})
    assert quick(tmp_path, "compare", "fine.json", "none.json").code == 0
    assert quick(tmp_path, "compare", "none.json", "fine.json").code == 1
    assert quick(tmp_path, "compare", "none.json", "none.json").code == 0


@pytest.mark.parametrize(
    "text",
    [
        ROLE + "rules: 3\n",
        ROLE + "rules: [3]\n",
        ROLE + "rules: [{verbs: get, resources: [pods], apiGroups: ['']}]\n",
        ROLE + "rules: [{verbs: [1], resources: [pods], apiGroups: ['']}]\n",
        ROLE + "rules: [{verbs: [get], resources: [[]], apiGroups: ['']}]\n",
        ROLE + "rules: [{verbs: [get], resources: [pods], apiGroups: ['']}]\n---\n" + ROLE + "rules: []\n",
        ROLE + "rules: {verbs: [get]}\n",
        "rules: []\n",
        "kind: Role\nkind: Role\n",
        "[]\n",
        "",
    ],
)
def test_compare_of_broken_roles(tmp_path: Path, text: str) -> None:
    fine = ROLE + "rules: [{verbs: ['*'], resources: ['*'], apiGroups: ['*']}]\n"
    put(tmp_path, {"fine.yaml": fine, "bad.yaml": text})
    told(quick(tmp_path, "compare", "fine.yaml", "bad.yaml"))


def test_compare_of_different_kinds(tmp_path: Path) -> None:
    put(tmp_path, {"a.json": json.dumps(FINE), "b.yaml": ROLE + "rules: []\n", "bin.json": BINARY})
    assert "different kinds" in quick(tmp_path, "compare", "a.json", "b.yaml").err
    for other in ("bin.json", "missing.json", "."):
        told(quick(tmp_path, "compare", "a.json", other))


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (("goood", "s3:GetObject", "*"), 2, "`good`"),
        (("good", "s3", "*"), 2, "error"),
        (("good", "", "*"), 2, "error"),
        (("good", "s3:Get*", "*"), 2, "error"),
        (("good", "s3:GetObject", ""), 2, "error"),
        (("good", "s3:GetObject", "*", "--context", "nokey"), 2, "KEY=VALUE"),
        (("good", "s3:GetObject"), 2, "resource"),
        (("good", "s3:GetObject", "arn:aws:s3:::data/x", "--format", "xml"), 2, "no format `xml`"),
        (("good", "s3:GetObject", "arn:aws:s3:::data/x"), 0, "allowed"),
        (("good", "s3:GetObject", "arn:aws:s3:::other/x"), 1, "denied"),
    ],
)
def test_can(tmp_path: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = quick(put(tmp_path / "t", GOOD), "can", *arguments)
    assert done.code == code, done
    assert words.lower() in (done.out + done.err).lower()


def test_can_is_undecided_where_a_policy_is_broken(tmp_path: Path) -> None:
    text = role("r") + 'resource "aws_iam_role_policy" "x" {\n  role = aws_iam_role.r.name\n  policy = "{"\n}\n'
    folder = put(tmp_path / "t", {"a.tf": text})
    assert quick(folder, "can", "r", "sqs:SendMessage", "*").code == 2


# --- hostile names

NASTY = "a`b``c|d</details><img src=x>\x1b[31m\u202e@all [x](http://evil.example) ::error::x"


def test_hostile_names_are_harmless(tmp_path: Path) -> None:
    quoted = json.dumps(NASTY)
    base = put(tmp_path / "base", GOOD)
    text = (
        f'resource "aws_iam_role" "r" {{\n  name = {quoted}\n  assume_role_policy = "{{}}"\n}}\n'
        f'resource "aws_iam_role_policy" "p" {{\n  name = {quoted}\n  role = aws_iam_role.r.name\n'
        f'  policy = jsonencode({{ Statement = [{{ Sid = {quoted}, Effect = "Allow", Action = "s3:*", '
        f"Resource = {quoted} }}] }})\n}}\n"
    )
    manifest = bound("plainname", READ).replace("plainname", quoted)
    head = put(tmp_path / "head", {**GOOD, "evil.tf": text, "evil\x1b[31m`|.yaml": manifest})
    assert head.is_dir()
    assert base.is_dir()
    for form in ("text", "concise", "markdown"):
        done = nhilint(tmp_path, "review", "base", "head", "--format", form)
        assert done.code in (0, 1)
        shown = done.out + done.err
        assert "a`b" in shown.replace("\\", "")
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        if form == "markdown":
            outside = outside_code(done.out)
            for word in ("@all", "<img", "</details><", "\n::error"):
                assert word not in outside, outside
            # Inside `<summary>` there is no Markdown; elsewhere a link would work.
            assert "](http" not in "\n".join(line for line in outside.splitlines() if "<summary>" not in line)
    for command in ("check", "inventory"):
        done = nhilint(head, command)
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out


def outside_code(text: str) -> str:
    """What a Markdown reader does not take as code: fences and code spans are left out, line by line."""
    lines, fenced = [], False
    for line in text.splitlines():
        if line.startswith("````"):
            fenced = not fenced
        elif not fenced:
            lines.append(line if "<summary>" in line else outside_spans(line))
    assert not fenced
    return "\n".join(lines)


def outside_spans(text: str) -> str:
    """Spans open and close with runs of backticks of one length."""
    kept, at = [], 0
    while at < len(text):
        if text[at] == "\\":
            kept.append(text[at : at + 2])
            at += 2
            continue
        if text[at] != "`":
            kept.append(text[at])
            at += 1
            continue
        run = len(text[at:]) - len(text[at:].lstrip("`"))
        end = at + run
        while (close := text.find("`" * run, end)) >= 0:
            length = len(text[close:]) - len(text[close:].lstrip("`"))
            if length == run:
                break
            end = close + length
        if close < 0:
            kept.append(text[at : at + run])
            at += run
        else:
            at = close + run
    return "".join(kept)


@pytest.mark.parametrize(
    "content, code, said",
    [
        (b"hello", 2, "unexpected `h`"),
        (b"\x00\xff", 2, "is not UTF-8"),
        (b'{"Version": "2012-10-17", "Statement": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", 2, "nesting is deeper"),
        (b'{"Statement": []}' + b" " * 10_000_000, 2, "is larger than 2 MiB"),
        (b'{"Version": "2012-10-17", "Statement": []}', 0, "covered"),
        (b'{"Version": "2012-10-17", "Statement": [7]}', 2, "undecided"),
    ],
    ids=["no JSON", "no text", "deep", "huge", "no statements", "a statement that is no map"],
)
def test_a_document_to_compare_is_refused_or_judged_as_it_stands(
    tmp_path: Path, content: bytes, code: int, said: str
) -> None:
    put(
        tmp_path,
        {"good.json": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'},
    )
    (tmp_path / "candidate.json").write_bytes(content)
    done = nhilint(tmp_path, "compare", "good.json", "candidate.json")
    assert (done.code, said in done.out + done.err) == (code, True), done
    assert "Traceback" not in done.err


def test_a_broken_line_is_shown_with_a_caret_and_help_and_without_its_strings(tmp_path: Path) -> None:
    put(tmp_path, {**GOOD, "bad.tf": 'resource "aws_iam_role" "r" {\n  name = "hidden" x\n}\n'})
    done = nhilint(tmp_path, "check")
    lines = done.out.splitlines()
    at = next(number for number, line in enumerate(lines) if "bad.tf:2:19" in line)
    assert lines[at].endswith("file `bad.tf`: unexpected `x`")
    assert lines[at + 1].endswith('|   name = "······" x')
    assert lines[at + 2].index("^") == lines[at + 1].index(" x") + 1
    assert lines[at + 3].strip() == "help: an attribute or a block ends with its line"
    assert "hidden" not in done.out
