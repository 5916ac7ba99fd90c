"""Places of AWS that keep an access key of the tree: whoever reads the place becomes the user; knows no secret's text.

A key is known by the reference to its attribute `secret`, wherever that stands in the value of a block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nhilint.algebra.values import SYMBOL_OPEN, literal, symbol
from nhilint.model.document import Document
from nhilint.model.facts import IdentityKey, Storage
from nhilint.model.node import Choice, Embedded, Encoded, Map, Node, Sequence, Symbol, Text, Unknown
from nhilint.platforms.aws.text import readable, text_of

Requests = tuple[tuple[str, tuple[str, ...]], ...]

_ALL = literal("*")
"""The one name that actions without resources are asked on."""


def storages(documents: Iterable[Document], user: Callable[[Document], IdentityKey | None]) -> Iterator[Storage]:
    """Every place with the users whose keys it keeps; `user`: whose an `aws_iam_access_key` is."""
    blocks = [document for document in documents if document.kind == "resource"]
    keys = {
        (document.root, f"{document.address}.secret"): owner
        for document in blocks
        if document.type == "aws_iam_access_key" and (owner := user(document)) is not None
    }
    if not keys:
        return
    for document in blocks:
        place = _PLACES.get(document.type)
        if place is None:
            continue
        attributes, name, requests = place
        mentioned = {text for attribute in attributes for text in _mentions(document.body.get(attribute))}
        for (root, reference), owner in keys.items():
            if root == document.root and any(reference in text for text in mentioned):
                yield Storage(
                    identity=owner,
                    platform="aws",
                    name=f"{name} `{_name(document)}`",
                    requests=requests(document),
                    span=document.span,
                )


def _mentions(node: Node | None) -> Iterator[str]:
    """The names of everything unknown below a node: addresses, and expressions of them."""
    match node:
        case Text():
            for part in node.parts:
                if isinstance(part, Embedded):
                    yield from _mentions(part.node)
                elif isinstance(part, Symbol):
                    yield part.name
        case Unknown():
            yield node.expression
        case Map():
            for value in node.entries.values():
                yield from _mentions(value)
        case Sequence():
            for item in node.items:
                yield from _mentions(item)
        case Choice():
            for option in node.options:
                yield from _mentions(option)
        case Encoded(node=inner):
            yield from _mentions(inner)
        case _:
            return


def _name(document: Document) -> str:
    text = next((t for a in ("name", "key", "function_name", "family") if (t := readable(document.body.get(a)))), "")
    return text if text and "${" not in text else document.address


def _arn(document: Document) -> str:
    return text_of(document.body.get("arn")) or symbol(f"{document.address}.arn")


def _secret(document: Document) -> Requests:
    """A version is read under the ARN of its secret; a name gets six characters more there.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    text = text_of(document.body.get("secret_id")) or symbol(f"{document.address}.secret_id")
    known = text.startswith(("arn:", SYMBOL_OPEN))
    arn = text if known else f"arn:*:secretsmanager:*:*:secret:{text}-??????"
    return (("secretsmanager:getsecretvalue", (arn,)),)


def _parameter(document: Document) -> Requests:
    actions = ("ssm:getparameter", "ssm:getparameters", "ssm:getparameterhistory", "ssm:getparametersbypath")
    return tuple((action, (_arn(document),)) for action in actions)


def _object(document: Document) -> Requests:
    bucket = text_of(document.body.get("bucket")) or symbol(f"{document.address}.bucket")
    key = text_of(document.body.get("key")) or symbol(f"{document.address}.key")
    return (("s3:getobject", (f"arn:*:s3:::{bucket}/{key.removeprefix('/')}",)),)


def _asked(*actions: str) -> Callable[[Document], Requests]:
    return lambda document: tuple((action, (_arn(document),)) for action in actions)


def _listed(action: str) -> Callable[[Document], Requests]:
    """An action that shows everything of its kind."""
    return lambda document: ((action, (_ALL,)),)


_PLACES: dict[str, tuple[tuple[str, ...], str, Callable[[Document], Requests]]] = {
    "aws_secretsmanager_secret_version": (("secret_string", "secret_binary"), "secret", _secret),
    "aws_ssm_parameter": (("value", "insecure_value"), "parameter", _parameter),
    "aws_s3_object": (("content", "content_base64"), "object", _object),
    "aws_s3_bucket_object": (("content", "content_base64"), "object", _object),
    "aws_lambda_function": (
        ("environment",),
        "environment of function",
        _asked("lambda:getfunction", "lambda:getfunctionconfiguration"),
    ),
    "aws_instance": (
        ("user_data", "user_data_base64"),
        "user data of instance",
        _asked("ec2:describeinstanceattribute"),
    ),
    "aws_launch_template": (
        ("user_data",),
        "user data of launch template",
        _listed("ec2:describelaunchtemplateversions"),
    ),
    "aws_launch_configuration": (
        ("user_data", "user_data_base64"),
        "user data of launch configuration",
        _listed("autoscaling:describelaunchconfigurations"),
    ),
    "aws_ecs_task_definition": (("container_definitions",), "task definition", _listed("ecs:describetaskdefinition")),
    "aws_batch_job_definition": (("container_properties",), "job definition", _listed("batch:describejobdefinitions")),
    "aws_codebuild_project": (("environment",), "environment of project", _asked("codebuild:batchgetprojects")),
    "aws_glue_job": (("default_arguments",), "arguments of job", _asked("glue:getjob")),
    "aws_amplify_app": (("environment_variables",), "environment of app", _asked("amplify:getapp")),
}
"""Resource type to the attributes that may keep a key, what they are for people, and the requests that read them.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
