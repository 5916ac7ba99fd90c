"""Holds the paths that nhilint finds against public sets whose authors say which paths there are.

    python maintain/measure_paths.py CHECKOUT

`CHECKOUT` is one of
- https://github.com/BishopFox/iam-vulnerable: one file a path, and files with false positives and false negatives
- https://github.com/DataDog/pathfinding-labs: one module a path, each with a `scenario.yaml` that says who starts where

For each path: found (by the technique that is meant, and whether for certain), missed, or false.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from nhilint.engine.dialects import Dialects, interpret
from nhilint.graph.access import AccessGraph
from nhilint.graph.build import build
from nhilint.graph.holdings import can_edges
from nhilint.model.snapshot import Snapshot, unite
from nhilint.platforms.aws.techniques import techniques
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions

ADMINISTRATOR = "aws:administrator"
FILES = {
    "privesc1-": "iam-001", "privesc2-": "iam-default-version", "privesc3-": "ec2-001", "privesc4-": "iam-002",
    "privesc5-": "iam-004", "privesc6-": "iam-006", "privesc7-": "iam-008", "privesc8-": "iam-010",
    "privesc9-": "iam-009", "privesc10-": "iam-007", "privesc11-": "iam-011", "privesc12-": "iam-005",
    "privesc13-": "iam-013", "privesc14-": "iam-012", "privesc15-": "lambda-001", "privesc16-": "lambda-002",
    "privesc17-": "lambda-003", "privesc18-": "glue-001", "privesc19-": "glue-002", "privesc20-": "cloudformation-001",
    "privesc21-": "datapipeline-001", "privesc-ec2InstanceConnect": "ec2-003",
    "privesc-cloudFormationUpdateStack": "cloudformation-002",
    "privesc-codeBuildCreateProjectPassRole": "codebuild-001",
    "privesc-sageMakerCreateNotebookPassRole": "sagemaker-001", "privesc-sageMakerCreateTrainingJob": "sagemaker-002",
    "privesc-sageMakerCreateProcessingJob": "sagemaker-003",
    "privesc-sageMakerCreatePresignedNotebookURL": "sagemaker-004", "privesc-ssmStartSession": "ssm-001",
    "privesc-ssmSendCommand": "ssm-002", "privesc-AssumeRole": "", "sre": "",
    "fn1-": "ec2-001", "fn2-": "iam-001", "fn3-": "iam-001", "fn4-": "",
}  # fmt: skip
"""How a file of iam-vulnerable begins, to the technique it is about; empty: any."""
KNOWN = {technique.id for technique in techniques()}
USERS_ONLY = frozenset({"iam-007", "iam-008", "iam-010", "iam-011", "iam-013"})
ROLES_ONLY = frozenset({"iam-005", "iam-009"})


class Row(NamedTuple):
    """One label and what came of it."""

    name: str
    expected: str
    verdict: str
    """`found`, `found, may` (it rests on something open), `other technique`, `missed`, `silent`, `false`; or
    `not comparable`: the label names somebody who is not in the files."""
    said: str


def main(checkout: str) -> None:
    """Prints the rows and their counts."""
    root = Path(checkout)
    rows = list(vulnerable(root) if (root / "modules/free-resources").is_dir() else laboratories(root))
    for row in rows:
        print(f"{row.verdict:16} {row.expected:22} {row.name:90} {row.said}")
    counts = Counter(row.verdict for row in rows)
    print("  ".join(f"{verdict}: {count}" for verdict, count in sorted(counts.items())), f" of {len(rows)}")


class Estate(NamedTuple):
    """What is known of one tree."""

    snapshot: Snapshot
    graph: AccessGraph


def estate_of(tree: MemoryTree) -> Estate:
    """The facts of a tree and its access graph."""
    loaded = load(tree, LoadOptions())
    snapshot = unite(interpret(loaded.documents), loaded.unresolved, loaded.moved)
    return Estate(snapshot, build(snapshot, Dialects()))


# --- iam-vulnerable -------------------------------------------------------------------------------------------------


def vulnerable(root: Path) -> Iterator[Row]:
    """The files of paths and of tests of tools; the modules that cost money are switched on as its README says."""
    files = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.tf")}
    files["main.tf"] = re.sub(
        r"^# ?((?:module \"|\s*source|\s*aws_assume|\s*shared|\}).*)$", r"\1", files["main.tf"], flags=re.MULTILINE
    )
    estate = estate_of(MemoryTree(files))
    for path in sorted(files):
        stem = Path(path).stem
        label = next((key for key in FILES if stem.startswith(key)), None)
        if "/free-resources/" not in path or (label is None and not stem.startswith("fp")):
            continue
        for kind, name in re.findall(r'^resource "aws_iam_(user|role)" "([^"]+)"', files[path], re.MULTILINE):
            if label is None:
                yield silent(estate.graph, stem, f"aws:{kind}/{name}")
            elif FILES[label] not in (USERS_ONLY if kind == "role" else ROLES_ONLY):
                yield found(estate, stem, f"aws:{kind}/{name}", FILES[label], ADMINISTRATOR)


# --- pathfinding-labs -----------------------------------------------------------------------------------------------


def laboratories(root: Path) -> Iterator[Row]:
    """Every scenario's module, called by itself as the set's own root calls it."""
    for path in sorted(root.glob("modules/scenarios/**/scenario.yaml")):
        scenario: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        estate = estate_of(MemoryTree(called(path.parent)))
        graph = estate.graph
        name = "/".join(path.parent.relative_to(root / "modules/scenarios").parts[-3:])
        principals = [text for text in scenario.get("attack_path", {}).get("principals", ()) if ":iam:" in text]
        keys = [f"aws:{kind}/{who}" for text in principals for kind, who in [text.split(":", 5)[5].split("/", 1)]]
        expected = scenario.get("pathfinding-cloud-id", "")
        expected = expected if expected in KNOWN else ""
        if "effective-permissions" in name:
            yield from effective(graph, name, keys)
        elif keys:
            # Where the label names nobody of the module, its starting user and its bucket are meant.
            here = [key for key in keys if any(node.partition("@")[0] == key for node in graph.nodes)]
            starting = [node for node in graph.nodes if node.endswith("-starting-user")]
            start = next(iter([*here[:1], *starting, *keys]))
            end = keys[-1] if keys[-1] != start else ADMINISTRATOR
            yield found(estate, name, start, expected, end, bucket=scenario.get("target") == "to-bucket")


def called(folder: Path) -> dict[str, str]:
    """The module below a root that gives it the accounts it lives in."""
    files = {f"module/{path.name}": path.read_text(encoding="utf-8") for path in folder.glob("*.tf")}
    text = "\n".join(files.values())
    aliases = sorted(set(re.findall(r"\baws\.([a-z]+)\b", text)))
    accounts = sorted(set(re.findall(r'^variable "(\w*account_id)"', text, re.MULTILINE)))
    lines = [f'provider "aws" {{\n  alias = "{alias}"\n}}' for alias in aliases]
    lines += [f'data "aws_caller_identity" "{alias}" {{\n  provider = aws.{alias}\n}}' for alias in aliases]
    lines += ['module "scenario" {', '  source = "./module"', "  providers = {"]
    lines += [f"    aws.{alias} = aws.{alias}" for alias in aliases] + ["  }"]
    for variable in accounts:
        alias = variable.removesuffix("account_id").strip("_")
        alias = next((one for one in aliases if alias and one.startswith(alias[:3])), (aliases or ["prod"])[-1])
        lines.append(f"  {variable} = data.aws_caller_identity.{alias}.account_id")
    return {**files, "main.tf": "\n".join([*lines, "}"])}


def effective(graph: AccessGraph, name: str, keys: list[str]) -> Iterator[Row]:
    """A scenario whose principals are named by whether they are administrators."""
    for key in keys:
        match = next((k for k in graph.nodes if k.partition("@")[0] == key), key)
        path = graph.path(match, ADMINISTRATOR)
        holds = path is not None and path.certain
        if "-isAdmin" in key:
            yield Row(f"{name} {key}", "administrator", "found" if holds else "missed", "")
        elif "-notAdmin" in key:
            yield Row(f"{name} {key}", "no administrator", "false" if holds else "silent", "")


# --- one label ------------------------------------------------------------------------------------------------------


def found(estate: Estate, name: str, start: str, technique: str, end: str, *, bucket: bool = False) -> Row:
    """Whether there is a path from the start to the end, or to an administrator, and by the technique that is meant."""
    graph = estate.graph
    source = next((key for key in graph.nodes if key.partition("@")[0] == start), "")
    if not source:
        return Row(name, technique, "not comparable", f"{start} is nobody here")
    reach = graph.reach(source)
    wanted = (end, ADMINISTRATOR, "aws:earlier-permissions")
    ends = [key for key in reach if any(fnmatchcase(key.partition("@")[0], one) for one in wanted)]
    if bucket and not ends:
        ends = [key for key in (source, *reach) if key in estate.snapshot.grants and reads(estate, key)]
    if not ends:
        return Row(name, technique, "missed", f"{source} reaches {', '.join(list(reach)[:4]) or 'nobody'}")
    steps = [step for key in ends if key in reach for step in reach[key].steps]
    used = [e for e in graph.edges if e.technique == technique and e.source in (source, *reach)] if technique else steps
    if technique and not used:
        way = " > ".join(step.technique or step.kind for step in steps)
        return Row(name, technique, "other technique", f"{source} to {ends[0]} by {way}")
    open_ones = [reason for edge in used for reason in edge.may] if not any(e.certain for e in used) else []
    said = "; ".join(open_ones) or f"{source} to {', '.join(ends[:2])}"
    return Row(name, technique, "found, may" if open_ones else "found", said)


def reads(estate: Estate, key: str) -> bool:
    """Whether somebody may do something on a bucket."""
    edges = can_edges(estate.snapshot, Dialects(), [key])
    return any(":s3:::" in edge.target or edge.target.endswith("*") for edge in edges)


def silent(graph: AccessGraph, name: str, start: str) -> Row:
    """Whether nothing is said of somebody who has no path."""
    reach = [key for key in graph.reach(start) if graph.nodes[key].kind == "goal"]
    return Row(name, "nothing", "false" if reach else "silent", f"{start} {', '.join(reach)}")


if __name__ == "__main__":
    main(sys.argv[1])
