"""YAML as Terraform reads and writes it; knows nodes, not functions.

The events come from PyYAML; what a scalar means is Terraform's own mixture of YAML 1.1 and 1.2.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.span import Span
from nhilint.sources.terraform import arithmetic
from nhilint.sources.terraform.convert import key_text
from nhilint.sources.terraform.values import Failure, nfc, scalar_text

CORE = "tag:yaml.org,2002:"
WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
INFINITIES = {f"{sign}.{word}": float(f"{sign}inf") for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_STAMP = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)"
    r"| (\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?)?",
    re.ASCII,
)


def decode(written: str, span: Span) -> Node:
    """The value of a YAML document; raises `Failure`."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = list(yaml.parse(written, Loader=loader))
        return _Reader(events[1:], span).document()
    except (yaml.YAMLError, RecursionError) as problem:
        raise Failure(f"the text is not YAML: {' '.join(str(problem).split())[:200]}") from None


@dataclass(slots=True)
class _Reader:
    events: list[Any]
    span: Span
    at: int = 0
    anchors: dict[str, Node] = field(default_factory=dict)

    def next(self) -> tuple[str, Any]:
        event = self.events[self.at]
        self.at += 1
        return type(event).__name__, event

    def document(self) -> Node:
        if self.next()[0] != "DocumentStartEvent":
            raise Failure("the YAML text is empty")
        value = self.value(*self.next())
        self.next()
        if self.next()[0] != "StreamEndEvent":
            raise Failure("only one YAML document is allowed")
        return value

    def value(self, kind: str, event: Any) -> Node:
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                raise Failure(f"there is no YAML anchor `{event.anchor}`")
            return self.anchors[event.anchor]
        if kind == "ScalarEvent":
            value: Node = Scalar(resolve(event.tag or "", event.value, quoted=event.style in ("'", '"')), self.span)
        elif kind == "SequenceStartEvent":
            value = self.sequence(event)
        else:
            value = self.mapping(event)
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def sequence(self, start: Any) -> Node:
        if start.tag not in (None, CORE + "seq"):
            raise Failure("a YAML sequence has a tag that Terraform does not know")
        items: list[Node] = []
        while (found := self.next())[0] != "SequenceEndEvent":
            items.append(self.value(*found))
        return Sequence(tuple(items), self.span)

    def mapping(self, start: Any) -> Node:
        if start.tag not in (None, CORE + "map"):
            raise Failure("a YAML mapping has a tag that Terraform does not know")
        entries: dict[str, Node] = {}
        while (found := self.next())[0] != "MappingEndEvent":
            kind, event = found
            if kind != "ScalarEvent":
                raise Failure("only strings are allowed as keys of a YAML mapping")
            if (not event.tag and event.value == "<<") or event.tag == CORE + "merge":
                self.merge(entries, self.value(*self.next()))
                continue
            key = Scalar(resolve(event.tag or "", event.value, quoted=event.style in ("'", '"')), self.span)
            entries[key_text(key)] = self.value(*self.next())
        return Map(dict(sorted(entries.items())), self.span)

    def merge(self, entries: dict[str, Node], value: Node) -> None:
        for one in value.items if isinstance(value, Sequence) else (value,):
            if not isinstance(one, Map):
                raise Failure("only mappings can be merged into a YAML mapping")
            entries.update(one.entries)


def resolve(tag: str, written: str, *, quoted: bool) -> str | int | float | bool | None:
    """What a scalar means; raises `Failure`."""
    short = tag.removeprefix(CORE)
    if tag and short not in ("str", "bool", "int", "float", "null", "timestamp", "binary"):
        raise Failure(f"the YAML tag `{tag}` is not known to Terraform")
    first = written[:1]
    if short not in ("str", "binary") and (not written or first in "+-.0123456789yYnNtTfFoO~"):
        if quoted:
            return nfc(written)
        if written in WORDS:
            return WORDS[written]
        if written in INFINITIES:
            return INFINITIES[written]
        short = _guessed(short, written)
    return _as_tagged(short, written)


def _guessed(short: str, written: str) -> str:
    """The tag that an untagged scalar gets by its looks."""
    if written[:1] == ".":
        if not short and written in (".nan", ".NaN", ".NAN"):
            raise Failure("not a number is no value")
        return "float" if _FLOAT.fullmatch(written) else short
    if written[:1] not in "+-0123456789":
        return short
    if short in ("", "timestamp") and stamp(written) is not None:
        return "timestamp"
    return "int" if _INTEGER.fullmatch(written) or _FLOAT.fullmatch(written) else short


def _as_tagged(short: str, written: str) -> str | int | float | bool | None:
    if short == "null":
        return None
    if short == "bool":
        if not isinstance(WORDS.get(written), bool):
            raise Failure("a YAML value is no truth value")
        return WORDS[written]
    if short == "timestamp":
        found = stamp(written)
        if found is None:
            raise Failure("a YAML value is no timestamp")
        return found
    if short in ("int", "float"):
        try:
            plain = written.replace("_", "")
            return int(plain, 0) if plain[:2] in ("0x", "0o") else arithmetic.parse(plain)
        except ValueError:
            raise Failure("a YAML value is no number") from None
    if short == "binary":
        try:
            base64.b64decode(written, validate=True)
        except ValueError:
            raise Failure("a YAML value is not base64") from None
    return nfc(written)


def stamp(written: str) -> str | None:
    """A date or time as RFC 3339, or None."""
    match = _STAMP.fullmatch(written)
    if match is None:
        return None
    hour, minute, second = (int(match[i] or match[i + 4] or 0) for i in (4, 5, 6))
    try:
        moment = datetime(int(match[1]), int(match[2]), int(match[3]), hour, minute, second)
    except ValueError:
        return None
    zone = match[7] or "Z"
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}{'Z' if zone in ('+00:00', '-00:00') else zone}"


def encode(node: Node) -> str:
    """The YAML text of a value that is known all the way down."""
    import yaml

    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *_events(node),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    written = str(yaml.emit(events, Dumper=dumper, allow_unicode=True, width=1 << 30))
    # Emitters differ in when they mark the end: Terraform's does it behind a document that is one plain word.
    plain_word = isinstance(node, Scalar) and not isinstance(node.value, str)
    return written.removesuffix("...\n") + "...\n" * plain_word


def _events(node: Node) -> list[Any]:
    import yaml

    if isinstance(node, Sequence):
        inner = [event for item in node.items for event in _events(item)]
        start = yaml.SequenceStartEvent(None, None, True, flow_style=False)
        return [start, *inner, yaml.SequenceEndEvent()]
    if isinstance(node, Map):
        inner = []
        for key in sorted(node.entries):
            inner += [_scalar(key), *_events(node.entries[key])]
        return [yaml.MappingStartEvent(None, None, True, flow_style=False), *inner, yaml.MappingEndEvent()]
    if isinstance(node, Scalar):
        return [_scalar(node.value)]
    raise Failure("a value that is not known has no YAML text")


def _scalar(value: str | int | float | bool | None) -> Any:
    import yaml

    if isinstance(value, str):
        return yaml.ScalarEvent(None, None, (True, True), value, style="|" if "\n" in value else '"')
    return yaml.ScalarEvent(None, None, (True, True), "null" if value is None else scalar_text(value), style="")
