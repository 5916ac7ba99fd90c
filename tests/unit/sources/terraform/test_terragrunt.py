"""Terragrunt trees: units, includes, inputs, functions, dependencies, generated files, sources elsewhere."""

import pytest

from tests.unit.sources.terraform.build import load, show

ROLE = (
    'variable "name" {}\nvariable "tags" {\n  type = map(string)\n  default = {}\n}\n'
    'variable "arn" { default = "none" }\n'
    'resource "aws_iam_role" "r" {\n  name = var.name\n  tags = var.tags\n  path = "/${var.arn}/"\n}\n'
    'output "made" { value = "made-${var.name}" }\noutput "arn" { value = aws_iam_role.r.unique_id }\n'
)
ROOT = (
    'locals {\n  account = read_terragrunt_config(find_in_parent_folders("account.hcl"))\n'
    "  stage = local.account.locals.stage\n}\n"
    'inputs = {\n  name = "${local.stage}-${basename(path_relative_to_include())}"\n'
    "  tags = { stage = local.stage }\n}\n"
)


def tree(unit: str, **more: str) -> dict[str, str | bytes]:
    named = {name.replace("__", "/").replace("_dot_", "."): text for name, text in more.items()}
    return {
        "modules/role/main.tf": ROLE,
        "live/root.hcl": ROOT,
        "live/prod/account.hcl": 'locals {\n  stage = "prod"\n}\n',
        "live/prod/ci/terragrunt.hcl": unit,
        **named,
    }


def roles(files: dict[str, str | bytes]) -> list[tuple[str, object, object]]:
    found = load(files).documents
    return [(d.root, show(d.body.get("name")), show(d.body.get("tags"))) for d in found if d.type == "aws_iam_role"]


INCLUDE = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
SOURCE = 'terraform {\n  source = "../../../modules//role"\n}\n'


def test_a_unit_is_a_root_with_the_inputs_of_what_it_includes() -> None:
    result = load(tree(INCLUDE + SOURCE))
    assert roles(tree(INCLUDE + SOURCE)) == [("live/prod/ci", "prod-ci", {"stage": "prod"})]
    assert result.unresolved == ()


def test_each_folder_is_one_environment() -> None:
    files = tree(INCLUDE + SOURCE)
    files["live/test/account.hcl"] = 'locals {\n  stage = "test"\n}\n'
    files["live/test/ci/terragrunt.hcl"] = INCLUDE + SOURCE
    assert [(root, name) for root, name, _ in roles(files)] == [
        ("live/prod/ci", "prod-ci"),
        ("live/test/ci", "test-ci"),
    ]


@pytest.mark.parametrize(
    "strategy, expected",
    [
        ("", ("own", {"team": "a"})),
        ('  merge_strategy = "shallow"\n', ("own", {"team": "a"})),
        ('  merge_strategy = "deep"\n', ("own", {"stage": "prod", "team": "a"})),
        ('  merge_strategy = "no_merge"\n', ("own", {"team": "a"})),
    ],
)
def test_inputs_are_merged(strategy: str, expected: tuple) -> None:
    include = INCLUDE.replace("}\n", strategy + "}\n")
    unit = include + SOURCE + 'inputs = {\n  name = "own"\n  tags = { team = "a" }\n}\n'
    assert roles(tree(unit)) == [("live/prod/ci", *expected)]


def test_an_include_that_is_not_merged_gives_nothing_but_what_is_asked_for() -> None:
    include = INCLUDE.replace("}\n", '  merge_strategy = "no_merge"\n  expose = true\n}\n')
    unit = include + SOURCE + 'inputs = {\n  name = "x-${include.root.locals.stage}-${include.root.inputs.name}"\n}\n'
    assert roles(tree(unit)) == [("live/prod/ci", "x-prod-prod-ci", {})]


@pytest.mark.parametrize(
    "expression, expected",
    [
        ("basename(get_terragrunt_dir())", "ci"),
        ("basename(get_parent_terragrunt_dir())", "live"),
        ('path_relative_to_include("root")', "prod/ci"),
        ("path_relative_from_include()", "../.."),
        ("get_path_from_repo_root()", "live/prod/ci"),
        ("get_path_to_repo_root()", "../../.."),
        ('basename(dirname(find_in_parent_folders("account.hcl")))', "prod"),
        ('find_in_parent_folders("no.hcl", "fallback")', "fallback"),
        ('read_terragrunt_config("no.hcl", { locals = { a = "b" } }).locals.a', "b"),
        ('get_env("STAGE", "dev")', "dev"),
        ('get_env("STAGE")', '${get_env("STAGE")}'),
        ("get_aws_account_id()", "${account}"),
        ('run_cmd("--quiet", "whoami")', '${run_cmd("--quiet", "whoami")}'),
        ('sops_decrypt_file("secret.yaml")', '${sops_decrypt_file("secret.yaml")}'),
        ('file("name.txt")', "from a file"),
        ('file("${get_repo_root()}/live/prod/ci/name.txt")', "from a file"),
        ("values.name", "${values.name}"),
        ("dependency.other.outputs.made", "made-other"),
        ("dependency.other.outputs.arn", "${other/aws_iam_role.r.unique_id}"),
        ("dependency.gone.outputs.made", "${dependency.gone.outputs.made}"),
    ],
)
def test_what_an_expression_gives(expression: str, expected: str) -> None:
    unit = (
        INCLUDE
        + SOURCE
        + 'dependency "other" {\n  config_path = "../other"\n  mock_outputs = {\n    arn = "mock"\n  }\n}\n'
        'dependency "gone" {\n  config_path = "../gone"\n  mock_outputs = {\n    made = "mock"\n  }\n}\n'
        f"inputs = {{\n  name = {expression}\n}}\n"
    )
    files = tree(unit)
    files["live/prod/ci/name.txt"] = "from a file"
    files["live/prod/other/terragrunt.hcl"] = SOURCE + 'inputs = {\n  name = "other"\n}\n'
    assert [name for root, name, _ in roles(files) if root == "live/prod/ci"] == [expected]


def test_generated_files_are_files_of_the_unit() -> None:
    generate = (
        'generate "more" {\n  path = "more.tf"\n  contents = <<EOF\nresource "aws_iam_user" "u" {\n'
        '  name = "${get_aws_account_id()}-${basename(get_terragrunt_dir())}"\n}\nEOF\n}\n'
        'generate "text" {\n  path = "note.txt"\n  contents = "no HCL {"\n}\n'
    )
    result = load(tree(INCLUDE + SOURCE + generate))
    user = next(d for d in result.documents if d.type == "aws_iam_user")
    assert (show(user.body.get("name")), user.span.path, user.root) == (
        "${account}-ci", "live/prod/ci/terragrunt.hcl", "live/prod/ci",
    )  # fmt: skip


def test_variable_files_win_over_inputs() -> None:
    extra = SOURCE.replace(
        '"\n}',
        '"\n  extra_arguments "v" {\n'
        '    required_var_files = ["${get_repo_root()}/more.tfvars", "gone.tfvars"]\n  }\n}',
    )
    files = tree(INCLUDE + extra)
    files["more.tfvars"] = 'name = "given"\n'
    assert roles(files) == [("live/prod/ci", "given", {"stage": "prod"})]


def test_the_module_of_a_unit_is_no_root_and_neither_is_a_copy() -> None:
    files = tree(INCLUDE + SOURCE)
    files["live/prod/ci/.terragrunt-cache/a/b/main.tf"] = ROLE
    files["live/prod/ci/.terragrunt-cache/a/b/terragrunt.hcl"] = SOURCE
    assert {root for root, _, _ in roles(files)} == {"live/prod/ci"}


def test_a_unit_without_a_source_runs_its_own_files() -> None:
    files = tree('inputs = {\n  name = "own"\n}\n')
    files["live/prod/ci/main.tf"] = ROLE
    assert roles(files) == [("live/prod/ci", "own", {}), ("modules/role", "${var.name}", {})]


def test_a_remote_source_is_read_by_its_model() -> None:
    unit = (
        'terraform {\n  source = "tfr:///terraform-aws-modules/iam/aws//modules/iam-role?version=6.2.0"\n}\n'
        'inputs = {\n  name = "ci"\n  use_name_prefix = false\n  unheard_of = true\n}\n'
    )
    result = load(tree(unit))
    (role,) = [d for d in result.documents if d.root == "live/prod/ci"]
    assert (role.address, show(role.body.get("name"))) == ("aws_iam_role.this[0]", "ci")
    assert (role.span.path, role.span.line) == ("live/prod/ci/terragrunt.hcl", 2)
    assert [(a.what, "iam-role` 6." in a.why) for a in result.assumed] == [("unit `live/prod/ci`", True)]
    assert result.unresolved == ()


def test_what_is_passed_to_a_source_that_is_elsewhere_is_shown() -> None:
    unit = 'terraform {\n  source = "git::git@example.org:acme/x.git//y?ref=v1"\n}\ninputs = {\n  policy = jsonencode({ Statement = [] })\n}\n'  # noqa: E501
    result = load(tree(unit))
    (call,) = [d for d in result.documents if d.root == "live/prod/ci"]
    assert (call.kind, call.type) == ("module", "git::git@example.org:acme/x.git//y?ref=v1")
    assert show(call.body) == {"policy": {"Statement": []}}
    assert [(u.what, u.cause) for u in result.unresolved] == [("unit `live/prod/ci`", "remote-module")]


@pytest.mark.parametrize(
    "unit, cause, why",
    [
        ('include "root" {\n  path = find_in_parent_folders("gone.hcl")\n}\n' + SOURCE, "missing-file", "no `gone.hcl` in a folder above"),  # noqa: E501
        ('include "root" {\n  path = "gone.hcl"\n}\n' + SOURCE, "missing-file", "no file `live/prod/ci/gone.hcl`"),
        ('terraform {\n  source = "../../../../outside"\n}\n', "module", "outside the tree"),
        ('terraform {\n  source = local.nowhere\n}\n', "module", "its source is not known"),
        ('terraform {\n  source = "../gone"\n}\n', "remote-module", "is not in the checkout"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_said(unit: str, cause: str, why: str) -> None:
    found = [(u.cause, u.why) for u in load(tree(unit)).unresolved if u.cause not in ("unreadable",)]
    assert any(one == cause and why in text for one, text in found), found


def test_configurations_that_read_one_another_end() -> None:
    files = {
        "a/terragrunt.hcl": 'locals {\n  b = read_terragrunt_config("../b/terragrunt.hcl")\n}\n'
        'terraform {\n  source = "../m"\n}\ninputs = {\n  name = local.b.locals.a\n}\n',
        "b/terragrunt.hcl": 'locals {\n  a = read_terragrunt_config("../a/terragrunt.hcl").locals.b.locals.a\n}\n'
        'terraform {\n  source = "../m"\n}\n',
        "m/main.tf": ROLE,
    }
    assert {d.root for d in load(files).documents} == {"a", "b"}


def test_units_that_depend_on_one_another_end() -> None:
    def unit(other: str) -> str:
        dependency = f'dependency "o" {{\n  config_path = "../{other}"\n}}\n'
        return dependency + 'terraform {\n  source = "../m"\n}\ninputs = {\n  name = dependency.o.outputs.made\n}\n'

    files = {"a/terragrunt.hcl": unit("b"), "b/terragrunt.hcl": unit("a"), "m/main.tf": ROLE}
    assert {d.root for d in load(files).documents} == {"a", "b"}


def test_a_stack_is_named() -> None:
    (question,) = load({"live/terragrunt.stack.hcl": 'unit "a" {\n  source = "x"\n  path = "a"\n}\n'}).unresolved
    assert (question.cause, question.span.path) == ("terragrunt-stack", "live/terragrunt.stack.hcl")


def test_an_arn_of_another_unit_is_known_up_to_the_account() -> None:
    files = tree(
        'dependency "p" {\n  config_path = "../policy"\n}\n'
        + SOURCE
        + "inputs = {\n  name = dependency.p.outputs.arn\n}\n"
    )
    files["live/prod/policy/terragrunt.hcl"] = 'terraform {\n  source = "../../../modules/policy"\n}\n'
    files["modules/policy/main.tf"] = (
        'resource "aws_iam_policy" "p" { name = "read" }\noutput "arn" { value = aws_iam_policy.p.arn }\n'
    )
    assert roles(files) == [("live/prod/ci", "arn:aws:iam::${account}:policy/read", {})]


def test_what_only_a_run_says_has_the_name_of_the_local_that_computes_it() -> None:
    unit = 'locals {\n  project = split("/", run_cmd("git", "remote"))[1]\n}\n' + SOURCE
    ((_, name, _),) = roles(tree(unit + 'inputs = {\n  name = "${local.project}-ci"\n}\n'))
    assert str(name).startswith("${local.project#")
    assert str(name).endswith("}-ci")
