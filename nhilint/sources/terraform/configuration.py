"""The declarations of one module folder, united over its files, override files applied; evaluates nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nhilint.sources.terraform.models import Model
    from nhilint.sources.terraform.syntax import Attribute, Block, Body, SourceFile

Expr = tuple[Any, ...]


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
    stem = path.rpartition("/")[2].partition(".")[0]
    return stem == "override" or stem.endswith("_override")


def _add(configuration: Configuration, file: SourceFile, block: Block, override: bool) -> None:
    declaration = Declaration(file, block, block.body)
    labels = block.labels
    match block.type:
        case "locals":
            for name, attribute in block.body.attributes.items():
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
        known[key] = Declaration(old.file, old.block, _merged(old.body, declaration))
    else:
        c.duplicates.append(declaration)


def _merged(old: Body, new: Declaration) -> Body:
    """Attributes of an override win; its nested blocks replace all blocks of the same type."""
    replaced = {block.type for block in new.body.blocks} - {"lifecycle"}
    blocks = tuple(b for b in old.blocks if b.type not in replaced and _dynamic_type(b) not in replaced)
    attributes = dict(old.attributes)
    for name, attribute in new.body.attributes.items():
        attributes[name] = attribute._replace(expr=("in", attribute.start, attribute.end, new.file, attribute.expr))
    located = tuple(b for b in new.body.blocks if b.type in replaced)
    return old._replace(attributes=attributes, blocks=blocks + located)


def _dynamic_type(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else ""
