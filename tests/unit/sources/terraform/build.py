"""What the tests of the evaluator share: load files, find documents, write nodes shortly."""

from nhilint.model.document import Document
from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform.load import load_terraform
from nhilint.sources.terraform.result import TerraformResult


def load(files: dict[str, str | bytes] | str, **options) -> TerraformResult:
    tree = MemoryTree({"main.tf": files} if isinstance(files, str) else files)
    entries = [entry for entry in tree.entries() if ".tf" in entry.path or ".tofu" in entry.path]
    return load_terraform(tree, entries, LoadOptions(**options))


def document(result: TerraformResult, address: str) -> Document:
    found = [one for one in result.documents if one.address == address]
    assert len(found) == 1, [one.address for one in result.documents]
    return found[0]


def show(node: Node | None) -> object:
    """Plain Python values; symbols as `${name}`, choices as `?condition: a | b`, unknown values as `!expression`."""
    if node is None or isinstance(node, Scalar):
        return None if node is None else node.value
    if isinstance(node, Text):
        return "".join(part if isinstance(part, str) else f"${{{part.name}}}" for part in node.parts)
    if isinstance(node, Sequence):
        return [*(show(item) for item in node.items), *([f"…{node.open}"] if node.open else [])]
    if isinstance(node, Map):
        return {**{key: show(item) for key, item in node.entries.items()}, **({"…": node.open} if node.open else {})}
    if isinstance(node, Encoded):
        return show(node.node)
    if isinstance(node, Choice):
        return {"?": node.condition, "options": [show(option) for option in node.options]}
    return f"!{node.expression}: {node.reason}"


def value(expression: str, more: str = "", files: dict[str, str | bytes] | None = None) -> object:
    """What an expression evaluates to, seen through a resource's attribute."""
    body = f'resource "aws_iam_policy" "probe" {{\n  description = {expression}\n}}\n{more}\n'
    result = load({"main.tf": body, **(files or {})})
    return show(document(result, "aws_iam_policy.probe").body.get("description"))
