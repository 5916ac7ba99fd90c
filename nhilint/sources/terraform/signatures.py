"""The parameters of every function, as `terraform metadata functions` and the providers declare them.

A parameter is a type; `?` says that it may be null, `*` that it repeats. Arguments are converted to these types before
a function sees them. The tests hold this table against the real Terraform.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from nhilint.sources.terraform.typed import ANY, BOOL, NUMBER, STRING, Type, list_of, map_of, set_of

SIGNATURES = {
    "abs": "number", "abspath": "string", "alltrue": "list(bool)", "anytrue": "list(bool)", "base64decode": "string",
    "base64encode": "string", "base64gzip": "string", "base64sha256": "string", "base64sha512": "string",
    "basename": "string", "bcrypt": "string number*", "can": "any", "ceil": "number", "chomp": "string",
    "chunklist": "list(any) number", "cidrhost": "string number", "cidrnetmask": "string",
    "cidrsubnet": "string number number", "cidrsubnets": "string number*", "coalesce": "any?*", "coalescelist": "any?*",
    "compact": "list(string)", "concat": "any*", "contains": "any any", "csvdecode": "string", "dirname": "string",
    "distinct": "list(any)", "element": "any number", "endswith": "string string", "ephemeralasnull": "any?",
    "file": "string", "filebase64": "string", "filebase64sha256": "string", "filebase64sha512": "string",
    "fileexists": "string", "filemd5": "string", "fileset": "string string", "filesha1": "string",
    "filesha256": "string", "filesha512": "string", "flatten": "any", "floor": "number", "format": "string any?*",
    "formatdate": "string string", "formatlist": "string any?*", "indent": "number string", "index": "any any",
    "issensitive": "any?", "join": "string list(string)*", "jsondecode": "string", "jsonencode": "any?", "keys": "any",
    "length": "any", "log": "number number", "lookup": "any string any?*", "lower": "string",
    "matchkeys": "list(any) list(any) list(any)", "max": "number*", "md5": "string", "merge": "any?*", "min": "number*",
    "nonsensitive": "any?", "one": "any", "parseint": "any number", "pathexpand": "string", "plantimestamp": "",
    "pow": "number number", "range": "number*", "regex": "string string", "regexall": "string string",
    "replace": "string string string", "reverse": "any", "rsadecrypt": "string string", "sensitive": "any?",
    "setintersection": "set(any) set(any)*", "setproduct": "any*", "setsubtract": "set(any) set(any)",
    "setunion": "set(any) set(any)*", "sha1": "string", "sha256": "string", "sha512": "string", "signum": "number",
    "slice": "any number number", "sort": "list(string)", "split": "string string", "startswith": "string string",
    "strcontains": "string string", "strrev": "string", "substr": "string number number", "sum": "any",
    "templatefile": "string any", "templatestring": "string any", "textdecodebase64": "string string",
    "textencodebase64": "string string", "timeadd": "string string", "timecmp": "string string", "timestamp": "",
    "title": "string", "tobool": "any?", "tolist": "any?", "tomap": "any?", "tonumber": "any?", "toset": "any?",
    "tostring": "any?", "transpose": "map(list(string))", "trim": "string string", "trimprefix": "string string",
    "trimspace": "string", "trimsuffix": "string string", "try": "any*", "upper": "string", "urlencode": "string",
    "uuid": "", "uuidv5": "string string", "values": "any", "yamldecode": "string", "yamlencode": "any?",
    "zipmap": "list(string) any",
}  # fmt: skip
"""The functions of Terraform."""

FURTHER = {
    "base64gunzip": "string", "cidrcontains": "string string", "urldecode": "string",
    "provider::aws::arn_build": "string string string string string", "provider::aws::arn_parse": "string",
    "provider::aws::trim_iam_role_path": "string", "provider::aws::user_agent": "string string string",
    "list": "any*", "map": "any*",
}  # fmt: skip
"""Functions of OpenTofu, of providers, and of Terraform before 0.12."""

_NAMED = {"any": ANY, "string": STRING, "number": NUMBER, "bool": BOOL}
_OF = {"list": list_of, "set": set_of, "map": map_of}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter."""

    kind: Type
    nullable: bool
    repeats: bool


@cache
def signature(name: str) -> tuple[Parameter, ...] | None:
    """The parameters of a function; None for one that is not known."""
    written = SIGNATURES.get(name, FURTHER.get(name))
    return None if written is None else tuple(_parameter(one) for one in written.split())


def _parameter(written: str) -> Parameter:
    name = written.rstrip("*").rstrip("?")
    return Parameter(read(name), "?" in written, written.endswith("*"))


def read(written: str) -> Type:
    """A type as this table writes it."""
    outer, bracket, inner = written.partition("(")
    return _OF[outer](read(inner[:-1])) if bracket else _NAMED[written]
