"""The catalogs of the examples are as clean as those of their readers should be."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from tests.e2e.process import quick

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("side", ["base", "head"])
def test_lint_finds_nothing_in_the_catalog_of_the_example(side: str) -> None:
    done = quick(EXAMPLES / side, "catalog", "lint", "--strict", "--format", "json")
    assert done.json()["roles"] == 4
    assert done.json()["problems"] == []
    assert done.code == 0


def test_a_draft_that_extends_a_role_covers_the_identity_once_it_is_approved(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    copytree(EXAMPLES / "head", tree)
    assert quick(tree, "catalog", "match", "shop-ci").code == 1
    extending = ("--extend", "s3-static-site-deploy", "--id", "shop-ci")
    made = quick(tree, "catalog", "propose", "shop-ci", *extending, "--to", "role_catalog/shop-ci.yaml")
    assert made.code == 0
    path = tree / "role_catalog/shop-ci.yaml"
    text = path.read_text(encoding="utf-8")
    assert "secretsmanager:GetSecretValue" in text
    assert "s3:" not in text.partition("allow:")[2]
    assert "access: write" in text
    assert quick(tree, "catalog", "match", "shop-ci").code == 1
    path.write_text(text.replace("status: draft", "status: approved"), encoding="utf-8")
    assert quick(tree, "catalog", "match", "shop-ci").code == 0
