"""Module models: which model of the package stands for a call whose module is not in the checkout.

A model is a small module of its own: it declares the inputs of the real one and makes the identities, policies,
attachments and outputs which that one makes. The evaluator instantiates it in place of the missing source; every place
in it is the place of the call.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nhilint.data.module_models import ModelText, model_texts
from nhilint.model.node import Node, Symbol, Text
from nhilint.model.span import Span
from nhilint.sources.terraform.configuration import Configuration, read_configuration
from nhilint.sources.terraform.syntax import Block, SourceFile
from nhilint.sources.terraform.versions import EVERY, Interval, Version, read_constraint, read_version

if TYPE_CHECKING:
    from nhilint.sources.terraform.configuration import Declaration
    from nhilint.sources.terraform.program import Program

_PART = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_REGISTRY = re.compile(rf"(?:registry\.(?:terraform\.io|opentofu\.org)/)?({_PART})/({_PART})/({_PART})")
_GIT = re.compile(
    rf"(?:(?:ssh|https?)://)?(?:[A-Za-z0-9_.-]+@)?github\.com[/:]({_PART})/terraform-({_PART}?)-({_PART}?)(?:\.git)?"
)
_TFR = re.compile(r"tfr://(?:registry\.(?:terraform\.io|opentofu\.org))?/")
_PLAIN = re.compile(r"[\w.@\[\]\"*#-]+")
_NO_VERSION = "the call asks for no version"
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_TOLD = re.compile(r"(?:#|//)\s*(v?\d+\.\d+(?:\.\d+)?)\b")


class Source(NamedTuple):
    """Where a call gets its module from."""

    registry: str
    """`terraform-aws-modules/iam/aws`."""
    submodule: str
    """`iam-role` for `//modules/iam-role`; empty for the module itself."""
    ref: str = ""
    """What `?ref=` or `?version=` says."""

    def __str__(self) -> str:
        """As the registry writes it."""
        return f"{self.registry}//modules/{self.submodule}" if self.submodule else self.registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model with what its `model` block says."""

    source: Source
    versions: Interval
    read_at: str
    """The version of the real module that it was held against."""
    same_since: Version
    """The first version of the real module that gives the same."""
    without_effect: frozenset[str]
    """Inputs of the real module that have no bearing on permissions."""
    file: SourceFile

    def __str__(self) -> str:
        """The module and the version that was read."""
        return f"`{self.source}` {self.read_at}"

    def configuration(self, place: Span) -> Configuration:
        """The declarations, all of them at one place."""
        file = PlacedFile(
            path=place.path, text=self.file.text, body=self.file.body, comments=(), errors=(), place=place
        )
        configuration = read_configuration(f"{self.source}@{self.read_at}", [file])
        configuration.model = self
        return configuration


@dataclass(frozen=True, kw_only=True)
class PlacedFile(SourceFile):
    """The file of a model, seen from the call that it is read for."""

    place: Span

    def span(self, start: int, end: int) -> Span:
        """The place of the call."""
        return self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The model for one call, and why this one."""

    model: Model
    said: str
    """What is assumed about the version; empty: the call says it."""


def read_source(written: str) -> Source | None:
    """A module address in its registry, Git, `ssh` and Terragrunt forms; None for any other."""
    address, _, query = written.removeprefix("git::").partition("?")
    address = _TFR.sub("", address)
    scheme, colon, rest = address.partition("://")
    base, _, submodule = (rest if colon else address).partition("//")
    match = _REGISTRY.fullmatch(base) if not colon else None
    if match is not None and "." not in match[1]:
        registry = f"{match[1]}/{match[2]}/{match[3]}"
    elif (git := _GIT.fullmatch(f"{scheme}://{base}" if colon else base)) is not None:
        registry = f"{git[1]}/{git[3]}/{git[2]}"
    else:
        return None
    submodule = submodule.strip("/").removeprefix(".")
    if submodule and not submodule.startswith("modules/"):
        return None
    ref = next((part[part.index("=") + 1 :] for part in query.split("&") if part.startswith(("ref=", "version="))), "")
    return Source(registry, submodule.removeprefix("modules/"), ref)


def find_model(program: Program, source: Source, declaration: Declaration) -> Found | None:
    """The newest model that the call's version allows."""
    return _newest(program, source, *_asked(source, declaration))


def find_asked(program: Program, source: Source, version: str) -> Found | None:
    """The newest model that a version or constraint allows, without a call around it."""
    allowed = read_constraint(version) if version else None
    said = "" if allowed else f"which version `{version[:40]}` is, is not known" if version else _NO_VERSION
    return _newest(program, source, allowed or EVERY, said)


def _newest(program: Program, source: Source, allowed: Interval, said: str) -> Found | None:
    models = [_read(program, text) for text in model_texts(source.registry, source.submodule)]
    fitting = [model for model in models if allowed.meet(model.versions)]
    if not fitting:
        return None
    model = fitting[-1]
    if allowed.upper <= model.same_since:
        since = ".".join(map(str, model.same_since))
        said = f"{said}; it" if said else "the call"
        said += f" asks for a version before {since}, and the module gave something else then"
    return Found(model=model, said=said)


def nested_model(program: Program, outer: Model, folder: str) -> Found | None:
    """The model of a module that lies in the same repository as one that a model stands for."""
    submodule = folder.rpartition("modules/")[2].strip("./")
    models = [_read(program, text) for text in model_texts(outer.source.registry, submodule)]
    version = read_version(outer.read_at) or outer.versions.lower
    fitting = [model for model in models if model.versions.lower <= version < model.versions.upper]
    return Found(model=fitting[-1], said="") if fitting else None


def shortened(value: Node, name: str) -> Node:
    """What is computed from unknown values inside a string, called by the name of the whole.

    What is done to a name to make it fit is of no use to a reader; the digest keeps different results apart.
    """
    if not isinstance(value, Text):
        return value

    def short(part: str | Symbol) -> str | Symbol:
        if isinstance(part, str) or _PLAIN.fullmatch(part.name):
            return part
        return Symbol(f"{name}#{hashlib.sha256(part.name.encode()).hexdigest()[:6]}")

    return Text(tuple(map(short, value.parts)), value.span)


def _asked(source: Source, declaration: Declaration) -> tuple[Interval, str]:
    written = declaration.attribute("version")
    text = source.ref
    if written is not None:
        text = written.expr[3] if written.expr[0] == "str" else ""
        if not text:
            return EVERY, "the version that the call asks for is not known"
    if not text:
        return EVERY, _NO_VERSION
    allowed = read_constraint(text)
    if allowed is not None and (written is not None or read_version(text) is not None):
        return allowed, ""
    told = _told(declaration) if _COMMIT.fullmatch(text) else ""
    allowed = read_constraint(told) if told else None
    if allowed is not None:
        return allowed, f"the comment says that `{text[:12]}` is {told}"
    return EVERY, f"which version `{text[:40]}` is, is not known"


def _told(declaration: Declaration) -> str:
    """The version in a comment on the line of the source, as tools that pin commits write it."""
    source = declaration.attribute("source")
    if source is None:
        return ""
    text = declaration.file.text
    match = _TOLD.search(text[source.end :].partition("\n")[0])
    return match[1] if match else ""


def _read(program: Program, text: ModelText) -> Model:
    known = program.models.get(text.name)
    if known is None:
        from nhilint.sources.terraform.parser import parse

        file = parse(text.name, text.text)
        head = next(block for block in file.body.blocks if block.type == "model")
        source = read_source(_text(head, "source"))
        versions = read_constraint(_text(head, "versions"))
        if source is None or versions is None or file.errors:
            raise ValueError(f"{text.name} is no model")
        listed = head.body.attributes.get("without_effect")
        since = head.body.attributes.get("same_since")
        names = frozenset(item[3] for item in listed.expr[3]) if listed is not None else frozenset()
        known = program.models[text.name] = Model(
            source=source,
            versions=versions,
            read_at=_text(head, "read_at"),
            same_since=read_version(since.expr[3]) or versions.lower if since is not None else versions.lower,
            without_effect=names,
            file=file,
        )
    return known


def _text(block: Block, name: str) -> str:
    return str(block.body.attributes[name].expr[3])
