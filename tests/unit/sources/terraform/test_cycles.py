"""Values that need themselves are named, whatever way the circle goes; nothing hangs and the rest stays known."""

import pytest

from nhilint.sources.terraform.result import TerraformResult
from tests.unit.sources.terraform.build import document, load, show

CHILD = 'variable "in" {}\noutput "out" { value = var.in }\noutput "fixed" { value = "f" }\n'


def description(result: TerraformResult) -> str:
    return str(show(document(result, "aws_iam_policy.p").body.get("description")))


@pytest.mark.parametrize(
    "more, reference",
    [
        ("locals {\n  a = local.b\n  b = local.a\n}\n", "local.a"),
        ('locals { a = try(local.a, "x") }\n', "local.a"),
        ('module "m" {\n  source = "./m"\n  in     = module.m.out\n}\n', "module.m.out"),
        (
            'module "m" {\n  source = "./m"\n  in     = module.n.out\n}\nmodule "n" {\n  source = "./m"\n'
            "  in     = module.m.out\n}\n",
            "module.m.out",
        ),
        ("locals { a = [for x in local.a : x] }\n", "local.a"),
    ],
)
def test_a_circle_is_named(more: str, reference: str) -> None:
    text = f'resource "aws_iam_policy" "p" {{ description = {reference} }}\n{more}'
    assert "depends on itself" in description(load({"main.tf": text, "m/main.tf": CHILD}))


def test_outputs_beside_the_circle_stay_known() -> None:
    text = (
        'resource "aws_iam_policy" "p" { description = module.m.fixed }\n'
        'module "m" {\n  source = "./m"\n  in     = module.m.fixed\n}\n'
    )
    assert description(load({"main.tf": text, "m/main.tf": CHILD})) == "f"


@pytest.mark.parametrize("many", ["range(0, 1000000000)", "setproduct(range(1000), range(1000), range(1000))"])
def test_a_collection_of_absurd_size_is_not_built(many: str) -> None:
    text = f'resource "aws_iam_policy" "p" {{ description = jsonencode({many}) }}\n'
    found = description(load({"main.tf": text}))
    assert found.startswith("!")
    assert "more than 1024" in found or "too large" in found
