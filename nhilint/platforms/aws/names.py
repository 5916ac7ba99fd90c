"""How requests name what runs as a role: the ARN of a block of Terraform, and what else a technique asks about."""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.algebra.values import symbol
from nhilint.model.document import Document
from nhilint.platforms.aws.text import text_of

_ARNS: Mapping[str, str] = {
    "aws_autoscaling_group": "arn:*:ec2:*:*:instance/{instance_id}",
    "aws_bedrockagentcore_agent_runtime": "arn:*:bedrock-agentcore:*:*:runtime/{agent_runtime_id}",
    "aws_bedrockagentcore_browser": "arn:*:bedrock-agentcore:*:*:browser-custom/{browser_id}",
    "aws_bedrockagentcore_code_interpreter": (
        "arn:*:bedrock-agentcore:*:*:code-interpreter-custom/{code_interpreter_id}"
    ),
    "aws_ec2_fleet": "arn:*:ec2:*:*:instance/{instance_id}",
    "aws_spot_fleet_request": "arn:*:ec2:*:*:instance/{instance_id}",
    "aws_spot_instance_request": "arn:*:ec2:*:*:instance/{spot_instance_id}",
}
"""The ARN of what a technique is about where the block has none, or not under `arn`: attributes in braces."""

_REFERRED: Mapping[str, str] = {
    "aws_bedrockagentcore_agent_runtime": "agent_runtime_arn",
    "aws_bedrockagentcore_browser": "browser_arn",
    "aws_bedrockagentcore_code_interpreter": "code_interpreter_arn",
    "aws_cloudformation_stack": "id",
}
"""The attribute by which the tree refers to that ARN, where it is not `arn`."""


def words(document: Document) -> tuple[tuple[str, str], ...]:
    """`arn`, and `ref`: the symbol by which other blocks mean that ARN while it is not known; then what is special."""
    found: dict[str, str] = {}
    template = _ARNS.get(document.type)
    arn = _filled(document, template) if template else text_of(document.body.get("arn"))
    ref = symbol(f"{document.address}.{_REFERRED.get(document.type, 'arn')}")
    found["arn"] = arn or ref
    if found["arn"] != ref:
        found["ref"] = ref
    special = _SPECIAL.get(document.type)
    if special is not None:
        found.update({name: text for name, text in special(document).items() if text})
    return tuple(sorted(found.items()))


def _filled(document: Document, template: str) -> str:
    parts = template.replace("}", "{").split("{")
    return "".join(_value(document, part) if at % 2 else part for at, part in enumerate(parts))


def _value(document: Document, attribute: str) -> str:
    return text_of(document.body.get(attribute)) or symbol(f"{document.address}.{attribute}")


def _job(document: Document) -> Mapping[str, str]:
    """A job is submitted by the name of its definition, with or without a revision."""
    return {"family": f"arn:*:batch:*:*:job-definition/{_value(document, 'name')}"}


def _tasks(document: Document) -> Mapping[str, str]:
    """The tasks of a service, where commands can be run in them.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    enabled = text_of(document.body.get("enable_execute_command"))
    if not enabled or enabled == "false":
        return {}
    cluster = text_of(document.body.get("cluster")) or "default"
    name = cluster.rpartition("cluster/")[2] if cluster.startswith("arn:") else cluster
    arn = cluster if cluster.startswith("arn:") else f"arn:*:ecs:*:*:cluster/{name}"
    return {"task": f"arn:*:ecs:*:*:task/{name}/*", "cluster": arn}


def _deployment(document: Document) -> Mapping[str, str]:
    return {"application": f"arn:*:codedeploy:*:*:application:{_value(document, 'app_name')}"}


_SPECIAL = {
    "aws_batch_job_definition": _job,
    "aws_codedeploy_deployment_group": _deployment,
    "aws_ecs_service": _tasks,
}
"""Resource type to the further words its techniques use."""
