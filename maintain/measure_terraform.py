"""How much of the permission-bearing Terraform of real repositories is read: `measure_terraform.py REPOSITORY …`.

A repository is a folder, or a bare Git repository whose HEAD is read. A block is a resource that carries a policy, a
trust or an attachment, or an `aws_iam_policy_document`; it is judged by the values of all its instances:

- full: every such value is known, but for unknown strings inside (an account, a name that a variable gives);
- partly: some statements, lists or values are missing, or there may be more of them;
- not: a whole policy or reference is unknown.

Blocks inside modules that are not in the checkout are not there to be counted; what only their outputs would say counts
as `remote module`. A block that made no document and no note has vanished: there must be none.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Symbol, Text, Unknown
from nhilint.sources.folder import FolderTree
from nhilint.sources.git import GitTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform import load as terraform
from nhilint.sources.terraform.documents import Collector
from nhilint.sources.terraform.modules import Module
from nhilint.sources.terraform.publish import publish
from nhilint.sources.terraform.values import Failure
from nhilint.sources.terraform.wanted import wanted
from nhilint.sources.tree import Tree

POLICY = re.compile(
    r"^(policy|assume_role_policy|inline_policy|access_policies?|policy_document|resource_policy|content|policy_text"
    r"|source_policy_documents|override_policy_documents|source_json|override_json|statement|policies)$"
)
REFERENCE = re.compile(
    r"^(role|roles|user|users|group|groups|policy_arn|managed_policy_arns|permissions_boundary|principal|bucket|url)$"
)

ACTIONS = frozenset({"Action", "NotAction", "Effect", "actions", "not_actions"})


@dataclass
class Count:
    """What was found in one repository."""

    files: int = 0
    blocks: int = 0
    state: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    places: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    seconds: float = 0.0


def gaps(node: Node, whole: bool) -> Iterator[tuple[str, str]]:
    """What is missing in a value: (`not` or `partly`, the expression); `whole` says that a policy text stands here."""
    match node:
        case Unknown():
            yield "not" if whole else "partly", f"{node.expression}\x00{node.reason}"
        case Text() if whole and len(node.parts) == 1 and isinstance(node.parts[0], Symbol):
            yield "not", node.parts[0].name
        case Text() if whole and node.parts and not str(node.parts[0]).lstrip().startswith("{"):
            yield "partly", "".join(p if isinstance(p, str) else f"${{{p.name}}}" for p in node.parts)[:80]
        case Sequence():
            for item in node.items:
                yield from gaps(item, False)
            if node.open and not node.represented:
                yield "partly", node.open
        case Map():
            for name, item in node.entries.items():
                if name in ACTIONS and any(isinstance(one, Text) for one in leaves(item)):
                    yield "partly", " ".join(p.name for one in leaves(item) for p in symbols(one))
                yield from gaps(item, False)
            if node.open:
                yield "partly", node.open
        case Encoded():
            yield from gaps(node.node, False)
        case Choice():
            for option in node.options:
                yield from gaps(option, whole)
        case Scalar() | Text():
            return


def leaves(node: Node) -> Iterator[Node]:
    match node:
        case Sequence():
            for item in node.items:
                yield from leaves(item)
        case Choice():
            for option in node.options:
                yield from leaves(option)
        case _:
            yield node


def symbols(node: Node) -> Iterator[Symbol]:
    if isinstance(node, Text):
        yield from (part for part in node.parts if isinstance(part, Symbol))


def cause_of(expression: str, remote: frozenset[str]) -> str:
    """The class of what blocked."""
    text, _, reason = expression.partition("\x00")
    if any(name in text for name in remote):
        return "remote module"
    if reason and "not known" not in reason and "known only after" not in reason:
        return re.sub(r"`[^`]*`", "`…`", reason)
    if re.search(r"(^|[^\w.])(module\.[\w\[\]\".-]+\.)*var\.", text):
        return "variable without a value"
    if re.search(r"(^|\W)data\.", text):
        return "data that only the cloud has"
    return "attribute known after apply" if re.search(r"\w+\.\w+\.\w+", text) else "other: " + text[:60]


def parts_of(body: Map, kind: str) -> Iterator[tuple[Node, bool]]:
    for name, node in body.entries.items():
        if POLICY.match(name):
            blocks = isinstance(node, Sequence)
            yield node, not blocks and name not in ("statement",)
        elif REFERENCE.match(name) and kind.startswith("aws_iam"):
            yield node, False


def measure(tree: Tree, options: LoadOptions) -> Count:
    """Reads the whole tree once."""
    count = Count()
    begin = time.process_time()
    entries = [e for e in tree.entries() if e.path.endswith((".tf", ".tofu", ".tf.json", ".tfvars", ".tfvars.json"))]
    count.files = len(entries)
    worst: dict[tuple[str, int], list[tuple[str, str]]] = {}
    declared: dict[tuple[str, int], str] = {}
    seen: set[tuple[str, int]] = set()
    off: set[tuple[str, int]] = set()
    remote: set[str] = set()

    class Measuring(Collector):
        def walk(self, module: Module, *rest: object) -> None:  # type: ignore[override]
            for key, declaration in module.configuration.resources.items():
                bears = wanted(key[0], key[1]) or key[1] == "aws_iam_policy_document"
                if not bears:
                    continue
                place = (declaration.file.path, declaration.file.span(declaration.block.start, 0).line)
                declared[place] = module.address_of(key)
                try:
                    instances = module.instances(key)
                except Failure as problem:
                    worst.setdefault(place, []).append(("not", f"{key}\x00{problem.message}"))
                    seen.add(place)
                    continue
                if not instances:
                    off.add(place)
                for instance in instances:
                    seen.add(place)
                    body = publish(instance.body())
                    assert isinstance(body, Map)
                    rows = worst.setdefault(place, [])
                    if key[1] == "aws_iam_policy_document":
                        rows += gaps(publish(instance.get("json")), True)
                    else:
                        for node, whole in parts_of(body, key[1]):
                            rows += gaps(node, whole)
            for name in module.configuration.calls:
                try:
                    call = module.module_call(name)
                except Failure:
                    continue
                if not call.children:
                    remote.add(f"{module.path}module.{name}")
            super().walk(module, *rest)  # type: ignore[arg-type]

    terraform.Collector = Measuring  # type: ignore[misc]
    result = terraform.load_terraform(tree, entries, options)
    terraform.Collector = Collector  # type: ignore[misc]
    noted = {(u.span.path, u.span.line) for u in result.unresolved}
    names = frozenset(remote)
    bearing = {place for place, address in declared.items() if place in worst and (worst[place] or _bears(address))}
    for place in sorted(declared):
        if place not in seen and place not in off and place not in noted:
            count.vanished.append(f"{place[0]}:{place[1]} {declared[place]}")
    for place in sorted(bearing):
        rows = worst[place]
        state = "not" if any(s == "not" for s, _ in rows) else "partly" if rows else "full"
        causes = {cause_of(expression, names) for _, expression in rows}
        if state != "full" and causes == {"remote module"}:
            state = "remote"
        count.blocks += 1
        count.state[state] += 1
        for cause in causes:
            count.causes[cause] += 1
        if rows and state != "remote":
            shown = "; ".join(dict.fromkeys(e.replace("\x00", " — ")[:110] for _, e in rows[:3]))
            count.places.append(f"{state:7}{place[0]}:{place[1]} {declared[place]}: {shown}")
    count.seconds = time.process_time() - begin
    return count


def _bears(address: str) -> bool:
    return bool(re.search(r"policy|role|_iam_|grant|permission|secret|bucket|queue|topic|kms", address))


def open_tree(place: Path) -> Tree:
    return GitTree(str(place), "HEAD") if (place / "HEAD").is_file() else FolderTree(str(place))


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("repository", nargs="+", type=Path)
    reader.add_argument("--places", type=int, default=0, help="show so many blocks that are not full, per repository")
    chosen = reader.parse_args()
    print("| repository | files | blocks | full | partly | not | remote | full, remote aside | vanished | CPU-s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    causes: Counter[str] = Counter()
    for place in chosen.repository:
        count = measure(open_tree(place), LoadOptions())
        near = count.blocks - count.state["remote"]
        share = f"{100 * count.state['full'] / near:.1f} %" if near else "—"
        name = (place.parent if place.name == "repo" else place).name.replace("+", "/")
        row = [name, count.files, count.blocks, *(count.state[s] for s in ("full", "partly", "not", "remote"))]
        print("| " + " | ".join(map(str, [*row, share, len(count.vanished), f"{count.seconds:.1f}"])) + " |")
        causes += count.causes
        for line in [*count.vanished, *count.places][: chosen.places]:
            print("   ", line, file=sys.stderr)
    for cause, number in causes.most_common(40):
        print(f"{number:6} {cause}")


if __name__ == "__main__":
    main()
