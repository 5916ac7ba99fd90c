"""A small estate as files, and its analysis, for the tests of queries over the graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Analysis, Options, analyze, schemas
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

ACCOUNT = "111122223333"


def analysis_of(files: dict[str, str]) -> Analysis:
    loaded = load(MemoryTree(files), LoadOptions())
    options = Options(today="2026-11-25")
    return analyze(loaded.documents, unresolved=loaded.unresolved, catalog=EMPTY_CATALOG, options=options)


def keeps_schema(value: dict[str, Any]) -> dict[str, Any]:
    """The value, after it was held against its own schema."""
    name = value["schema"].removeprefix("nhilint.").removesuffix("/1")
    text = (Path(next(iter(schemas.__path__))) / f"{name}.schema.json").read_text(encoding="utf-8")
    jsonschema.validate(value, json.loads(text), jsonschema.Draft202012Validator)
    return value


def arn(name: str, kind: str = "role") -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def role(name: str, *statements: tuple[str, str], trusts: dict[str, Any] | None = None, **more: Any) -> str:
    """A role with statements (action, resource), as a block of Terraform's JSON syntax; `more`: further blocks."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusts or {"Service": "ec2.amazonaws.com"}}
        ],
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in statements],
    }
    blocks: dict[str, Any] = {
        "data": {"aws_caller_identity": {"current": {}}},
        "resource": {
            "aws_iam_role": {name: {"name": name, "assume_role_policy": json.dumps(trust)}},
            **(
                {"aws_iam_role_policy": {name: {"role": f"${{aws_iam_role.{name}.id}}", "policy": json.dumps(policy)}}}
                if statements
                else {}
            ),
            **more,
        },
    }
    return json.dumps(blocks, indent=2)
