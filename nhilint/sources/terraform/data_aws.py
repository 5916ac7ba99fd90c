"""AWS data sources known by construction: the caller, partition and region, policies, names given by the author."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nhilint.model.node import Node, Scalar, Symbol, Text
from nhilint.sources.terraform import providers_aws
from nhilint.sources.terraform.policy_document import policy_document
from nhilint.sources.terraform.providers_aws import MODELS, account, region
from nhilint.sources.terraform.regions import (
    BILLING,
    LOAD_BALANCERS,
    dns_suffix,
    partition_of,
    principal_suffix,
    reverse_dns_prefix,
)
from nhilint.sources.terraform.values import is_null, parts_of, pure_symbol, symbol, text

if TYPE_CHECKING:
    from nhilint.model.span import Span
    from nhilint.sources.terraform.providers import Described

NAMES: dict[str, tuple[str, ...]] = {
    "aws_arn": ("partition", "service", "region", "account", "resource"),
    "aws_billing_service_account": ("id", "arn"),
    "aws_caller_identity": ("account_id", "id", "arn"),
    "aws_canonical_user_id": ("id",),
    "aws_cloudtrail_service_account": ("id", "arn"),
    "aws_elb_service_account": ("id", "arn"),
    "aws_iam_policy": ("arn", "name"),
    "aws_iam_policy_document": ("json", "minified_json"),
    "aws_iam_session_context": ("issuer_arn", "issuer_name", "session_name"),
    "aws_partition": ("partition", "id", "dns_suffix", "reverse_dns_prefix"),
    "aws_redshift_service_account": ("id", "arn"),
    "aws_region": ("name", "id", "region", "endpoint"),
    "aws_service": ("dns_name", "reverse_dns_name", "reverse_dns_prefix", "region", "partition", "service_id"),
    "aws_service_principal": ("name", "suffix", "region", "id"),
}


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
                return symbol(f"caller_arn{_at(instance)}", span)
        case "aws_canonical_user_id" if name == "id":
            return symbol(f"canonical_user_id{_at(instance)}", span)
        case "aws_partition":
            return _partition(partition, name, span)
        case "aws_region":
            return _region(instance, name)
        case "aws_iam_policy_document":
            if name in ("json", "minified_json"):
                return policy_document(instance)
        case "aws_iam_policy":
            return _policy(instance, name)
        case "aws_iam_openid_connect_provider" if name == "url":
            return _provider_url(instance)
        case "aws_iam_user" if name in ("name", "id"):
            return instance.written("user_name")
        case "aws_kms_key" if name == "arn":
            return _key_arn(instance)
        case "aws_arn":
            return _piece(instance, name)
        case "aws_iam_session_context":
            return _issuer(instance, name)
        case "aws_service_principal" | "aws_service":
            return _service(instance, name)
        case kind if kind.endswith("_service_account"):
            return _service_account(instance, name)
        case _:
            pass
    return providers_aws.computed(instance, name) if instance.type in MODELS else None


def _at(instance: Described) -> str:
    return f"@{instance.alias}" if instance.alias else ""


def _partition(partition: str, name: str, span: Span) -> Node | None:
    known = {
        "partition": partition, "id": partition, "dns_suffix": dns_suffix(partition),
        "reverse_dns_prefix": reverse_dns_prefix(partition),
    }  # fmt: skip
    return Scalar(known[name], span) if name in known else None


def _chosen_region(instance: Described) -> tuple[str | Symbol, ...]:
    """The region that the block asks for, else the provider's."""
    for name in ("region", "name") if instance.type == "aws_region" else ("region",):
        written = instance.written(name)
        if isinstance(written, (Scalar, Text)) and not is_null(written):
            return parts_of(written)
    return region(instance)


def _suffix_at(instance: Described, where: tuple[str | Symbol, ...]) -> str:
    return partition_of(where[0] if isinstance(where[0], str) else "", instance.partition())


def _region(instance: Described, name: str) -> Node | None:
    where = _chosen_region(instance)
    if name in ("name", "id", "region"):
        return text(where, instance.span)
    if name == "endpoint":
        return text(["ec2.", *where, ".", dns_suffix(_suffix_at(instance, where))], instance.span)
    return None


def _service(instance: Described, name: str) -> Node | None:
    """The principal of a service, or the names it is reached by."""
    where, span = _chosen_region(instance), instance.span
    partition = _suffix_at(instance, where)
    service = instance.written("service_name" if instance.type == "aws_service_principal" else "service_id")
    if name == "region":
        return text(where, span)
    if not isinstance(service, (Scalar, Text)) or is_null(service):
        return None
    called = parts_of(service)
    rows: dict[str, list[str | Symbol]]
    if instance.type == "aws_service_principal":
        suffix = principal_suffix(str(called[0]), partition)
        rows = {"name": [*called, ".", suffix], "suffix": [suffix], "id": [*called, ".", *where, ".", suffix]}
    else:
        prefix = reverse_dns_prefix(partition)
        rows = {
            "dns_name": [*called, ".", *where, ".", dns_suffix(partition)], "partition": [partition],
            "reverse_dns_name": [prefix, ".", *where, ".", *called], "reverse_dns_prefix": [prefix],
        }  # fmt: skip
    return text(rows[name], span) if name in rows else None


def _service_account(instance: Described, name: str) -> Node | None:
    """An account of AWS itself: the number where AWS documents it, else one unknown account for service and region."""
    if name not in ("id", "arn"):
        return None
    where, span = _chosen_region(instance), instance.span
    service = instance.type.removeprefix("aws_").removesuffix("_service_account")
    place = "".join(part if isinstance(part, str) else part.name for part in where)
    number: str | Symbol = Symbol(f"account of {service} in {place}")
    if service == "billing":
        number = BILLING
    elif service == "elb":
        number = LOAD_BALANCERS.get(place, number)
    if name == "id":
        return text([number], span)
    who = ":user/logs" if service == "redshift" else ":root"
    return text(["arn:", _suffix_at(instance, where), ":iam::", number, who], span)


def _piece(instance: Described, name: str) -> Node | None:
    """A part of an ARN."""
    order = ("arn:", "partition", "service", "region", "account", "resource")
    written = instance.written("arn")
    if name not in order or not isinstance(written, (Scalar, Text)) or is_null(written):
        return None
    pieces: list[list[str | Symbol]] = [[]]
    for part in parts_of(written):
        if isinstance(part, Symbol):
            pieces[-1].append(part)
            continue
        first, *rest = part.split(":", 6 - len(pieces))
        pieces[-1].append(first)
        pieces += [[one] for one in rest]
    # A symbol holds no colon, unless it is all of what comes before: then nothing is known of where the parts end.
    return text(pieces[order.index(name)], instance.span) if len(pieces) == 6 else None


def _issuer(instance: Described, name: str) -> Node | None:
    """Who stands behind a caller: of a session its role, of anybody else themselves."""
    written = instance.written("arn")
    whole = pure_symbol(written) if written is not None else ""
    if whole and name == "issuer_arn":
        return symbol(f"issuer of {whole}", instance.span)
    if not isinstance(written, Scalar) or not isinstance(written.value, str):
        return None
    session = re.fullmatch(r"arn:([^:]+):sts::(\d*):assumed-role/(?:.*/)?([^/]+)/([^/]{2,})", written.value)
    if session is None:
        return written if name == "issuer_arn" else Scalar("", written.span)
    partition, number, role, called = session.groups()
    # The path of the role is in no session; the shortest is the usual one.
    known = {"issuer_arn": f"arn:{partition}:iam::{number}:role/{role}", "issuer_name": role, "session_name": called}
    return Scalar(known[name], written.span) if name in known else None


def _key_arn(instance: Described) -> Node | None:
    """The ARN of a key that is named by its id or its ARN; of one that is named by an alias only the cloud knows it."""
    written = instance.written("key_id")
    if isinstance(written, (Scalar, Text)) and not is_null(written):
        first = parts_of(written)[0]
        if isinstance(first, str) and first.startswith("arn:") and ":alias/" not in first:
            return written
        if isinstance(first, str) and (first.startswith("alias/") or ":alias/" in first):
            unknown = Symbol(f"{instance.address}.key_id")
            return text(
                ["arn:", instance.partition(), ":kms:", *region(instance), ":", *account(instance), ":key/", unknown],
                instance.span,
            )
    return providers_aws.computed(instance, "arn")


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
    if name in ("name", "id", "path") and isinstance(arn, Scalar) and isinstance(arn.value, str):
        path, _, called = arn.value.partition(":policy")[2].rpartition("/")
        return {"id": arn, "name": Scalar(called, arn.span), "path": Scalar(path + "/", arn.span)}[name]
    if name == "policy":
        whole = arn if isinstance(arn, Scalar) else _policy(instance, "arn")
        return _managed_text(whole)
    return None


def _managed_text(arn: Node | None) -> Node | None:
    """The document of an AWS managed policy."""
    from nhilint.data.aws import managed_policy

    found = managed_policy(str(arn.value)) if isinstance(arn, Scalar) else None
    return Scalar(found, arn.span) if found is not None and arn is not None else None


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
