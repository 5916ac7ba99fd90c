"""Files of a tree: variable files, JSON, overrides, broken files, what may be read."""

import pytest

from nhilint.model.node import Encoded, Map, Sequence
from tests.unit.sources.terraform.build import document, load, show

MAIN = 'variable "n" { default = "default" }\nresource "aws_iam_role" "r" { name = var.n }\n'


def name(files: dict[str, str | bytes], **options) -> object:
    return show(document(load(files, **options), "aws_iam_role.r").body.get("name"))


def test_variable_files_in_order() -> None:
    files: dict[str, str | bytes] = {"main.tf": MAIN}
    assert name(files) == "default"
    files["terraform.tfvars"] = 'n = "tfvars"\n'
    assert name(files) == "tfvars"
    files["b.auto.tfvars.json"] = '{"n": "json"}'
    assert name(files) == "json"
    files["env/prod.tfvars"] = 'n = "prod"\n'
    assert name(files, var_files=("env/prod.tfvars",)) == "prod"


SEALED: dict[str, str | bytes] = {
    "git-crypt": b"\x00GITCRYPT\x00\x93\xd1\x00\xff", "ansible": "$ANSIBLE_VAULT;1.1;AES256\n6232\n",
    "sops": '{"data": "ENC[AES256_GCM,data:Tr7o=,type:str]", "sops": {"version": "3.9.0"}}',
    "lfs": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
    "binary": b"\x80\xff\x00", "nul": "n = \"x\"\x00\n", "broken": 'n = "x\n', "large": "#" * 6_000_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", SEALED)
def test_a_variable_file_that_can_not_be_read_makes_its_variables_symbols(kind: str) -> None:
    files: dict[str, str | bytes] = {"main.tf": MAIN, "terraform.tfvars": SEALED[kind]}
    assert name(files) == "${var.n}"
    (said,) = load(files).unresolved
    assert (said.span.path, said.what.count("terraform.tfvars")) == ("terraform.tfvars", 1)
    assert name({**files, "z.auto.tfvars": 'n = "later"\n'}) == "later"
    assert name({"main.tf": MAIN, "terraform.tfvars": 'n = "earlier"\n', "z.auto.tfvars": SEALED[kind]}) == "${var.n}"
    # Another root module has its own files.
    assert name({"main.tf": MAIN, "other/terraform.tfvars": SEALED[kind]}) == "default"


@pytest.mark.parametrize("kind,cause", [("git-crypt", "encrypted"), ("ansible", "encrypted"), ("sops", "encrypted"),
                                        ("lfs", "encrypted"), ("binary", "encoding"), ("nul", "encoding"),
                                        ("broken", "syntax"), ("large", "size")])  # fmt: skip
def test_a_file_that_can_not_be_read_says_why(kind: str, cause: str) -> None:
    (said,) = load({"main.tf": MAIN, "terraform.tfvars": SEALED[kind]}).unresolved
    assert said.cause == cause
    assert load({"main.tf": MAIN, "x.tfvars": SEALED[kind]}).unresolved == ()


def test_encrypted_values_in_json_are_not_values() -> None:
    text = '{"n": "ENC[AES256_GCM,data:Tr7o=,type:str]", "sops": {"version": "3.9.0"}}'
    assert name({"main.tf": MAIN, "a.auto.tfvars.json": text}) == "${var.n}"


def test_a_type_keeps_its_shape_when_the_variable_file_is_sealed() -> None:
    main = 'variable "l" {\n  type = list(string)\n  default = []\n}\n'
    main += 'resource "aws_iam_policy" "p" { description = join(",", [for x in var.l : "a-${x}"]) }\n'
    found = load({"main.tf": main, "terraform.tfvars": SEALED["sops"]})
    assert "a-" in str(show(document(found, "aws_iam_policy.p").body.get("description")))


def test_a_missing_variable_file_leaves_the_variables_open() -> None:
    assert name({"main.tf": MAIN}, var_files=("nope.tfvars",)) == "${var.n}"


def test_a_missing_variable_file_is_named() -> None:
    assert [u.cause for u in load({"main.tf": MAIN}, var_files=("nope.tfvars",)).unresolved] == ["missing-file"]


def test_the_workspace_is_the_environment_and_not_known_without_one() -> None:
    text = 'resource "aws_iam_role" "r" { name = terraform.workspace }\n'
    assert name({"main.tf": text}) == "${terraform.workspace}"
    result = load(text, environment="prod")
    assert result.documents[0].root == "@prod"
    assert show(result.documents[0].body.get("name")) == "prod"


def test_json_configuration() -> None:
    text = """{"variable": {"n": {"default": "j"}},
      "locals": [{"m": {"a": "${var.n}"}}],
      "resource": {"aws_iam_role": {"r": {"name": "x-${local.m.a}", "tags": {"k": "v"},
        "inline_policy": [{"name": "p", "policy": "{}"}]}}}}"""
    body = document(load({"main.tf.json": text}), "aws_iam_role.r").body
    assert show(body.get("name")) == "x-j"
    assert show(body.get("tags")) == {"k": "v"}
    assert show(body.get("inline_policy")) == [{"name": "p", "policy": "{}"}]
    node = body.get("name")
    assert node is not None
    assert node.span.line == 3


def test_a_json_file_may_be_a_list_of_objects() -> None:
    text = '[{"locals": {"a": "x"}}, {"resource": {"aws_iam_role": {"r": {"name": "${local.a}"}}}}]'
    assert name({"main.tf.json": text}) == "x"


def test_what_is_no_block_in_json_is_named_and_costs_nothing_else() -> None:
    text = """{"resource": {"aws_iam_role": {"s": "text",
      "r": {"name": "n", "path": "/a/", "path": "/b/"}}}, "moved": 3}"""
    found = load({"main.tf.json": text})
    assert [(u.why, u.span.line) for u in found.unresolved] == [
        ("`resource aws_iam_role s` is not an object", 1),
        ("the argument `path` is set twice", 2),
        ("`moved` is not an object", 2),
    ]
    body = document(found, "aws_iam_role.r").body
    assert show(body.get("name")) == "n"
    assert "twice" in str(show(body.get("path")))


def test_comments_and_dynamic_blocks_in_json() -> None:
    text = """{"//": "made by a tool", "data": {"aws_iam_policy_document": {"d": {"//": "note",
      "dynamic": {"statement": [{"for_each": ["a", "b"], "iterator": "it",
        "content": [{"actions": ["${it.value}:*"], "resources": ["*"]}]}]}}}},
      "resource": [{"aws_iam_policy": {"p": [{"policy": "${data.aws_iam_policy_document.d.json}"}]}}]}"""
    policy = show(document(load({"main.tf.json": text}), "aws_iam_policy.p").body.get("policy"))
    assert [one["Action"] for one in policy["Statement"]] == ["a:*", "b:*"]


def test_override_files_replace_attributes() -> None:
    override = 'resource "aws_iam_role" "r" { name = "o-${var.n}" }\n'
    files: dict[str, str | bytes] = {"main.tf": MAIN, "x_override.tf": override}
    assert name(files) == "o-default"
    node = document(load(files), "aws_iam_role.r").body.get("name")
    assert node is not None


def test_tofu_files_stand_in_for_their_namesakes() -> None:
    assert name({"main.tf": MAIN, "main.tofu": 'resource "aws_iam_role" "r" { name = "tofu" }\n'}) == "tofu"


def test_a_broken_file_is_named_and_the_rest_is_read() -> None:
    result = load({"main.tf": MAIN, "bad.tf": "locals {\n  a = = 1\n}\n", "worse.tf": b"\xff\xfe", "x.tf.json": "{"})
    assert [(u.cause, u.span.path) for u in result.unresolved] == [
        ("syntax", "bad.tf"), ("encoding", "worse.tf"), ("syntax", "x.tf.json"),
    ]  # fmt: skip
    assert result.unresolved[0].span.line == 2
    assert [d.address for d in result.documents] == ["aws_iam_role.r"]


def test_two_declarations_of_one_name_are_named() -> None:
    assert [u.cause for u in load({"a.tf": MAIN, "b.tf": MAIN}).unresolved] == ["duplicate", "duplicate"]


def test_files_outside_the_tree_are_refused() -> None:
    for path in ("../x", "/etc/passwd", "a/../../x"):
        text = f'resource "aws_iam_role" "r" {{ name = file("{path}") }}\n'
        assert "is outside the tree" in str(name({"main.tf": text}))


def test_a_template_that_includes_itself_ends() -> None:
    text = 'resource "aws_iam_role" "r" { name = templatefile("${path.module}/t.tpl", {}) }\n'
    files: dict[str, str | bytes] = {"main.tf": text, "t.tpl": '${templatefile("t.tpl", {})}'}
    assert "can not be called inside a template" in str(name(files))


def test_files_are_read_beside_the_module() -> None:
    files: dict[str, str | bytes] = {
        "live/main.tf": 'module "m" { source = "../mod" }\n',
        "mod/main.tf": 'resource "aws_iam_role" "r" { name = file("${path.module}/name.txt") }\n',
        "mod/name.txt": "from-file",
    }
    assert show(document(load(files), "module.m.aws_iam_role.r").body.get("name")) == "from-file"


def test_paths_and_roots_choose_what_is_evaluated() -> None:
    files: dict[str, str | bytes] = {
        "a/main.tf": MAIN,
        "b/main.tf": MAIN,
        "c/main.tf": 'module "a" { source = "../a" }\n',
    }
    assert [d.root for d in load(files).documents] == ["b", "c"]
    assert [d.root for d in load(files, paths=("a",)).documents] == ["a"]
    assert [d.root for d in load(files, roots=("a",)).documents] == ["a"]


def test_small_texts_that_describe_huge_values_end() -> None:
    lists = "".join(f"  a{i} = [{', '.join([f'local.a{i - 1}'] * 10)}]\n" for i in range(1, 12))
    text = f'locals {{\n  a0 = ["x"]\n{lists}}}\nresource "aws_iam_role" "r" {{ name = jsonencode(local.a11) }}\n'
    assert "larger than nhilint builds" in str(name({"main.tf": text}))


def test_a_policy_in_a_file_leads_to_its_lines() -> None:
    text = 'resource "aws_iam_role" "r" { name = templatefile("p.json", { b = "x" }) }\n'
    policy = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Resource": "${b}"}\n  ]\n}\n'
    node = document(load({"main.tf": text, "p.json": policy}), "aws_iam_role.r").body.get("name")
    assert isinstance(node, Encoded)
    assert isinstance(node.node, Map)
    statements = node.node.entries["Statement"]
    assert isinstance(statements, Sequence)
    assert show(statements) == [{"Resource": "x"}]
    assert (statements.items[0].span.path, statements.items[0].span.line) == ("p.json", 4)


def test_the_long_form_of_a_reference_is_the_short_one() -> None:
    role = 'resource "aws_iam_role" "a" { name = "a" }\n'
    text = role + 'resource "aws_iam_user" "u" { name = resource.aws_iam_role.a.name }\n'
    assert show(document(load({"main.tf": text}), "aws_iam_user.u").body.get("name")) == "a"


ROLE = """resource "aws_iam_role" "r" {
  name = "r"
  inline_policy {
    name = "a"
  }
  inline_policy {
    name = "b"
  }
  dynamic "tag" {
    for_each = ["t"]
    content {
      key = tag.value
    }
  }
}
"""


def overridden(override: str, path: str = "z_override.tf") -> object:
    return show(document(load({"main.tf": ROLE, path: override}), "aws_iam_role.r").body)


def test_a_nested_block_of_an_override_replaces_all_of_its_type() -> None:
    found = overridden('resource "aws_iam_role" "r" {\n  inline_policy {\n    name = "${"o"}-1"\n  }\n}\n')
    assert found["inline_policy"] == [{"name": "o-1"}]
    assert (found["name"], found["tag"]) == ("r", [{"key": "t"}])


def test_a_dynamic_block_of_an_override_replaces_the_blocks_it_makes_and_no_others() -> None:
    block = 'dynamic "inline_policy" {\n  for_each = ["x"]\n  content {\n    name = inline_policy.value\n  }\n}\n'
    found = overridden(f'resource "aws_iam_role" "r" {{\n{block}}}\n')
    assert found["inline_policy"] == [{"name": "x"}]
    assert found["tag"] == [{"key": "t"}]
    found = overridden('resource "aws_iam_role" "r" {\n  tag {\n    key = "plain"\n  }\n}\n')
    assert found["tag"] == [{"key": "plain"}]


def test_override_files_come_in_order_and_are_known_by_the_end_of_their_name() -> None:
    set_name = 'resource "aws_iam_role" "r" {{ name = "{}" }}\n'
    files: dict[str, str | bytes] = {"main.tf": MAIN, "b_override.tf": set_name.format("b")}
    assert name(files) == "b"
    assert name({**files, "a_override.tf": set_name.format("a")}) == "b"
    assert name({**files, "override.tf": set_name.format("o")}) == "o"
    assert name({**files, "x.y_override.tf": set_name.format("xy")}) == "xy"
    json = '{"resource": {"aws_iam_role": {"r": {"name": "j"}}}}'
    assert name({**files, "c_override.tf.json": json}) == "j"
    assert name({"main.tf": MAIN, "override.tofu": set_name.format("tofu")}) == "tofu"


def test_overrides_of_variables_and_locals() -> None:
    main = 'variable "n" { default = "d" }\nlocals {\n  a = "a"\n  b = "b"\n}\n'
    main += 'resource "aws_iam_role" "r" { name = "${var.n}${local.a}${local.b}" }\n'
    override = 'variable "n" { default = "D" }\nlocals { a = "A" }\n'
    assert name({"main.tf": main, "override.tf": override}) == "DAb"
    assert load({"main.tf": main, "override.tf": override}).unresolved == ()


def test_a_local_that_is_declared_twice_is_named() -> None:
    found = load({"a.tf": "locals { a = 1 }\n", "b.tf": "locals { a = 2 }\n"})
    assert [(u.what, u.cause, u.span.path) for u in found.unresolved] == [("`local a`", "duplicate", "b.tf")]


def test_hidden_files_do_not_count_and_only_the_same_name_is_shadowed() -> None:
    role = 'resource "aws_iam_role" "{}" {{ name = "x" }}\n'
    files: dict[str, str | bytes] = {
        "d.tofu/a.tf": role.format("folder"), "d.tofu/b.tofu": role.format("tofu"), "d.tofu/b.tf": role.format("tf"),
        "d.tofu/.hidden.tf": role.format("hidden"), "d.tofu/c.tf.json": '{"resource": {"aws_iam_role": {"cj": {}}}}',
        "d.tofu/c.tofu": role.format("c"),
    }  # fmt: skip
    addresses = sorted(one.address for one in load(files).documents)
    assert addresses == ["aws_iam_role.c", "aws_iam_role.cj", "aws_iam_role.folder", "aws_iam_role.tofu"]


def test_a_block_that_lost_its_place_is_named() -> None:
    found = load('resource "a" "b" {\n  v = {\n}\nresource "aws_iam_role" "r" {\n  name = "n"\n}\n}\n')
    assert [(u.what, u.cause, u.span.line) for u in found.unresolved] == [("`resource aws_iam_role r`", "syntax", 4)]


def test_an_override_may_change_the_type_of_a_variable() -> None:
    main = 'variable "n" { default = 1 }\nresource "aws_iam_role" "r" { name = var.n }\n'
    assert name({"main.tf": main}) == 1
    assert name({"main.tf": main, "override.tf": 'variable "n" { type = string }\n'}) == "1"


def test_a_syntax_error_carries_its_line_and_help() -> None:
    (said,) = load({"main.tf": 'resource "aws_iam_role" "r" {\n  name = "secret\n}\n'}).unresolved
    assert (said.span.line, said.span.column, said.why) == (2, 10, "the string is not closed")
    assert said.source_line == '  name = "······'
    assert said.help.startswith("add")
