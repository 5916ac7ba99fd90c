"""Models of modules that are not in the checkout: which one is read, what it makes, what is said of it."""

import re

import pytest

from nhilint.data.module_models import ModelText, model_texts
from nhilint.sources.terraform.configuration import read_configuration
from nhilint.sources.terraform.models import Source, read_source
from nhilint.sources.terraform.parser import parse
from tests.corpus.model_pairs import every_model
from tests.unit.sources.terraform.build import document, load, show

ROLE = "terraform-aws-modules/iam/aws//modules/iam-role"
POLICY = "terraform-aws-modules/iam/aws//modules/iam-policy"


@pytest.mark.parametrize(
    "written",
    [
        "terraform-aws-modules/iam/aws//modules/iam-role",
        "registry.terraform.io/terraform-aws-modules/iam/aws//modules/iam-role",
        "git::https://github.com/terraform-aws-modules/terraform-aws-iam.git//modules/iam-role?ref=v5.1.0",
        "git::ssh://git@github.com/terraform-aws-modules/terraform-aws-iam.git//modules/iam-role?ref=v5.1.0&depth=1",
        "git@github.com:terraform-aws-modules/terraform-aws-iam.git//modules/iam-role",
        "git::git@github.com:terraform-aws-modules/terraform-aws-iam.git//modules/iam-role",
        "github.com/terraform-aws-modules/terraform-aws-iam//modules/iam-role",
        "tfr:///terraform-aws-modules/iam/aws//modules/iam-role?version=5.1.0",
        "tfr://registry.terraform.io/terraform-aws-modules/iam/aws//modules/iam-role?version=5.1.0",
    ],
)
def test_the_forms_of_an_address(written: str) -> None:
    source = read_source(written)
    assert source is not None
    assert (source.registry, source.submodule) == ("terraform-aws-modules/iam/aws", "iam-role")
    assert source.ref in ("", "v5.1.0", "5.1.0")


@pytest.mark.parametrize(
    "written",
    [
        "./modules/iam-role",
        "../iam/aws",
        "app.terraform.io/acme/iam/aws",
        "git::https://gitlab.example.org/terraform-aws-modules/terraform-aws-iam.git//modules/iam-role",
        "github.com/acme/modules//iam-role",
        "terraform-aws-modules/iam/aws//examples/iam-role",
        "s3::https://s3.amazonaws.com/bucket/terraform-aws-iam.zip",
    ],
)
def test_other_addresses_have_no_model(written: str) -> None:
    source = read_source(written)
    assert source is None or not model_texts(source.registry, source.submodule)


def test_a_module_of_its_own() -> None:
    assert read_source("terraform-aws-modules/eks/aws") == Source("terraform-aws-modules/eks/aws", "")


def test_a_model_takes_the_place_of_the_module() -> None:
    text = (
        'module "ci" {\n  source = "' + ROLE + '"\n  version = "~> 6.0"\n  name = "ci"\n  use_name_prefix = false\n'
        '  enable_github_oidc = true\n  oidc_subjects = ["acme/app:ref:refs/heads/main"]\n}\n'
        'resource "aws_iam_role_policy_attachment" "a" {\n  role = module.ci.name\n  policy_arn = "x"\n}\n'
    )
    result = load(text)
    role = document(result, "module.ci.aws_iam_role.this[0]")
    assert show(role.body.get("name")) == "ci"
    assert (role.span.line, role.span.end_line) == (1, 8)
    assert show(document(result, "aws_iam_role_policy_attachment.a").body.get("role")) == "ci"
    assert result.unresolved == ()
    (assumed,) = result.assumed
    assert (assumed.what, assumed.span.line) == ("module call `module.ci`", 1)
    assert assumed.why.startswith(f"it is read by the model of `{ROLE}` 6.")


def test_an_output_that_a_model_does_not_list_is_a_symbol() -> None:
    text = (
        f'module "ci" {{\n  source = "{ROLE}"\n  name = "ci"\n}}\n'
        'resource "aws_iam_policy" "p" {\n  name = module.ci.unheard_of\n}\n'
    )
    assert show(document(load(text), "aws_iam_policy.p").body.get("name")) == "${module.ci.unheard_of}"


def test_an_argument_that_a_model_does_not_know_is_named() -> None:
    result = load(f'module "ci" {{\n  source = "{ROLE}"\n  name = "ci"\n  novel = true\n}}\n')
    (question,) = result.unresolved
    assert "does not know the argument `novel`" in question.why
    assert (question.cause, question.span.line) == ("module-model", 4)


@pytest.mark.parametrize(
    "source, version, read, said",
    [
        (POLICY, "~> 5.0", "5.", ""),
        (POLICY, "~> 4.3", "5.", ""),
        (POLICY, "6.0.1", "6.", ""),
        (POLICY, "", "6.", "asks for no version"),
        ("github.com/terraform-aws-modules/terraform-aws-iam//modules/iam-policy?ref=v5.2.0", "", "5.", ""),
        ("github.com/terraform-aws-modules/terraform-aws-iam//modules/iam-policy?ref=master", "", "6.", "`master`"),
    ],
)
def test_the_version_chooses_the_model(source: str, version: str, read: str, said: str) -> None:
    asked = f'  version = "{version}"\n' if version else ""
    (assumed,) = load(f'module "p" {{\n  source = "{source}"\n{asked}  name = "p"\n}}\n').assumed
    assert f"` {read}" in assumed.why
    assert said in assumed.why
    assert bool(said) == (": " in assumed.why)


def test_the_comment_of_a_pinned_commit_is_believed_and_said() -> None:
    source = "github.com/terraform-aws-modules/terraform-aws-iam//modules/iam-policy?ref=" + "0123456789" * 4
    (assumed,) = load(f'module "p" {{\n  source = "{source}" # v5.39.1\n  name = "p"\n}}\n').assumed
    assert "` 5." in assumed.why
    assert "the comment says that `012345678901` is v5.39.1" in assumed.why


@pytest.mark.parametrize("version", ["99.0.0", "~> 1.0"])
def test_a_version_without_a_model_is_unresolved(version: str) -> None:
    result = load(f'module "p" {{\n  source = "{POLICY}"\n  version = "{version}"\n  name = "p"\n}}\n')
    assert [(u.cause, result.assumed) for u in result.unresolved] == [("remote-module", ())]


def test_an_installed_module_goes_before_its_model() -> None:
    files = {
        "main.tf": f'module "p" {{\n  source = "{POLICY}"\n}}\n',
        ".terraform/modules/modules.json": '{"Modules":[{"Key":"p","Dir":".terraform/modules/p/modules/iam-policy"}]}',
        ".terraform/modules/p/modules/iam-policy/main.tf": 'resource "aws_iam_policy" "own" { name = "n" }\n',
    }
    result = load(files)
    assert [d.address for d in result.documents] == ["module.p.aws_iam_policy.own"]
    assert result.assumed == ()


def test_a_suppression_at_the_call_holds_for_what_its_model_makes() -> None:
    text = (
        '# nhilint: ignore[NHI101] until=2027-01-31 reason="ticket"\n'
        f'module "ci" {{\n  source = "{ROLE}"\n  name = "ci"\n}}\n'
    )
    assert [i.rules for i in document(load(text), "module.ci.aws_iam_role.this[0]").ignores] == [("NHI101",)]


def _call(name: str) -> str:
    source, _, _ = name.rpartition("/")
    registry, submodule = source.rpartition("/")[::2]
    return registry if submodule == "root" else f"{registry}//modules/{submodule}"


@pytest.mark.parametrize("name", [text.name for text in every_model()])
def test_every_model_can_be_read(name: str) -> None:
    version = name.rpartition("/")[2].removesuffix(".hcl")
    result = load(f'module "x" {{\n  source = "{_call(name)}"\n  version = "{version}"\n}}\n')
    assert [(a.what, f"`{_call(name)}`" in a.why) for a in result.assumed if a.what == "module call `module.x`"] == [
        ("module call `module.x`", True)
    ]
    assert not [u for u in result.unresolved if u.cause not in ("unknown-value", "remote-module")]


@pytest.mark.parametrize("text", list(every_model()), ids=lambda text: text.name)
def test_a_model_uses_only_what_it_declares(text: ModelText) -> None:
    """A name that nobody declares would only be an unknown value in the answer."""
    file = parse(text.name, text.text)
    configuration = read_configuration("m", [file])
    known = {
        *(f"var.{name}" for name in configuration.variables),
        *(f"local.{name}" for name in configuration.locals),
        *(f"module.{name}" for name in configuration.calls),
        *(f"data.{kind}.{name}" for mode, kind, name in configuration.resources if mode == "data"),
        *(f"{kind}.{name}" for mode, kind, name in configuration.resources if mode == "resource"),
    }
    used = set(
        re.findall(r"(?<![\w.\"/:-])((?:var|local|module|data\.aws_\w+|aws_\w+)\.[a-z_][a-z0-9_]*)\b", text.text)
    )
    assert used - known == set()
    assert {name for name in known if name.startswith(("var.", "local."))} - used == set()
    assert configuration.duplicates == []


def test_a_name_computed_from_unknown_values_is_called_by_its_output() -> None:
    def name(written: str) -> str:
        text = (
            'variable "space" {}\n'
            f'module "this" {{\n  source = "cloudposse/label/null"\n  version = "0.25.0"\n  {written}\n}}\n'
            'resource "aws_iam_role" "r" { name = module.this.id }\n'
        )
        return str(show(document(load(text), "aws_iam_role.r").body.get("name")))

    assert name('namespace = "eg"\n  name = "App"') == "eg-app"
    first, second = name("namespace = var.space"), name('namespace = var.space\n  name = "app"')
    assert re.fullmatch(r"\$\{module\.this\.id#[0-9a-f]{6}\}", first)
    assert second == f"{first}-app"


@pytest.mark.parametrize("version, said", [("5.40.0", True), ("5.50.0", False), ("~> 5.0", False)])
def test_a_version_that_gave_something_else_is_said(version: str, said: bool) -> None:
    source = "terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-oidc"
    (assumed,) = load(f'module "p" {{\n  source = "{source}"\n  version = "{version}"\n}}\n').assumed
    assert ("asks for a version before 5.44.0" in assumed.why) is said
