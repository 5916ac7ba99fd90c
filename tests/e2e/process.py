"""Runs the real command line in a folder, and makes the trees and repositories it reads; knows no module of nhilint."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

PROJECT = str(Path(__file__).resolve().parents[2])
_LIMIT = 60
"""Seconds after which a run counts as a hang."""


class Done(NamedTuple):
    """What one run left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def nhilint(folder: Path, *arguments: str, **variables: str) -> Done:
    """One run with its working directory in `folder`; a traceback fails whatever the test is about."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "NHILINT_"))}
    environment |= {"PYTHONPATH": PROJECT, "NHILINT_TODAY": "2026-11-24", "NHILINT_CACHE": "off", **variables}
    done = subprocess.run(
        [sys.executable, "-m", "nhilint", *arguments],
        cwd=folder,
        capture_output=True,
        env=environment,
        timeout=_LIMIT,
        check=False,
    )
    found = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in found.err, found.err[-3000:]
    assert "bug in nhilint" not in found.err, found.err
    assert 0 <= found.code <= 4, found
    return found


def quick(folder: Path, *arguments: str) -> Done:
    """The same command in this process: for long tables of small questions."""
    from nhilint.app.cli import run

    out, err = io.TextIOWrapper(io.BytesIO(), write_through=True), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["nhilint", *arguments]),
        mock.patch.dict(os.environ, {"NHILINT_TODAY": "2026-11-24"}),
    ):
        code = run()
    found = Done(code, out.buffer.getvalue().decode(), err.getvalue())  # type: ignore[attr-defined]
    assert "Traceback" not in found.err, found.err[-3000:]
    return found


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def git(folder: Path, *arguments: str) -> str:
    """One Git command as a fixed author."""
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    settings += ["-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def repository(folder: Path, *revisions: Mapping[str, str | bytes | None]) -> Path:
    """A repository with one commit on `main` for each mapping of changes; None removes a file."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    for number, changes in enumerate(revisions):
        commit(folder, changes, f"revision {number}")
    return folder


def commit(folder: Path, changes: Mapping[str, str | bytes | None], message: str = "change") -> str:
    """Apply and commit changes; the commit id."""
    for name, content in changes.items():
        if content is None:
            (folder / name).unlink()
        else:
            put(folder, {name: content})
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


TRUST = """jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })"""


def role(name: str, action: str = "s3:GetObject", resource: str = "arn:aws:s3:::data/*", effect: str = "Allow") -> str:
    """A role with one inline policy, as Terraform."""
    return f"""resource "aws_iam_role" "{name}" {{
  name               = "{name}"
  assume_role_policy = {TRUST}
}}

resource "aws_iam_role_policy" "{name}" {{
  name   = "{name}"
  role   = aws_iam_role.{name}.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "{effect}", Action = "{action}", Resource = "{resource}" }}]
  }})
}}
"""


def bound(name: str, rules: str, namespace: str = "default") -> str:
    """A service account bound to a Role of these rules (a JSON list), as manifests."""
    return f"""apiVersion: v1
kind: ServiceAccount
metadata: {{name: {name}, namespace: {namespace}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: {name}, namespace: {namespace}}}
rules: {rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: {name}, namespace: {namespace}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {name}}}
subjects: [{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}]
"""
