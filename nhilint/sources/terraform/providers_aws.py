"""Attributes of AWS resources that are known by construction: names, ARNs, ids; adding a type is one row.

ARN formats: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhilint.model.node import Choice, Node, Scalar, Symbol, Text, Unknown
from nhilint.sources.terraform.functions_string import without_scheme
from nhilint.sources.terraform.values import Failure, is_null, parts_of, symbol, text
from nhilint.sources.terraform.worlds import lift

if TYPE_CHECKING:
    from nhilint.sources.terraform.providers import Described

Part = str
"""A piece of an ARN format: a literal, or `{partition}`, `{region}`, `{account}`, `{path}`, `{attribute}`."""


@dataclass(frozen=True, slots=True)
class Model:
    """How one resource type names itself."""

    arn: tuple[Part, ...]
    name: str = "name"
    """The attribute that holds the name."""
    id: str = ""
    """The attribute that `id` equals; `arn` or a name."""
    arn_attribute: str = "arn"


def _arn(service: str, resource: str, *, region: bool = True, account: bool = True) -> tuple[Part, ...]:
    place = ("{region}" if region else "", ":", "{account}" if account else "", ":")
    rest = resource.replace("}", "{").split("{")
    pieces = tuple(f"{{{piece}}}" if index % 2 else piece for index, piece in enumerate(rest))
    return ("arn:", "{partition}", f":{service}:", *place, *pieces)


MODELS: dict[str, Model] = {
    "aws_iam_role": Model(_arn("iam", "role{path}{name}", region=False), id="name"),
    "aws_iam_user": Model(_arn("iam", "user{path}{name}", region=False), id="name"),
    "aws_iam_group": Model(_arn("iam", "group{path}{name}", region=False), id="name"),
    "aws_iam_policy": Model(_arn("iam", "policy{path}{name}", region=False), id="arn"),
    "aws_iam_instance_profile": Model(_arn("iam", "instance-profile{path}{name}", region=False), id="name"),
    "aws_iam_openid_connect_provider": Model(_arn("iam", "oidc-provider/{url}", region=False), name="url", id="arn"),
    "aws_iam_saml_provider": Model(_arn("iam", "saml-provider/{name}", region=False), id="arn"),
    "aws_iam_server_certificate": Model(_arn("iam", "server-certificate{path}{name}", region=False), id="name"),
    "aws_s3_bucket": Model(_arn("s3", "{bucket}", region=False, account=False), name="bucket", id="bucket"),
    "aws_sqs_queue": Model(_arn("sqs", "{name}")),
    "aws_sns_topic": Model(_arn("sns", "{name}"), id="arn"),
    "aws_kms_key": Model(_arn("kms", "key/{key_id}"), name="key_id", id="key_id"),
    "aws_kms_external_key": Model(_arn("kms", "key/{key_id}"), name="key_id", id="key_id"),
    "aws_kms_alias": Model(_arn("kms", "{name}"), id="name"),
    "aws_secretsmanager_secret": Model(_arn("secretsmanager", "secret:{name}-{suffix}"), id="arn"),
    "aws_ssm_parameter": Model(_arn("ssm", "parameter/{name}"), id="name"),
    "aws_lambda_function": Model(_arn("lambda", "function:{function_name}"), name="function_name", id="function_name"),
    "aws_ecr_repository": Model(_arn("ecr", "repository/{name}"), id="name"),
    "aws_ecr_repository_policy": Model((), name="repository", id="repository"),
    "aws_dynamodb_table": Model(_arn("dynamodb", "table/{name}"), id="name"),
    "aws_cloudwatch_log_group": Model(_arn("logs", "log-group:{name}"), id="name"),
    "aws_cloudwatch_event_rule": Model(_arn("events", "rule/{name}"), id="name"),
    "aws_cloudwatch_event_bus": Model(_arn("events", "event-bus/{name}"), id="name"),
    "aws_kinesis_stream": Model(_arn("kinesis", "stream/{name}"), id="arn"),
    "aws_kinesis_firehose_delivery_stream": Model(_arn("firehose", "deliverystream/{name}"), id="arn"),
    "aws_sfn_state_machine": Model(_arn("states", "stateMachine:{name}"), id="arn"),
    "aws_codebuild_project": Model(_arn("codebuild", "project/{name}"), id="arn"),
    "aws_codepipeline": Model(_arn("codepipeline", "{name}"), id="name"),
    "aws_codecommit_repository": Model(
        _arn("codecommit", "{repository_name}"), name="repository_name", id="repository_name"
    ),
    "aws_ecs_cluster": Model(_arn("ecs", "cluster/{name}"), id="arn"),
    "aws_eks_cluster": Model(_arn("eks", "cluster/{name}"), id="name"),
    "aws_athena_workgroup": Model(_arn("athena", "workgroup/{name}"), id="name"),
    "aws_backup_vault": Model(_arn("backup", "backup-vault:{name}"), id="name"),
    "aws_batch_job_queue": Model(_arn("batch", "job-queue/{name}"), id="arn"),
    "aws_elasticache_user": Model(_arn("elasticache", "user:{user_id}"), name="user_id", id="user_id"),
    "aws_iot_policy": Model(_arn("iot", "policy/{name}"), id="name"),
    "aws_apprunner_service": Model(
        _arn("apprunner", "service/{service_name}/{service_id}"), name="service_name", id="arn"
    ),
    "aws_batch_job_definition": Model(_arn("batch", "job-definition/{name}:{revision}"), id="arn"),
    "aws_cloudformation_stack": Model(_arn("cloudformation", "stack/{name}/{suffix}"), id="arn"),
    "aws_cloudformation_stack_set": Model(_arn("cloudformation", "stackset/{name}:{suffix}"), id="name"),
    "aws_codedeploy_app": Model(_arn("codedeploy", "application:{name}")),
    "aws_codedeploy_deployment_group": Model(
        _arn("codedeploy", "deploymentgroup:{app_name}/{deployment_group_name}"), name="deployment_group_name"
    ),
    "aws_ecs_task_definition": Model(_arn("ecs", "task-definition/{family}:{revision}"), name="family", id="family"),
    "aws_emr_cluster": Model(_arn("elasticmapreduce", "cluster/{id}"), name="id"),
    "aws_glue_dev_endpoint": Model(_arn("glue", "devEndpoint/{name}"), id="name"),
    "aws_glue_job": Model(_arn("glue", "job/{name}"), id="name"),
    "aws_instance": Model(_arn("ec2", "instance/{id}"), name="id"),
    "aws_launch_template": Model(_arn("ec2", "launch-template/{id}"), name="id"),
    "aws_mwaa_environment": Model(_arn("airflow", "environment/{name}"), id="name"),
    "aws_sagemaker_notebook_instance": Model(_arn("sagemaker", "notebook-instance/{name}"), id="name"),
    "aws_sagemaker_user_profile": Model(
        _arn("sagemaker", "user-profile/{domain_id}/{user_profile_name}"), name="user_profile_name", id="arn"
    ),
    "aws_scheduler_schedule_group": Model(_arn("scheduler", "schedule-group/{name}"), id="name"),
}
PREFIXES = {"name": "name_prefix", "bucket": "bucket_prefix"}
HAS_PATH = frozenset(kind for kind, model in MODELS.items() if "{path}" in model.arn)


def names(type_name: str) -> tuple[str, ...]:
    """The attributes known by construction."""
    model = MODELS.get(type_name)
    if model is None:
        return ()
    found = dict.fromkeys([model.name, "id", *(["arn"] if model.arn else [])])
    if type_name == "aws_s3_bucket":
        found["bucket_domain_name"] = None
    return tuple(found)


def computed(instance: Described, name: str) -> Node | None:
    """An attribute by construction, or None."""
    model = MODELS.get(instance.type)
    if model is None:
        return None
    if name == model.name:
        return _name(instance, model)
    if name == "arn" and model.arn:
        return arn(instance, model)
    if name == "id" and model.id:
        return instance.get(model.id)
    if name == "path" and instance.type in HAS_PATH:
        return Scalar("/", instance.span)
    if instance.type == "aws_sqs_queue" and name in ("id", "url"):
        pieces = [
            "https://sqs.",
            *region(instance),
            ".amazonaws.com/",
            *account(instance),
            "/",
            *_parts(instance, "name"),
        ]
        return text(pieces, instance.span)
    if instance.type == "aws_s3_bucket" and name == "bucket_domain_name":
        return text([*_parts(instance, "bucket"), ".s3.amazonaws.com"], instance.span)
    if instance.type == "aws_kms_alias" and name == "target_key_arn":
        return None
    return None


def _name(instance: Described, model: Model) -> Node:
    prefix = instance.written(PREFIXES.get(model.name, ""))
    chosen = symbol(f"{instance.address}.{model.name}", instance.span)
    if prefix is None or is_null(prefix) or isinstance(prefix, (Choice, Unknown)):
        return chosen
    try:
        return text([*parts_of(prefix), *chosen.parts], prefix.span)
    except Failure:
        return chosen


def _parts(instance: Described, name: str) -> tuple[str | Symbol, ...]:
    return parts_of(instance.get(name))


def account(instance: Described) -> tuple[Symbol, ...]:
    """The account that the instance lives in."""
    return (Symbol(instance.account()),)


def region(instance: Described) -> tuple[str | Symbol, ...]:
    """The region that the instance lives in."""
    written = instance.written("region") if instance.mode == "resource" else None
    if isinstance(written, (Scalar, Text)) and not is_null(written):
        return parts_of(written)
    return parts_of(instance.region())


def arn(instance: Described, model: Model) -> Node:
    """The ARN, with symbols where the account, the region or the name are unknown."""
    attributes = [part[1:-1] for part in model.arn if part.startswith("{")]
    attributes = [name for name in attributes if name not in ("partition", "region", "account", "suffix")]
    values = [instance.get(name) for name in attributes]
    given = dict(zip(attributes, range(len(attributes)), strict=True))

    def build(args: list[Node]) -> Node:
        pieces: list[str | Symbol] = []
        for part in model.arn:
            if not part.startswith("{"):
                pieces.append(part)
            elif part == "{partition}":
                pieces.append(instance.partition())
            elif part == "{region}":
                pieces.extend(region(instance))
            elif part == "{account}":
                pieces.extend(account(instance))
            elif part == "{suffix}":
                pieces.append(Symbol(f"{instance.address}.suffix"))
            else:
                pieces.extend(parts_of(_shape(instance, part[1:-1], args[given[part[1:-1]]])))
        return text(pieces, instance.span)

    return lift(build, values, instance.span)


def _shape(instance: Described, attribute: str, value: Node) -> Node:
    """How an attribute stands in its ARN."""
    if attribute == "url":
        return without_scheme(value)
    if attribute == "path" and is_null(value):
        return Scalar("/", value.span)
    if instance.type == "aws_ssm_parameter" and isinstance(value, (Scalar, Text)):
        parts = parts_of(value)
        return text([str(parts[0]).removeprefix("/"), *parts[1:]] if isinstance(parts[0], str) else parts, value.span)
    return value
