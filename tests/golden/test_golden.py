"""What people read of the example, to the byte. `NHILINT_GOLDEN=write` rewrites it all; read the difference."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SCHEMAS = ROOT / "nhilint" / "engine" / "schemas"

CASES = {
    "review.txt": (["review", "examples/base", "examples/head"], 1),
    "review.concise.txt": (["review", "examples/base", "examples/head", "--format", "concise"], 1),
    "review.md": (["review", "examples/base", "examples/head", "--format", "markdown"], 1),
    "review.json": (["review", "examples/base", "examples/head", "--format", "json"], 1),
    "same.txt": (["review", "examples/head", "examples/head"], 0),
    "check.txt": (["check", "examples/head"], 1),
    "check.json": (["check", "examples/base", "--format", "json"], 1),
    "inventory.txt": (["inventory", "examples/head"], 0),
    "inventory.json": (["inventory", "examples/head", "--format", "json"], 0),
    "can.txt": (["can", "shop-ci", "s3:DeleteObject", "arn:aws:s3:::acme-shop-site/x", "--tree", "examples/head"], 0),
    "can.json": (
        ["can", "shop-billing", "s3:GetObject", "arn:aws:s3:::acme-shop-invoices/board/1", "--tree", "examples/base",
         "--format", "json"],
        1,
    ),
    "who-can.txt": (["who-can", "secretsmanager:GetSecretValue", "*", "--tree", "examples/head"], 0),
    "who-can.json": (
        ["who-can", "create", "shop:deployments.apps", "--tree", "examples/head", "--format", "json"],
        0,
    ),
    "path.txt": (["path", "external-dns", "aws:role/shop-external-dns", "--tree", "examples/head"], 0),
    "path.json": (["path", "shop-ci", "administrator", "--tree", "examples/head", "--format", "json"], 1),
    "graph.txt": (["graph", "examples/head"], 0),
    "graph.json": (["graph", "examples/head", "--identity", "shop-ci", "--format", "json"], 0),
    "graph.mmd": (["graph", "examples/head", "--format", "mermaid"], 0),
    "catalog.txt": (["catalog", "list", "examples/head", "--usage"], 0),
    "catalog.json": (["catalog", "list", "examples/head", "--usage", "--format", "json"], 0),
    "catalog-role.txt": (["catalog", "show", "s3-static-site-deploy", "--tree", "examples/head", "--usage"], 0),
    "catalog-role.json": (
        ["catalog", "show", "namespace-deployer", "--tree", "examples/head", "--usage", "--format", "json"],
        0,
    ),
    "catalog-coverage.txt": (["catalog", "coverage", "examples/head"], 0),
    "catalog-coverage.json": (["catalog", "coverage", "examples/head", "--format", "json"], 0),
    "match.txt": (["catalog", "match", "--tree", "examples/head"], 1),
}  # fmt: skip


def run(arguments: list[str]) -> tuple[int, str]:
    environment = {**os.environ, "NHILINT_TODAY": "2026-11-24", "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "nhilint", *arguments], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("name", CASES)
def test_report_is_as_read(name: str) -> None:
    arguments, expected_code = CASES[name]
    code, output = run(arguments)
    assert code == expected_code
    path = HERE / name
    if os.environ.get("NHILINT_GOLDEN") == "write":
        path.write_text(output, encoding="utf-8")
    assert output == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in CASES if name.endswith(".json")])
def test_report_keeps_its_schema(name: str) -> None:
    value = json.loads((HERE / name).read_text(encoding="utf-8"))
    kind = value["schema"].removeprefix("nhilint.").removesuffix("/1")
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator)


def test_readme_shows_the_real_review() -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    assert (HERE / "review.txt").read_text(encoding="utf-8").strip() in shown
