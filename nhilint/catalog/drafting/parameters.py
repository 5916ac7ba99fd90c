"""Names, patterns, examples and words for the parameters of a draft; from what they stand for and what was seen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nhilint.algebra.values import SYMBOL, SYMBOL_OPEN, display
from nhilint.catalog.drafting.generalize import Slot, Vector
from nhilint.catalog.drafting.shapes import snake
from nhilint.catalog.model import Parameter
from nhilint.model.span import Span

_ENVIRONMENTS = frozenset(
    {
        "dev", "development", "test", "testing", "qa", "uat", "stage", "staging", "stg", "preprod", "prod",
        "production", "prd", "sandbox", "demo", "integration", "nonprod", "live", "playground", "canary", "preview",
        "perf",
    }
)  # fmt: skip
_FIRST = ("partition", "account", "region")
_ONLY_SYMBOL = re.compile(SYMBOL)
_INDEX = re.compile(r"\[[^\[\]]*\]")
_SERVICE = re.compile("[a-z0-9-]+")
_ROOTS = ("var", "local", "module")
_ATTRIBUTES = frozenset({"arn", "id", "name", "bucket", "unique_id", "value", "names", "ids", "arns", "output"})
_PLAIN = r"[A-Za-z0-9_.-]+"
_PATTERNS: Mapping[str, str] = {
    "account": "[0-9]{12}",
    "region": "[a-z]{2}(-[a-z]+)+-[0-9]",
    "bucket": "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "namespace": "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
    "service_account": "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
    "hostedzone": "Z[A-Z0-9]{1,31}",
    "key": "[A-Za-z0-9-]{1,128}",
    "table": "[A-Za-z0-9_.-]{3,255}",
    "queue": r"[A-Za-z0-9_-]{1,75}(\.fifo)?",
    "topic": r"[A-Za-z0-9_-]{1,251}(\.fifo)?",
    "function": "[A-Za-z0-9_-]{1,64}",
    "role": r"[A-Za-z0-9_+=,.@/-]{1,128}",
    "repository": "[A-Za-z0-9_./-]{1,256}",
    "service": r"[a-z0-9.-]+\.amazonaws\.com",
    "environment": "[A-Za-z0-9_-]{1,32}",
    "branch": "[A-Za-z0-9_./-]{1,128}",
    "arn": "arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[A-Za-z0-9_+=,.@:/-]+",
    "principal": r"arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:[A-Za-z0-9_+=,.@/-]+",
    "secret": "[A-Za-z_][A-Za-z0-9_]*|[A-Za-z0-9_+=,.@/-]+",
}
_EXAMPLES: Mapping[str, str] = {
    "account": "111122223333", "region": "eu-west-1", "partition": "aws", "hostedzone": "Z0123456789ABCDEFGHIJ",
    "arn": "arn:aws:s3:::example-bucket", "principal": "arn:aws:iam::111122223333:role/example",
    "service": "lambda.amazonaws.com", "repository": "example/app", "environment": "prod",
}  # fmt: skip
_WORDS: Mapping[str, str] = {
    "account": "Account of the resources",
    "region": "Region of the resources",
    "partition": "Partition of AWS",
    "arn": "ARN of the resource",
    "path": "Path of the objects",
    "hostedzone": "Id of the hosted zone",
    "key": "Id of the key",
    "environment": "Environment it works in",
    "namespace": "Namespace it works in",
    "service_account": "Service account that has it",
    "repository": "Repository it belongs to",
    "branch": "Branch that may have it",
    "principal": "Principal that may have it",
    "external_id": "External id that the caller has to know",
}
_SPECIAL = {
    "s3": "S3", "iam": "IAM", "sqs": "SQS", "sns": "SNS", "kms": "KMS", "ecr": "ECR", "ssm": "SSM", "ecs": "ECS",
    "dynamodb": "DynamoDB", "lambda": "Lambda", "logs": "CloudWatch Logs", "secretsmanager": "Secrets Manager",
    "route53": "Route 53", "rds": "RDS", "ec2": "EC2", "eks": "EKS", "states": "Step Functions",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A parameter of the draft with its values for each identity."""

    parameter: Parameter
    vector: Vector


def name_all(
    slots: Sequence[Slot], attributes: Mapping[str, Sequence[str]], taken: Sequence[str] = ()
) -> dict[Vector, Named]:
    """A name, a pattern and examples for each. `attributes`: what `same` may say, with its value for each identity."""
    found: dict[Vector, Named] = {}
    used = set(taken)
    for slot in sorted(slots, key=lambda slot: _FIRST.index(_kind(slot)) if _kind(slot) in _FIRST else len(_FIRST)):
        name = base = _name(slot)
        number = 1
        while name in used:
            number += 1
            name = f"{base}_{number}"
        used.add(name)
        found[slot.vector] = Named(parameter=_parameter(name, slot, attributes), vector=slot.vector)
    return {slot.vector: found[slot.vector] for slot in slots}


def _kind(slot: Slot) -> str:
    """What it is of; a partition, an account or a region if it is one anywhere."""
    return next((kind for kind in _FIRST if kind in slot.kinds), next((k for k in slot.kinds if k != "symbol"), ""))


def _values(slot: Slot) -> list[str]:
    return list(dict.fromkeys(value for values in slot.vector for value in values))


def _name(slot: Slot) -> str:
    kind, values = _kind(slot), _values(slot)
    if kind in _FIRST:
        return kind
    if all(_ONLY_SYMBOL.fullmatch(value) for value in values):
        said = {_of_symbol(value) for value in values}
        if len(said) == 1:
            return said.pop()
    if len(values) > 1 and {value.lower() for value in values} <= _ENVIRONMENTS:
        return "environment"
    if slot.partial and len(set(slot.kinds)) > 1:
        return "name"
    return kind or "value"


def _of_symbol(value: str) -> str:
    """The last part of a symbol that says something: `bucket_name` of `var.bucket_name`, `logs` of `x.logs.arn`."""
    path = _INDEX.sub("", display(value).removeprefix("${").removesuffix("}"))
    parts = [part for part in re.split(r"[^A-Za-z0-9_-]+", path) if part]
    if "account_id" in parts[-1:] or parts[-1:] == ["account"]:
        return "account"
    while len(parts) > 1 and parts[-2] not in _ROOTS and (parts[-1] in _ATTRIBUTES or parts[-1].isdigit()):
        parts.pop()
    return snake(parts[-1])[:40].rstrip("_") if parts else "value"


def _parameter(name: str, slot: Slot, attributes: Mapping[str, Sequence[str]]) -> Parameter:
    values = _values(slot)
    literals = [display(value) for value in values if SYMBOL_OPEN not in value]
    open_ = len(literals) < len(values)
    kind = _kind(slot) if not slot.partial else ("environment" if name == "environment" else "")
    enum: tuple[str, ...] = ("aws", "aws-cn", "aws-us-gov") if kind == "partition" else ()
    if values and all(
        display(value).endswith((".arn}", "_arn}")) and _ONLY_SYMBOL.fullmatch(value) for value in values
    ):
        kind = "arn"
    pattern = "" if enum else _pattern(kind, name, literals, symbols=open_ and not literals)
    example = _example(kind, name, pattern)
    service = slot.places[0] if len(set(slot.places)) == 1 else ""
    if kind == "arn" and pattern == _PATTERNS["arn"] and _SERVICE.fullmatch(service):
        narrow = pattern.replace(":[a-z0-9-]+:", f":{service}:", 1)
        of = example if service == "s3" else f"arn:aws:{service}:eu-west-1:111122223333:example"
        if all(re.fullmatch(narrow, value) for value in (of, *literals)):
            pattern, example = narrow, of
    examples = tuple(literals[:3]) or (example,)
    return Parameter(
        name=name,
        description=_description(kind, name, slot, values),
        pattern=pattern,
        enum=enum,
        same=_same(slot, attributes),
        many=slot.many,
        unknown=open_ or kind in ("account", "region"),
        examples=examples,
        span=Span("", 0),
    )


def _pattern(kind: str, name: str, literals: Sequence[str], *, symbols: bool) -> str:
    """The known form where it fits all that was seen; otherwise the characters that were."""
    known = _PATTERNS.get(kind) or (_PATTERNS.get("account", "") if name == "account" else "")
    if not known and symbols:
        known = _PATTERNS["arn"] if name.endswith("arn") or kind == "arn" else _PLAIN
    if known and all(re.fullmatch(known, value) for value in literals):
        return known
    letters = set("".join(literals))
    classes = [
        ("A-Z", any("A" <= letter <= "Z" for letter in letters)),
        ("a-z", any("a" <= letter <= "z" for letter in letters)),
        ("0-9", True),
    ]
    rest = sorted(letter for letter in letters if not (letter.isascii() and letter.isalnum()) and letter != "-")
    inner = "".join(text for text, here in classes if here) + "".join(re.escape(letter) for letter in rest)
    return f"[{inner}-]{{1,{max(64, 2 * max(map(len, literals), default=0))}}}"


def _example(kind: str, name: str, pattern: str) -> str:
    """Something that the pattern lets through, for what nobody knows."""
    for text in (_EXAMPLES.get(kind), _EXAMPLES.get(name), "example-" + name.replace("_", "-"), "example"):
        if text and (not pattern or re.fullmatch(pattern, text)):
            return text
    return next((text for text in _EXAMPLES.values() if re.fullmatch(pattern, text)), "example")


def _same(slot: Slot, attributes: Mapping[str, Sequence[str]]) -> str:
    """What of the identity it always is; only where that is no accident: for several that differ in it."""
    values = [row[0] if len(row) == 1 else "" for row in slot.vector]
    if len(values) < 2 or len(set(values)) < 2:
        return ""
    return next((word for word, known in attributes.items() if list(known) == values), "")


def _description(kind: str, name: str, slot: Slot, values: Sequence[str]) -> str:
    words = _WORDS.get(kind) or (_WORDS["environment"] if name == "environment" else "")
    if not words and kind:
        place = next((place for place in slot.places if place), "")
        of = f" of {_SPECIAL.get(place, place)}" if place and ":" not in place and place not in ("sub",) else ""
        words = kind.replace("_", " ").capitalize() + of
    if not words and slot.partial:
        words = "Part of the names that differs"
    if len(values) == 1 and SYMBOL_OPEN in values[0] and kind not in _FIRST:
        return f"{words + ': ' if words else ''}what the source calls {display(values[0])}"
    return words or name.replace("_", " ").capitalize()
