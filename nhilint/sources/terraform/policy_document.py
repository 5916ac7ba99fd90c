"""`data.aws_iam_policy_document`: statements, principals, conditions and merging, to the JSON structure it renders.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text, Unknown
from nhilint.sources.terraform.convert import BlockSequence, key_text
from nhilint.sources.terraform.iterate import items_of
from nhilint.sources.terraform.policy_text import LISTS, collapsed, decoded, rendered
from nhilint.sources.terraform.values import (
    Failure,
    canonical,
    describe,
    is_null,
    pure_symbol,
    scalar_text,
    text,
)
from nhilint.sources.terraform.worlds import Case, cases_of, each_option, only_in, same_cases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nhilint.model.span import Span
    from nhilint.sources.terraform.providers import Described


class Merged:
    """Statements in order; one with a `Sid` that is there already takes its place."""

    def __init__(self) -> None:
        self.statements: list[Node] = []
        self.read: list[Node] = []
        """What came out of other documents, before one took the place of another."""
        self.opened: list[str] = []
        self.version: Node | None = None
        self.id: Node | None = None

    def add(self, statement: Node) -> None:
        """Add or replace one statement."""
        sid = sid_of(statement)
        if sid is not None:
            for index, known in enumerate(self.statements):
                if sid_of(known) == sid:
                    self.statements[index] = over(statement, known)
                    return
        self.statements.append(statement)

    def upgrade(self, version: Node | None) -> None:
        """A later version wins, wherever it stands; an unknown one takes the place of what is there."""
        if version is None or is_null(version):
            return
        known = self.version
        if isinstance(known, Scalar) and isinstance(version, Scalar) and str(known.value) >= str(version.value):
            return
        self.version = version

    def name(self, node: Node | None) -> None:
        """The last `Id` that is not empty wins."""
        if node is not None and not is_null(node) and not (isinstance(node, Scalar) and not node.value):
            self.id = node


def over(new: Node, old: Node) -> Node:
    """What stands under a `Sid`: a new statement that may be absent leaves the old one in that world."""
    if isinstance(new, Choice):
        return same_cases(new, [old if is_null(o) else o for o in new.options])
    return new


def sid_of(statement: Node) -> object:
    """The statement's `Sid` as a comparable value; None without one."""
    if isinstance(statement, Choice):
        found = [sid_of(option) for option in statement.options if not is_null(option)]
        return found[0] if found and all(one == found[0] for one in found) else None
    if isinstance(statement, Map):
        sid = statement.entries.get("Sid")
        if sid is not None and not (isinstance(sid, Scalar) and not sid.value) and not isinstance(sid, Unknown):
            return canonical(sid)
    return None


def policy_document(instance: Described) -> Node:
    """The value of the data source's `json`."""
    merged = Merged()
    _single(instance.written("source_json"), merged)
    _documents(instance.written("source_policy_documents"), merged)
    _refuse_doubles(merged.read, "`source_policy_documents`")
    blocks = _with_real_values(instance.written("statement"), instance)
    if isinstance(blocks, Sequence):
        own = [each_option(statement_of, block) for block in blocks.items]
        _refuse_doubles(own, "its statements")
        for statement in own:
            merged.add(statement)
        if blocks.open:
            merged.opened.append(blocks.open)
    version = instance.written("version")
    merged.upgrade(Scalar("2012-10-17", instance.span) if version is None or is_null(version) else version)
    merged.name(instance.written("policy_id"))
    _documents(instance.written("override_policy_documents"), merged)
    _single(instance.written("override_json"), merged)
    span = instance.span
    entries: dict[str, Node] = {"Version": merged.version or Scalar("2012-10-17", span)}
    if merged.id is not None:
        entries["Id"] = merged.id
    opened = ", ".join(dict.fromkeys(merged.opened))
    entries["Statement"] = BlockSequence(tuple(merged.statements), span, opened)
    return Encoded(Map(entries, span), span)


def _with_real_values(blocks: Node | None, instance: Described) -> Node | None:
    """The statements with the lists that a null default would break read as a caller sets them.

    The provider refuses a null in these lists, so a null that is only a default is not the value they are used with.
    """
    if not isinstance(blocks, Sequence) or not any(map(_broken, blocks.items)):
        return blocks
    opened = instance.opened("statement")
    if not isinstance(opened, Sequence) or len(opened.items) != len(blocks.items):
        return blocks
    mended: list[Node] = []
    for block, other in zip(blocks.items, opened.items, strict=True):
        if isinstance(block, Map) and isinstance(other, Map) and _broken(block):
            entries = {n: other.entries.get(n, v) if _has_null(v) else v for n, v in block.entries.items()}
            block = Map(entries, block.span, block.open)
        mended.append(block)
    return Sequence(tuple(mended), blocks.span, blocks.open)


def _broken(block: Node) -> bool:
    return isinstance(block, Map) and any(_has_null(block.entries.get(name)) for name, _ in LISTS)


def _has_null(node: Node | None) -> bool:
    return isinstance(node, Sequence) and any(map(is_null, node.items))


def _single(document: Node | None, merged: Merged) -> None:
    if document is not None:
        _document(document, [], merged)


def _documents(documents: Node | None, merged: Merged) -> None:
    if documents is None or is_null(documents):
        return
    for option, wrap in cases_of(documents):
        if is_null(option):
            continue
        try:
            found = items_of(option)
        except Failure:
            merged.opened.append(describe(option))
            continue
        if found.open:
            merged.opened.append(found.open)
        for position, (_, document) in enumerate(found.pairs):
            if not (found.symbolic and position == len(found.pairs) - 1 and pure_symbol(document)):
                _document(document, wrap, merged)


def _document(document: Node, wrap: list[Case], merged: Merged) -> None:
    """Add the statements of one policy text, each in the worlds where the text is there."""
    for option, inner in cases_of(document):
        structure = decoded(option)
        if structure is None:
            merged.opened.append(describe(option))
            continue
        if is_null(structure):
            continue
        if not isinstance(structure, Map):
            merged.opened.append(describe(option))
            continue
        if structure.open:
            merged.opened.append(structure.open)
        if not wrap and not inner:
            merged.upgrade(structure.entries.get("Version"))
            merged.name(structure.entries.get("Id"))
        statements = structure.entries.get("Statement", Sequence((), option.span))
        if isinstance(statements, Sequence) and statements.open:
            merged.opened.append(statements.open)
        items = statements.items if isinstance(statements, Sequence) else (statements,)
        for statement in items:
            if isinstance(statement, (Unknown, Text)):
                merged.opened.append(describe(statement))
            else:
                written = only_in(each_option(rendered, statement), [*wrap, *inner])
                merged.read.append(written)
                merged.add(written)


def _refuse_doubles(statements: Iterable[Node], where: str) -> None:
    """Raises `Failure` when one `Sid` surely stands twice: the provider takes no such document."""
    seen: set[object] = set()
    for statement in statements:
        sid = sid_of(statement) if isinstance(statement, Map) else None
        if sid is not None and sid in seen:
            shown = describe(statement.entries["Sid"]) if isinstance(statement, Map) else ""
            raise Failure(f"the `Sid` {shown} stands twice in {where}, which the provider refuses")
        seen.add(sid)


def statement_of(block: Node) -> Node:
    """One `statement` block as the JSON statement it renders; null stays null."""
    if not isinstance(block, Map):
        return block
    span = block.span
    entries: dict[str, Node] = {}
    sid = block.entries.get("sid")
    if sid is not None and not is_null(sid) and not (isinstance(sid, Scalar) and sid.value == ""):
        entries["Sid"] = sid
    effect = block.entries.get("effect")
    entries["Effect"] = Scalar("Allow", span) if effect is None or is_null(effect) else effect
    for name, key in LISTS:
        value = block.entries.get(name)
        if value is not None and not is_null(value) and not (isinstance(value, Sequence) and _empty(value)):
            entries[key] = collapsed(distinct(unescaped(value)))
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        blocks = block.entries.get(name)
        if isinstance(blocks, Sequence) and not _empty(blocks):
            entries[key] = _principals(blocks)
    conditions = block.entries.get("condition")
    if isinstance(conditions, Sequence) and not _empty(conditions):
        entries["Condition"] = _conditions(conditions)
    return Map(entries, span, block.open)


def _empty(node: Sequence) -> bool:
    return not node.items and not node.open


def unescaped(node: Node) -> Node:
    """Strings, in which `&{aws:username}` is the provider's spelling of the policy variable `${aws:username}`."""
    if isinstance(node, Scalar):
        if node.value is None:
            return node
        return Scalar(scalar_text(node.value).replace("&{", "${"), node.span)
    if isinstance(node, Text):
        if any(isinstance(part, str) and "&{" in part for part in node.parts):
            return text([p.replace("&{", "${") if isinstance(p, str) else p for p in node.parts], node.span)
        return node
    if isinstance(node, Sequence):
        return Sequence(tuple(unescaped(item) for item in node.items), node.span, node.open)
    if isinstance(node, Choice):
        return Choice(tuple(unescaped(option) for option in node.options), node.condition, node.span, node.keys)
    return node


def _principals(blocks: Sequence) -> Node:
    """`{type: identifiers}`; `*` of type `*` is the bare star."""
    entries: dict[str, list[Node]] = {}
    opened = [blocks.open] if blocks.open else []
    for block in blocks.items:
        for option, wrap in cases_of(block):
            if is_null(option):
                continue
            kind = option.entries.get("type") if isinstance(option, Map) else None
            identifiers = option.entries.get("identifiers") if isinstance(option, Map) else None
            if kind is None or identifiers is None or isinstance(kind, (Choice, Unknown)):
                opened.append(describe(option))
                continue
            entries.setdefault(key_text(kind), []).append(only_in(unescaped(identifiers), wrap))
    if list(entries) == ["*"] and not opened:
        joined = _joined(entries["*"], blocks.span)
        if isinstance(joined, Sequence) and canonical(joined) == canonical(
            Sequence((Scalar("*", blocks.span),), blocks.span)
        ):
            return Scalar("*", joined.items[0].span)
    found = {kind: collapsed(_joined(values, blocks.span)) for kind, values in entries.items()}
    return Map(found, blocks.span, ", ".join(opened))


def _joined(values: list[Node], span: Span) -> Node:
    """Lists of one key in one list; a list that may be absent makes each of its elements such."""
    if len(values) == 1:
        return distinct(values[0])
    items: list[Node] = []
    opened: list[str] = []
    for value in values:
        for option, wrap in cases_of(value):
            if is_null(option):
                continue
            inner = option.items if isinstance(option, Sequence) else (option,)
            items += [only_in(item, wrap) for item in inner]
            if isinstance(option, Sequence) and option.open:
                opened.append(option.open)
    return distinct(Sequence(tuple(items), span, ", ".join(opened)))


def distinct(node: Node) -> Node:
    """A set: a value stands in it once."""
    if isinstance(node, Choice):
        return each_option(distinct, node)
    if not isinstance(node, Sequence):
        return node
    items = {canonical(item): item for item in reversed(node.items)}
    return replace(node, items=tuple(reversed(items.values()))) if len(items) < len(node.items) else node


def _conditions(blocks: Sequence) -> Node:
    """`{test: {variable: values}}`; a condition that may be absent keeps its `Choice`."""
    operators: dict[str, dict[str, list[Node]]] = {}
    opened = [blocks.open] if blocks.open else []
    spans: dict[str, Span] = {}
    for block in blocks.items:
        for option, wrap in cases_of(block):
            if is_null(option):
                continue
            test = option.entries.get("test") if isinstance(option, Map) else None
            variable = option.entries.get("variable") if isinstance(option, Map) else None
            values = option.entries.get("values") if isinstance(option, Map) else None
            if test is None or variable is None or values is None or isinstance(test, (Choice, Unknown)):
                opened.append(describe(option))
                continue
            name = key_text(unescaped(test))
            spans.setdefault(name, option.span)
            operators.setdefault(name, {}).setdefault(key_text(variable), []).append(only_in(unescaped(values), wrap))
    found: dict[str, Node] = {}
    for name, keys in operators.items():
        inner: dict[str, Node] = {key: collapsed(_joined(lists, spans[name])) for key, lists in keys.items()}
        found[name] = Map(inner, spans[name])
    return Map(found, blocks.span, ", ".join(opened))
