"""Root modules of the settings: environments of one folder, and modules that lie elsewhere in the tree."""

from nhilint.platforms.aws import interpret
from nhilint.sources.options import RootOptions
from tests.unit.sources.terraform.build import document, load, show

INFRA = {
    "infra/main.tf": 'variable "stage" {}\nvariable "more" { default = "d" }\n'
    'resource "aws_iam_role" "r" {\n  name = "app-${var.stage}-${terraform.workspace}-${var.more}"\n}\n'
    'resource "aws_iam_role_policy_attachment" "a" {\n  role = aws_iam_role.r.name\n'
    '  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"\n}\n',
    "infra/live.tfvars": 'stage = "live"\n',
    "envs/test.tfvars": 'stage = "test"\nmore = "file"\n',
}
OWN = 'resource "aws_iam_role" "own" { name = "n" }\n'
LIVE = RootOptions(path="infra", environment="live", var_files=("live.tfvars",))
TEST = RootOptions(
    path="infra", environment="test", workspace="default", var_files=("envs/test.tfvars",), variables='{"more": "set"}'
)


def names(result) -> list[tuple[str, object]]:
    return [(d.root, show(d.body.get("name"))) for d in result.documents if d.type == "aws_iam_role"]


def test_one_answer_for_each_environment() -> None:
    result = load(INFRA, declared=(LIVE, TEST))
    assert names(result) == [("infra@live", "app-live-live-d"), ("infra@test", "app-test-default-set")]
    assert result.unresolved == ()


def test_one_environment_is_picked() -> None:
    files = {**INFRA, "other/main.tf": 'resource "aws_iam_role" "o" { name = terraform.workspace }\n'}
    assert names(load(files, declared=(LIVE, TEST), environment="test")) == [
        ("infra@test", "app-test-default-set"), ("other@test", "test"),
    ]  # fmt: skip


def test_a_declared_root_is_one_even_when_it_is_called() -> None:
    files = {**INFRA, "main.tf": 'module "m" {\n  source = "./infra"\n  stage = "called"\n}\n'}
    assert names(load(files, declared=(LIVE,))) == [
        ("", "app-called-${terraform.workspace}-d"),
        ("infra@live", "app-live-live-d"),
    ]


def test_a_declared_root_without_files_is_named() -> None:
    (question,) = load(INFRA, declared=(LIVE, RootOptions(path="gone", settings="nhilint.toml"))).unresolved
    assert (question.what, question.cause, question.span.path) == (
        "root module `gone`",
        "missing-module",
        "nhilint.toml",
    )


def test_a_variable_file_that_is_not_there_is_named() -> None:
    (question,) = load(INFRA, declared=(RootOptions(path="infra", var_files=("no.tfvars",)),)).unresolved
    assert question.cause == "missing-file"


def test_environments_are_not_mixed() -> None:
    """A reference in one environment never means the identity that only the other one has."""
    files = {
        "main.tf": 'variable "debug" { type = bool }\n'
        'resource "aws_iam_role" "debug" {\n  count = var.debug ? 1 : 0\n  name = "debug"\n}\n'
        'resource "aws_iam_role_policy_attachment" "a" {\n  role = "debug"\n'
        '  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"\n}\n'
    }
    declared = (
        RootOptions(path=".", environment="dev", variables='{"debug": true}'),
        RootOptions(path=".", environment="live", variables='{"debug": false}'),
    )
    grants = interpret(load(files, declared=declared).documents).grants
    assert sorted(grant.holder for grant in grants) == ["aws:role/debug", "aws:role/debug@@live"]


def test_a_module_that_the_settings_place_in_the_tree() -> None:
    child = 'variable "name" {}\nresource "aws_iam_role" "own" { name = "own-${var.name}" }\n'
    files = {
        "main.tf": 'module "a" {\n  source = "acme/iam/aws"\n  version = "1.0.0"\n  name = "a"\n}\n'
        'module "b" {\n  source = "git::ssh://git@git.acme.example/infra.git//modules/x?ref=main"\n  name = "b"\n}\n'
        'module "c" {\n  source = "github.com/acme/terraform-aws-iam//modules/role"\n  name = "c"\n}\n'
        'module "d" {\n  source = "acme/vpc/aws"\n}\n',
        "vendor/iam/main.tf": child,
        "vendor/iam/modules/role/main.tf": child,
        "modules/x/main.tf": child,
    }
    places = (("acme/iam/aws", "vendor/iam"), ("git.acme.example/infra", "."))
    result = load(files, modules=places)
    assert names(result) == [("", "own-a"), ("", "own-b"), ("", "own-c")]
    assert [u.what for u in result.unresolved] == ["module call `module.d`"]


def test_a_vendor_folder_with_the_layout_of_the_registry() -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "terraform-aws-modules/iam/aws//modules/iam-role"\n}\n',
        "vendor/terraform-aws-modules/iam/aws/modules/iam-role/main.tf": OWN,
        "vendor/terraform-aws-modules/iam/aws/examples/main.tf": 'resource "aws_iam_role" "shown" { name = "e" }\n',
    }
    result = load(files, vendor="vendor")
    assert [d.address for d in result.documents] == ["module.a.aws_iam_role.own"]
    assert result.assumed == ()


def test_installed_modules_below_a_root_and_inside_one_another() -> None:
    files = {
        "live/main.tf": 'module "outer" {\n  source = "acme/outer/aws//modules/sub"\n}\n',
        "live/.terraform/modules/modules.json": '{"Modules":['
        '{"Key":"","Source":"","Dir":"."},'
        '{"Key":"outer","Source":"x","Dir":".terraform/modules/outer/modules/sub"},'
        '{"Key":"outer.inner","Source":"y","Dir":".terraform/modules/outer.inner"},'
        '{"Key":"outer.beside","Source":"../beside","Dir":".terraform/modules/outer/modules/beside"}]}',
        "live/.terraform/modules/outer/modules/sub/main.tf": 'module "inner" {\n  source = "acme/inner/aws"\n}\n'
        'module "beside" {\n  source = "../beside"\n}\n',
        "live/.terraform/modules/outer.inner/main.tf": 'resource "aws_iam_role" "i" { name = "i" }\n',
        "live/.terraform/modules/outer/modules/beside/main.tf": 'resource "aws_iam_role" "b" { name = "b" }\n',
    }
    result = load(files)
    assert sorted(d.address for d in result.documents) == [
        "module.outer.module.beside.aws_iam_role.b", "module.outer.module.inner.aws_iam_role.i",
    ]  # fmt: skip
    assert result.unresolved == ()
    assert document(result, "module.outer.module.inner.aws_iam_role.i").root == "live"
