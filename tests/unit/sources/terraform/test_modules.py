"""Module calls: inputs and outputs to any depth, roots, remote sources, variable files, moved blocks."""

from tests.unit.sources.terraform.build import document, load, show

CHILD = """
variable "name" { type = string }
variable "extra" { default = "d" }
resource "aws_iam_role" "this" { name = "${var.name}-${var.extra}" }
output "arn" { value = aws_iam_role.this.arn }
"""


def test_inputs_and_outputs_through_two_levels() -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./m/a"\n  n = upper("x")\n}\n'
        'resource "aws_iam_role_policy_attachment" "p" {\n  policy_arn = module.a.arn\n}\n',
        "m/a/main.tf": 'variable "n" {}\nmodule "b" {\n  source = "../b"\n  name = var.n\n}\noutput "arn" { value = module.b.arn }\n',  # noqa: E501
        "m/b/main.tf": CHILD,
    }
    result = load(files)
    role = document(result, "module.a.module.b.aws_iam_role.this")
    assert show(role.body.get("name")) == "X-d"
    assert [(s.path, s.line) for s in role.call_spans] == [("main.tf", 1), ("m/a/main.tf", 2)]
    assert show(document(result, "aws_iam_role_policy_attachment.p").body.get("policy_arn")) == (
        "arn:aws:iam::${account}:role/X-d"
    )
    assert {d.root for d in result.documents} == {""}


def test_module_instances() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./b"\n  for_each = toset(["p", "q"])\n  name = each.key\n}\n'
        'module "n" {\n  source = "./b"\n  count = 1\n  name = module.m["p"].arn\n}\n',
        "b/main.tf": CHILD,
    }
    assert [d.address for d in load(files).documents] == [
        'module.m["p"].aws_iam_role.this', 'module.m["q"].aws_iam_role.this', "module.n[0].aws_iam_role.this",
    ]  # fmt: skip


def test_an_unknown_count_of_a_module_reaches_its_resources() -> None:
    files = {
        "main.tf": 'variable "on" { type = bool }\nmodule "m" {\n  source = "./b"\n  count = var.on ? 1 : 0\n  name = "x"\n}\n',  # noqa: E501
        "b/main.tf": CHILD,
    }
    assert document(load(files), "module.m[0].aws_iam_role.this").may == ("var.on",)


def test_a_module_that_nobody_calls_is_a_root_with_symbols() -> None:
    result = load({"lib/main.tf": CHILD})
    (role,) = result.documents
    assert (role.root, show(role.body.get("name"))) == ("lib", "${var.name}-d")


def test_a_remote_module_is_a_document_and_unresolved() -> None:
    text = (
        'module "x" {\n  source = "org/iam/aws"\n  policy = jsonencode({ Version = "1" })\n}\n'
        'resource "aws_iam_role" "r" { name = module.x.role_name }\n'
    )
    result = load(text)
    call = document(result, "module.x")
    assert (call.kind, call.type, show(call.body)) == ("module", "org/iam/aws", {"policy": {"Version": "1"}})
    assert show(document(result, "aws_iam_role.r").body.get("name")) == "${module.x.role_name}"
    assert [(u.cause, u.span.line) for u in result.unresolved] == [("remote-module", 1)]


def test_an_installed_module_is_read() -> None:
    files = {
        "main.tf": 'module "x" {\n  source = "org/iam/aws"\n  name = "n"\n}\n',
        ".terraform/modules/modules.json": '{"Modules":[{"Key":"","Dir":"."},{"Key":"x","Dir":".terraform/modules/x"}]}',  # noqa: E501
        ".terraform/modules/x/main.tf": CHILD,
    }
    result = load(files)
    assert [d.address for d in result.documents] == ["module.x.aws_iam_role.this"]
    assert result.unresolved == ()


def test_modules_that_include_themselves_end() -> None:
    result = load({"a/main.tf": 'module "b" { source = "../b" }\n', "b/main.tf": 'module "a" { source = "../a" }\n'})
    assert [u.cause for u in result.unresolved] == ["cycle"]


def test_provider_aliases_pass_through_modules() -> None:
    files = {
        "main.tf": 'provider "aws" {\n  alias = "o"\n  profile = "o"\n}\nprovider "aws" {}\n'
        'module "m" {\n  source = "./b"\n  name = "x"\n  providers = { aws = aws.o }\n}\n',
        "b/main.tf": CHILD,
    }
    assert "${account@o}" in str(show(document(load(files), "module.m.aws_iam_role.this").body.get("arn")))


def test_moved_blocks_are_absolute() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./b"\n  name = "x"\n}\n',
        "b/main.tf": CHILD + "moved {\n  from = aws_iam_role.old\n  to   = aws_iam_role.this\n}\n",
    }
    (moved,) = load(files).moved
    assert (moved.source, moved.target) == ("module.m.aws_iam_role.old", "module.m.aws_iam_role.this")


def test_what_terraform_forgets_and_does_not_destroy_is_said() -> None:
    text = (
        "removed {\n  from = aws_iam_role.kept\n  lifecycle {\n    destroy = false\n  }\n}\n"
        "removed {\n  from = aws_iam_role.gone\n  lifecycle {\n    destroy = true\n  }\n}\n"
        "removed {\n  from = aws_subnet.kept\n  lifecycle {\n    destroy = false\n  }\n}\n"
        'removed {\n  from = module.old["a"]\n  lifecycle {\n    destroy = false\n  }\n}\n'
    )
    found = load(text).unresolved
    assert [(u.what, u.cause, u.span.line) for u in found] == [
        ("`aws_iam_role.kept`", "removed", 1), ('`module.old["a"]`', "removed", 19),
    ]  # fmt: skip


def test_what_is_imported_exists_already() -> None:
    text = (
        'import {\n  to = aws_iam_role.r\n  id = "deployer"\n}\n'
        'import {\n  to = aws_subnet.s\n  id = "subnet-1"\n}\n'
        'resource "aws_iam_role" "r" { name = "deployer" }\n'
    )
    (assumed,) = load(text).assumed
    assert (assumed.what, assumed.span.line) == ("`aws_iam_role.r`", 1)
    assert 'imported as `"deployer"`' in assumed.why
