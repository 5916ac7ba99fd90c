"""The declarations of one module folder, united over its files, override files applied; evaluates nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nhilint.sources.terraform.syntax import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nhilint.sources.terraform.models import Model
    from nhilint.sources.terraform.syntax import Attribute, Body, SourceFile

Expr = tuple[Any, ...]
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1}
"""Blocks that only stand at the top; inside another block a brace is missing above."""


@dataclass(slots=True)
class Declaration:
    """One block with its file; overrides are merged into `body`."""

    file: SourceFile
    block: Block
    body: Body

    def attribute(self, name: str) -> Attribute | None:
        """The attribute as finally set."""
        return self.body.attributes.get(name)


@dataclass(slots=True)
class Configuration:
    """What the files of one folder declare, by name."""

    folder: str
    variables: dict[str, Declaration] = field(default_factory=dict)
    locals: dict[str, tuple[SourceFile, Expr]] = field(default_factory=dict)
    outputs: dict[str, Declaration] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Declaration] = field(default_factory=dict)
    """By mode (`resource`, `data`, `ephemeral`), type and name."""
    calls: dict[str, Declaration] = field(default_factory=dict)
    providers: dict[str, Declaration] = field(default_factory=dict)
    """By local name and alias (`aws`, `aws.us`)."""
    moved: list[Declaration] = field(default_factory=list)
    removed: list[Declaration] = field(default_factory=list)
    imports: list[Declaration] = field(default_factory=list)
    duplicates: list[Declaration] = field(default_factory=list)
    misplaced: list[Declaration] = field(default_factory=list)
    """Blocks that stand inside another one and can not."""
    model: Model | None = None
    """The model that stands for the module, when its source is not in the tree."""


def read_configuration(folder: str, files: list[SourceFile]) -> Configuration:
    """Unite the files of a folder; override files (`override.tf`, `*_override.tf`) come last and replace."""
    configuration = Configuration(folder)
    for file in sorted(files, key=lambda one: (is_override(one.path), one.path)):
        override = is_override(file.path)
        for block in file.body.blocks:
            _add(configuration, file, block, override)
    return configuration


def is_override(path: str) -> bool:
    """Whether the file overrides others."""
    stem = path.rpartition("/")[2].removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")


def effective(paths: Sequence[str]) -> list[str]:
    """The files of a folder that count, in order: none that is hidden, and no `x.tf` beside `x.tofu`."""
    shown = [path for path in sorted(paths) if not path.rpartition("/")[2].startswith(".")]
    tofu = {path for path in shown if path.removesuffix(".json").endswith(".tofu")}
    shadowed = {re.sub(r"\.tofu(?=(\.json)?$)", ".tf", path) for path in tofu}
    return [path for path in shown if path not in shadowed]


def _add(configuration: Configuration, file: SourceFile, block: Block, override: bool) -> None:
    declaration = Declaration(file, block, block.body)
    labels = block.labels
    for inner in block.body.blocks:
        if _LABELS.get(inner.type) == len(inner.labels) and block.type != "check":
            configuration.misplaced.append(Declaration(file, inner, inner.body))
    match block.type:
        case "locals":
            for name, attribute in block.body.attributes.items():
                if name in configuration.locals and not override:
                    alone = Block("local", (name,), block.body, attribute.start, attribute.end, attribute.end)
                    configuration.duplicates.append(Declaration(file, alone, block.body))
                configuration.locals[name] = (file, attribute.expr)
        case "variable" if len(labels) == 1:
            _put(configuration.variables, labels[0], declaration, override, configuration)
        case "output" if len(labels) == 1:
            _put(configuration.outputs, labels[0], declaration, override, configuration)
        case "module" if len(labels) == 1:
            _put(configuration.calls, labels[0], declaration, override, configuration)
        case "resource" | "data" | "ephemeral" if len(labels) == 2:
            _put(configuration.resources, (block.type, labels[0], labels[1]), declaration, override, configuration)
        case "provider" if len(labels) == 1:
            _put(configuration.providers, _provider_key(labels[0], block.body), declaration, override, configuration)
        case "moved":
            configuration.moved.append(declaration)
        case "removed":
            configuration.removed.append(declaration)
        case "import":
            configuration.imports.append(declaration)
        case "check":
            for inner in block.body.blocks:
                _add(configuration, file, inner, override)
        case _:
            pass  # terraform and whatever is not known declare nothing that has a value


def _provider_key(name: str, body: Body) -> str:
    alias = body.attributes.get("alias")
    return f"{name}.{alias.expr[3]}" if alias is not None and alias.expr[0] == "str" else name


def _put(known: dict[Any, Declaration], key: Any, declaration: Declaration, override: bool, c: Configuration) -> None:
    old = known.get(key)
    if old is None:
        known[key] = declaration
    elif override:
        known[key] = Declaration(old.file, old.block, _merged(old, declaration))
    else:
        c.duplicates.append(declaration)


def _merged(old: Declaration, new: Declaration) -> Body:
    """Attributes of an override win; its nested blocks, written out or dynamic, replace all blocks of the same type."""
    added = [block for block in new.body.blocks if block.type != "lifecycle"]
    replaced = {_kind(block) for block in added}
    blocks = tuple(block for block in old.body.blocks if _kind(block) not in replaced)
    attributes = {**old.body.attributes, **_placed(new.body, new.file)}
    return old.body._replace(
        attributes=attributes, blocks=(*blocks, *(_moved(one, new.file, old.block) for one in added))
    )


def bare(expr: Expr) -> Expr:
    """The expression itself, wherever it stands."""
    return bare(expr[4]) if expr[0] == "in" else expr


def _kind(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _placed(body: Body, file: SourceFile) -> dict[str, Attribute]:
    """Attributes that know that they stand in another file than their block."""
    return {
        name: one._replace(expr=("in", one.expr[1], one.expr[2], file, one.expr))
        for name, one in body.attributes.items()
    }


def _moved(block: Block, file: SourceFile, outer: Block) -> Block:
    """A nested block of an override file; a block has no file of its own, so its place is that of the outer one."""
    inner = tuple(_moved(one, file, outer) for one in block.body.blocks)
    body = block.body._replace(attributes=_placed(block.body, file), blocks=inner)
    return block._replace(body=body, start=outer.start, end=outer.header_end, header_end=outer.header_end)
