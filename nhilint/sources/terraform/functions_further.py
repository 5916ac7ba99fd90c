"""Functions that Terraform's core lacks: those of the AWS provider, and those that only OpenTofu has."""

from __future__ import annotations

import base64
import gzip
import ipaddress
import urllib.parse
import zlib

from nhilint.model.node import Map, Node, Scalar, Sequence, Symbol
from nhilint.sources.terraform.functions_string import split_parts
from nhilint.sources.terraform.registry import Call, Function, Table, pure
from nhilint.sources.terraform.values import MAX_STRING, Failure, known, parts_of, text

SECTIONS = ("partition", "service", "region", "account_id", "resource")


def _arn_build(call: Call, args: list[Node]) -> Node:
    parts: list[str | Symbol] = ["arn"]
    for arg in args:
        parts += [":", *parts_of(arg)]
    return text(parts, call.span)


def _arn_sections(call: Call, node: Node) -> list[Node] | None:
    """The five sections behind `arn:`; None when a symbol could hide a colon."""
    pieces = split_parts(node, ":")
    if pieces is None:
        return None
    if len(pieces) < 6 or not isinstance(pieces[0], Scalar) or pieces[0].value != "arn":
        raise Failure(f"`{call.name}` needs an ARN")
    resource: list[str | Symbol] = []
    for piece in pieces[5:]:
        resource += [":"] * bool(resource) + [*parts_of(piece)]
    return [*pieces[1:5], text(resource, node.span)]


def _arn_parse(call: Call, args: list[Node]) -> Node:
    sections = _arn_sections(call, args[0])
    if sections is None:
        return call.unknown(args, "any")
    return Map(dict(zip(SECTIONS, sections, strict=True)), call.span)


def _trim_role_path(call: Call, args: list[Node]) -> Node:
    sections = _arn_sections(call, args[0])
    if sections is None or not known(sections[1]) or not known(sections[4]):
        return call.unknown(args, "string")
    service, resource = sections[1], sections[4]
    assert isinstance(service, Scalar)
    assert isinstance(resource, Scalar)
    kind, _, path = str(resource.value).partition("/")
    if service.value != "iam" or kind != "role" or not path:
        raise Failure(f"`{call.name}` needs the ARN of a role")
    last = Scalar(f"role/{path.rpartition('/')[2]}", resource.span)
    return _arn_build(call, [*sections[:4], last])


def _user_agent(name: str, version: str, comment: str) -> str:
    if not name:
        raise ValueError("a product name is needed")
    return name + (f"/{version}" if version else "") + (f" ({comment})" if comment else "")


def _gunzip(value: str) -> str:
    try:
        unpacked = zlib.decompressobj(31).decompress(base64.b64decode(value, validate=True), MAX_STRING)
    except (zlib.error, gzip.BadGzipFile) as problem:
        raise ValueError(str(problem)) from None
    return unpacked.decode()


def _cidr_contains(prefix: str, inner: str) -> bool:
    outer = ipaddress.ip_network(prefix, strict=False)
    found = ipaddress.ip_network(inner, strict=False)
    if outer.version != found.version:
        raise ValueError("the addresses are of different versions")
    first, last = int(outer.network_address), int(outer.broadcast_address)
    return first <= int(found.network_address) and int(found.broadcast_address) <= last


def _list(call: Call, args: list[Node]) -> Node:
    """The `list("a", …)` of Terraform before 0.12."""
    return Sequence(tuple(args), call.span)


FUNCTIONS: Table = {
    "provider::aws::arn_build": Function(_arn_build),
    "provider::aws::arn_parse": Function(_arn_parse),
    "provider::aws::trim_iam_role_path": Function(_trim_role_path),
    "provider::aws::user_agent": pure(_user_agent, "string"),
    "base64gunzip": pure(_gunzip, "string"),
    "cidrcontains": pure(_cidr_contains, "any"),
    "urldecode": pure(urllib.parse.unquote_plus, "string"),
    "list": Function(_list),
}
