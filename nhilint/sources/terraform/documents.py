"""Walks a module tree and makes the documents: resources, data sources, calls that can't be opened, moved blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nhilint.model.document import Document, Ignore
from nhilint.model.facts import Moved
from nhilint.model.node import Map
from nhilint.model.span import Span
from nhilint.sources.terraform import kubectl
from nhilint.sources.terraform.blocks import evaluate_body
from nhilint.sources.terraform.publish import publish
from nhilint.sources.terraform.scope import Scope
from nhilint.sources.terraform.values import Failure
from nhilint.sources.terraform.wanted import wanted

if TYPE_CHECKING:
    from nhilint.sources.terraform.calls import ModuleCall
    from nhilint.sources.terraform.configuration import Declaration
    from nhilint.sources.terraform.instances import Instance
    from nhilint.sources.terraform.modules import Module


FORGOTTEN = "it leaves Terraform's hands and is not destroyed: it goes on to exist with all that it holds"


class Collector:
    """The documents of one root."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.documents: list[Document] = []
        self.moved: list[Moved] = []

    def walk(
        self, module: Module, call_spans: tuple[Span, ...] = (), may: tuple[str, ...] = (), many: str = ""
    ) -> None:
        """Everything a module instance holds, its calls included."""
        for key, declaration in module.configuration.resources.items():
            if wanted(key[0], key[1]):
                self._resource(module, key, declaration, call_spans, may, many)
        for declaration in module.configuration.moved:
            self._moved(module, declaration)
        for declaration in module.configuration.removed:
            _removed(module, declaration)
        for declaration in module.configuration.imports:
            _imported(module, declaration)
        if module.parent is None:
            self._providers(module)
        for name, declaration in module.configuration.calls.items():
            self._call(module, name, declaration, call_spans, may, many)

    def _resource(
        self, module: Module, key: tuple[str, str, str], declaration: Declaration,
        call_spans: tuple[Span, ...], may: tuple[str, ...], many: str,
    ) -> None:  # fmt: skip
        try:
            instances = module.instances(key)
        except Failure as problem:
            span = declaration.file.span(declaration.block.start, declaration.block.header_end)
            cause = "size" if "instances" in problem.message else "unknown-value"
            module.program.note(f"`{module.address_of(key)}`", problem.message, span, cause)
            return
        model, call = module.configuration.model, module.call
        # What a model makes stands where the call stands; so do its suppressions.
        ignores = ignores_at(declaration if model is None or call is None else _outermost(call).declaration)
        for instance in instances:
            body = publish(instance.body())
            if isinstance(body, Map):
                if instance.type == kubectl.MANIFEST:
                    body = kubectl.with_manifest(body)
                self.documents.append(self._document(instance, body, ignores, call_spans, may, many))

    def _document(
        self, instance: Instance, body: Map, ignores: tuple[Ignore, ...],
        call_spans: tuple[Span, ...], may: tuple[str, ...], many: str,
    ) -> Document:  # fmt: skip
        return Document(
            language="terraform",
            kind=instance.mode,
            type=instance.type,
            address=instance.address,
            root=self.root,
            body=body,
            span=instance.span,
            may=tuple(dict.fromkeys((*may, *instance.may))),
            multiple=instance.multiple or many,
            call_spans=call_spans,
            ignores=ignores,
        )

    def _providers(self, module: Module) -> None:
        for name, declaration in module.configuration.providers.items():
            block = declaration.block
            span = declaration.file.span(block.start, block.end)
            body = publish(evaluate_body(declaration.body, span, Scope(module, declaration.file), top=True))
            if isinstance(body, Map):
                self.documents.append(
                    Document(
                        language="terraform",
                        kind="provider",
                        type=name.partition(".")[0],
                        address=f"provider.{name}",
                        root=self.root,
                        body=body,
                        span=span,
                    )
                )

    def _call(
        self, module: Module, name: str, declaration: Declaration,
        call_spans: tuple[Span, ...], may: tuple[str, ...], many: str,
    ) -> None:  # fmt: skip
        span = declaration.file.span(declaration.block.start, declaration.block.end)
        address = f"{module.path}module.{name}"
        try:
            call = module.module_call(name)
        except Failure as problem:
            module.program.note(f"module call `{address}`", problem.message, span, "unknown-value")
            return
        for key, slot in call.expansion.slots.items():
            reasons = tuple(dict.fromkeys((*may, *call.may(slot))))
            child = call.children.get(key)
            if child is not None:
                self.walk(child, (*call_spans, call.span), reasons, slot.multiple or many)
                continue
            body = publish(call.arguments(slot))
            if isinstance(body, Map):
                self.documents.append(
                    Document(
                        language="terraform",
                        kind="module",
                        type=call.source,
                        address=address + slot.suffix,
                        root=self.root,
                        body=body,
                        span=call.span,
                        may=reasons,
                        multiple=slot.multiple or many,
                        call_spans=call_spans,
                        ignores=ignores_at(declaration),
                    )
                )
        if not call.children and call.expansion.slots:
            cause = "remote-module" if "not in the checkout" in call.problem else "module"
            module.program.note(f"module call `{address}`", call.problem, call.span, cause)

    def _moved(self, module: Module, declaration: Declaration) -> None:
        source, target = declaration.attribute("from"), declaration.attribute("to")
        if source is None or target is None:
            return
        written = [declaration.file.text[a.expr[1] : a.expr[2]].strip() for a in (source, target)]
        span = declaration.file.span(declaration.block.start, declaration.block.end)
        self.moved.append(
            Moved(root=self.root, source=module.path + written[0], target=module.path + written[1], span=span)
        )


def _removed(module: Module, declaration: Declaration) -> None:
    """`removed` with `destroy = false`: Terraform forgets what goes on to exist."""
    address = _address(declaration, "from")
    keeps = [
        block.body.attributes["destroy"].expr
        for block in declaration.body.blocks
        if block.type == "lifecycle" and "destroy" in block.body.attributes
    ]
    if not _bears(address) or not any(expr[0] == "lit" and expr[3] is False for expr in keeps):
        return
    span = declaration.file.span(declaration.block.start, declaration.block.end)
    module.program.note(f"`{module.path}{address}`", FORGOTTEN, span, "removed")


def _imported(module: Module, declaration: Declaration) -> None:
    """`import`: what the block declares exists already, and nobody knows with what."""
    address = _address(declaration, "to")
    if not _bears(address):
        return
    written = declaration.attribute("id") or declaration.attribute("identity")
    name = declaration.file.text[written.expr[1] : written.expr[2]].strip() if written else ""
    by = f" as `{' '.join(name.split())}`" if name and len(name) < 200 else ""
    why = f"it exists already and is imported{by}; what it holds until then is not in the tree"
    span = declaration.file.span(declaration.block.start, declaration.block.end)
    module.program.assume(f"`{module.path}{address}`", why, span)


def _address(declaration: Declaration, name: str) -> str:
    written = declaration.attribute(name)
    return declaration.file.text[written.expr[1] : written.expr[2]].strip() if written else ""


def _bears(address: str) -> bool:
    """Whether an address may stand for something that bears permission: of such a type, or a whole module."""
    names = re.sub(r"\[[^\]]*\]", "", address).split(".")
    while len(names) >= 2 and names[0] == "module":
        names = names[2:]
    return bool(address) and (not names or wanted("resource", names[0]))


def _outermost(call: ModuleCall) -> ModuleCall:
    """The call in the tree that a model, or a model inside one, was read for."""
    while call.caller.configuration.model is not None and call.caller.call is not None:
        call = call.caller.call
    return call


def ignores_at(declaration: Declaration) -> tuple[Ignore, ...]:
    """Inline suppressions in comments on the first line of a block or directly above it."""
    file, block = declaration.file, declaration.block
    if not file.comments or "nhilint:" not in file.text:
        return ()
    line = file.span(block.start, block.start).line
    by_line = {file.span(c.start, c.end).line: c for c in file.comments}
    found: list[Ignore] = []
    for number in [line, *range(line - 1, 0, -1)]:
        comment = by_line.get(number)
        if comment is None:
            if number == line:
                continue
            break
        ignore = read_ignore(comment.text, file.span(comment.start, comment.end))
        if ignore is not None:
            found.append(ignore)
    return tuple(reversed(found))


def read_ignore(comment: str, span: Span) -> Ignore | None:
    """`nhilint: ignore[RULE, …] until=DATE reason="…"` in a comment."""
    match = re.search(r"nhilint:\s*ignore\[([^\]]*)\](.*)", comment, re.DOTALL)
    if match is None:
        return None
    rules = tuple(rule.strip() for rule in match[1].split(",") if rule.strip())
    until = re.search(r"until=(\S+)", match[2])
    reason = re.search(r'reason="([^"]*)"', match[2])
    return Ignore(rules=rules, until=until[1] if until else "", reason=reason[1] if reason else "", span=span)
