"""AWS data sources known by construction: the caller, partition and region, policies, names given by the author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhilint.model.node import Node, Scalar
from nhilint.sources.terraform import providers_aws
from nhilint.sources.terraform.policy_document import policy_document
from nhilint.sources.terraform.providers_aws import MODELS, account, region
from nhilint.sources.terraform.values import is_null, parts_of, symbol, text

if TYPE_CHECKING:
    from nhilint.sources.terraform.providers import Described

NAMES: dict[str, tuple[str, ...]] = {
    "aws_caller_identity": ("account_id", "id", "arn"),
    "aws_partition": ("partition", "id", "dns_suffix"),
    "aws_region": ("name", "id", "region"),
    "aws_iam_policy_document": ("json", "minified_json"),
    "aws_iam_policy": ("arn", "name"),
    "aws_iam_session_context": ("issuer_arn",),
}
SUFFIXES = {"aws-cn": "amazonaws.com.cn", "aws": "amazonaws.com", "aws-us-gov": "amazonaws.com"}


def names(type_name: str) -> tuple[str, ...]:
    """The attributes known by construction."""
    return NAMES.get(type_name) or providers_aws.names(type_name)


def computed(instance: Described, name: str) -> Node | None:
    """An attribute by construction, or None."""
    span = instance.span
    partition = instance.partition()
    match instance.type:
        case "aws_caller_identity":
            if name in ("account_id", "id"):
                return text(account(instance), span)
            if name == "arn":
                return symbol(f"caller_arn{'@' + instance.alias if instance.alias else ''}", span)
        case "aws_partition":
            if name in ("partition", "id"):
                return Scalar(partition, span)
            if name == "dns_suffix":
                return Scalar(SUFFIXES.get(partition, "amazonaws.com"), span)
            if name == "reverse_dns_prefix":
                return Scalar("com.amazonaws", span)
        case "aws_region":
            if name in ("name", "id", "region"):
                return text(region(instance), span)
        case "aws_iam_policy_document":
            if name in ("json", "minified_json"):
                return policy_document(instance)
        case "aws_iam_policy":
            return _policy(instance, name)
        case "aws_iam_openid_connect_provider" if name == "url":
            return _provider_url(instance)
        case _:
            if instance.type in MODELS:
                return providers_aws.computed(instance, name)
    return None


def _policy(instance: Described, name: str) -> Node | None:
    arn, given = instance.written("arn"), instance.written("name")
    if name == "arn" and given is not None and isinstance(given, Scalar) and isinstance(given.value, str):
        managed = _managed_arn(given.value, instance.partition())
        if managed:
            return Scalar(managed, given.span)
        return text(
            ["arn:", instance.partition(), ":iam::", *account(instance), ":policy/", given.value],
            given.span,
        )
    if name in ("name", "id") and arn is not None and isinstance(arn, Scalar) and isinstance(arn.value, str):
        return arn if name == "id" else Scalar(arn.value.rpartition("/")[2], arn.span)
    return None


def _managed_arn(name: str, partition: str) -> str:
    """The ARN of an AWS managed policy that is called `name`, or empty."""
    from nhilint.data.aws import managed_policy

    if managed_policy(name) is None:
        return ""
    for path in ("", "service-role/", "job-function/", "aws-service-role/"):
        arn = f"arn:aws:iam::aws:policy/{path}{name}"
        if managed_policy(arn) is not None:
            return arn.replace("arn:aws:", f"arn:{partition}:", 1)
    return ""


def _provider_url(instance: Described) -> Node | None:
    arn = instance.written("arn")
    if arn is None or is_null(arn):
        return None
    parts = list(parts_of(arn))
    for index, part in enumerate(parts):
        if isinstance(part, str) and ":oidc-provider/" in part:
            return text([part.partition(":oidc-provider/")[2], *parts[index + 1 :]], arn.span)
    return None
