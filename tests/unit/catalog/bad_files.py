"""Makes catalogs of files with one thing wrong, and asks where the reader says that it is."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.app.catalog_files import catalog_files
from nhilint.app.settings import Settings
from nhilint.catalog.files.read import read_catalog
from nhilint.catalog.model import Catalog, Problem
from nhilint.sources.memory import MemoryTree

AWS = """\
apiVersion: nhilint.dev/v1
id: reader
title: Read one bucket
platform: aws
purpose: A job that reads one bucket.
owner: platform
status: approved
access: read
approval: { by: security, on: 2026-01-01, ticket: T-1, expires: 2027-01-01 }
review: 180d
parameters:
  bucket: { pattern: "[a-z0-9-]+", examples: [data] }
allow:
  - actions: [s3:GetObject]
    resources: ["arn:aws:s3:::<bucket>/*"]
trust:
  - github: { repository: acme/shop, branch: main }
constraints: { max_session: 1h }
tests:
  allow:
    - { with: { bucket: data }, action: s3:GetObject, resource: "arn:aws:s3:::data/x" }
  deny:
    - { with: { bucket: data }, action: s3:GetObject, resource: "arn:aws:s3:::other/x" }
"""
EXCEPTION = """\
apiVersion: nhilint.dev/v1
kind: Exception
id: nightly-export
identity: aws:role/export
allow:
  - actions: [s3:PutObject]
    resources: ["arn:aws:s3:::exports/*"]
reason: the export moves in March
ticket: T-2
owner: data
expires: 2027-03-31
"""


def read(files: Mapping[str, str | bytes]) -> tuple[Catalog, list[Problem]]:
    """The catalog of these files (below `role_catalog/`), and what is wrong with them."""
    contents = {
        f"role_catalog/{path}": text.encode() if isinstance(text, str) else text for path, text in files.items()
    }
    found = catalog_files(MemoryTree(contents), Settings())
    catalog, problems = read_catalog(found.documents, own=True)
    return catalog, [*found.problems, *problems]


def told(problem: Problem) -> str:
    """`FILE:LINE:COLUMN CODE`."""
    span = problem.span
    return f"{span.path.removeprefix('role_catalog/')}:{span.line}:{span.column} {problem.code}"


def errors(files: Mapping[str, str | bytes]) -> list[str]:
    """The errors, as `FILE:LINE:COLUMN CODE`."""
    return sorted(told(problem) for problem in read(files)[1] if problem.severity == "error")


def at(text: str, mark: str) -> str:
    """`LINE:COLUMN` of the first place where a text has a piece of it."""
    before = text[: text.index(mark)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
