"""What runs as a role, how requests name it, and what permissions are written in."""

from __future__ import annotations

import pytest

from nhilint.algebra.values import display
from nhilint.model.facts import Facts
from nhilint.platforms.aws import interpret
from nhilint.platforms.aws.techniques import techniques as table
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions

ROLE = """
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_instance_profile" "p" {
  name = "p"
  role = aws_iam_role.r.name
}
"""

BLOCKS = {
    "aws_lambda_function": ("role = aws_iam_role.r.arn", "function_name = \"f\"", "arn:aws:lambda:…:…:function:f"),
    "aws_instance": ("iam_instance_profile = aws_iam_instance_profile.p.name", "", "arn:aws:ec2:…:…:instance/…"),
    "aws_launch_template": (
        "iam_instance_profile {\narn = aws_iam_instance_profile.p.arn\n}", "", "arn:aws:ec2:…:…:launch-template/…",
    ),
    "aws_batch_job_definition": (
        "container_properties = jsonencode({ jobRoleArn = aws_iam_role.r.arn })", 'name = "j"',
        "arn:aws:batch:…:…:job-definition/j:…",
    ),
    "aws_apprunner_service": (
        "instance_configuration {\ninstance_role_arn = aws_iam_role.r.arn\n}", 'service_name = "s"',
        "arn:aws:apprunner:…:…:service/s/…",
    ),
    "aws_cloudformation_stack": (
        "iam_role_arn = aws_iam_role.r.arn", 'name = "s"', "arn:aws:cloudformation:…:…:stack/s/…",
    ),
    "aws_elastic_beanstalk_environment": (
        "setting {\nnamespace = \"n\"\nname = \"IamInstanceProfile\"\nvalue = aws_iam_instance_profile.p.name\n}",
        "", "…",
    ),
    "aws_iot_topic_rule": ("kinesis {\nrole_arn = aws_iam_role.r.arn\n}", "", "…"),
    "aws_cognito_identity_pool_roles_attachment": ("roles = { authenticated = aws_iam_role.r.arn }", "", "…"),
    "aws_sagemaker_user_profile": (
        "user_settings {\nexecution_role = aws_iam_role.r.arn\n}", 'user_profile_name = "u"\ndomain_id = "d"',
        "arn:aws:sagemaker:…:…:user-profile/d/u",
    ),
    "aws_bedrockagentcore_browser": (
        "execution_role_arn = aws_iam_role.r.arn", "", "arn:*:bedrock-agentcore:*:*:browser-custom/…",
    ),
}  # fmt: skip


@pytest.mark.parametrize("type", BLOCKS)
def test_a_block_that_names_a_role_runs_as_it(type: str) -> None:
    role, rest, arn = BLOCKS[type]
    facts = read(ROLE + f'resource "{type}" "x" {{\n{role}\n{rest}\n}}\n')
    found = [workload for workload in facts.workloads if workload.kind == type]
    assert [(workload.identity, shortened(dict(workload.variables)["arn"])) for workload in found] == [
        ("aws:role/r", arn)
    ]


def test_only_the_role_that_its_code_has_is_reached_through_a_task() -> None:
    task = 'resource "aws_ecs_task_definition" "x" {\nfamily = "f"\nexecution_role_arn = aws_iam_role.r.arn\n}\n'
    assert [workload.variables for workload in read(ROLE + task).workloads[1:]] == [()]


def test_a_block_runs_as_the_role_of_its_template() -> None:
    facts = read(
        ROLE
        + 'resource "aws_launch_template" "t" {\niam_instance_profile {\nname = aws_iam_instance_profile.p.name\n}\n}\n'
        + 'resource "aws_autoscaling_group" "g" {\nname = "g"\nlaunch_template {\nid = aws_launch_template.t.id\n}\n}\n'
        + 'resource "aws_codedeploy_deployment_group" "d" {\napp_name = "a"\ndeployment_group_name = "d"\n'
        + "autoscaling_groups = [aws_autoscaling_group.g.name]\n}\n"
    )
    kinds = {workload.kind for workload in facts.workloads if workload.identity == "aws:role/r"}
    assert kinds == {
        "instance profile", "aws_launch_template", "aws_autoscaling_group", "aws_codedeploy_deployment_group"
    }  # fmt: skip


def test_tasks_of_a_service_are_reached_only_where_commands_are_enabled() -> None:
    def words(line: str) -> dict[str, str]:
        facts = read(
            ROLE
            + 'resource "aws_ecs_task_definition" "t" {\nfamily = "f"\ntask_role_arn = aws_iam_role.r.arn\n}\n'
            + f'resource "aws_ecs_service" "s" {{\ncluster = "c"\n{line}\n'
            + "task_definition = aws_ecs_task_definition.t.arn\n}\n"
        )
        return dict(next(w.variables for w in facts.workloads if w.kind == "aws_ecs_service"))

    assert words("enable_execute_command = true")["task"] == "arn:*:ecs:*:*:task/c/*"
    assert "task" not in words("")


def test_what_permissions_are_written_in() -> None:
    facts = read(
        """
        resource "aws_iam_policy" "p" {
          name   = "p"
          policy = jsonencode({ Version = "2012-10-17", Statement = [] })
        }
        resource "aws_iam_user" "u" {
          name                 = "u"
          permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
        }
        resource "aws_iam_group" "g" { name = "g" }
        resource "aws_iam_group_policy_attachment" "a" {
          group      = aws_iam_group.g.name
          policy_arn = aws_iam_policy.p.arn
        }
        resource "aws_iam_user_group_membership" "m" {
          user   = aws_iam_user.u.name
          groups = [aws_iam_group.g.name]
        }
        resource "aws_iam_user_policy_attachment" "r" {
          user       = aws_iam_user.u.name
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }
        """
    )
    assert {(carrier.identity, carrier.kind, carrier.name) for carrier in facts.carriers} == {
        ("aws:group/g", "managed policy", "p"),
        ("aws:group/g", "group", "g"),
        ("aws:user/u", "group", "g"),
        ("aws:user/u", "group policy", "p"),
        ("aws:user/u", "boundary", "PowerUserAccess"),
    }
    arns = {shortened(dict(h.variables).get("arn", "")) for h in facts.carriers if h.identity == "aws:user/u"}
    assert arns == {"arn:aws:iam::…:group/g", "arn:aws:iam::…:policy/p", ""}


def test_every_kind_of_workload_in_the_table_is_read_from_terraform() -> None:
    from nhilint.sources.terraform.wanted import wanted

    kinds = {kind for technique in table() if technique.target == "workload" for kind in technique.target_kinds}
    assert len(kinds) > 20
    assert all(wanted("resource", kind) for kind in kinds)


def read(text: str) -> Facts:
    loaded = load(MemoryTree({"main.tf": text}), LoadOptions())
    assert not loaded.unresolved
    return interpret(loaded.documents)


def shortened(pattern: str) -> str:
    """The pattern with every unknown string as an ellipsis."""
    import re

    return re.sub(r"\$\{[^}]*\}", "…", display(pattern))
