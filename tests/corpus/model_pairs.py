"""What the test of the module models shares: the real module at the version a model was read at, and both answers."""

from __future__ import annotations

import dataclasses
import io
import os
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from nhilint.algebra.values import Condition
from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.data.module_models import ModelText, model_texts
from nhilint.engine import Options, analyze
from nhilint.model.span import Span
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform.load import load_terraform
from nhilint.sources.terraform.models import Source, read_source
from nhilint.sources.terraform.parser import parse
from nhilint.sources.terraform.syntax import Block

CASES = Path(__file__).parent / "models"
OPTIONS = Options(today="2026-11-25")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Held:
    """A model that is held against its original."""

    name: str
    source: Source
    version: str
    repository: Path
    tag: str
    since: str
    """The tag of the first version that gives the same."""

    @property
    def folder(self) -> str:
        return f"modules/{self.source.submodule}" if self.source.submodule else ""


def every_model() -> Iterator[ModelText]:
    """All models of the package."""
    from importlib.resources import files

    root = files("nhilint.data") / "modules"
    for namespace in sorted(one.name for one in root.iterdir() if one.is_dir()):
        for name in sorted(one.name for one in (root / namespace).iterdir()):
            for provider in sorted(one.name for one in (root / namespace / name).iterdir()):
                for submodule in sorted(one.name for one in (root / namespace / name / provider).iterdir()):
                    yield from model_texts(f"{namespace}/{name}/{provider}", submodule.replace("root", ""))


def held_models() -> Iterator[Held]:
    """The models whose originals are in the corpus."""
    corpus = os.environ.get("NHILINT_CORPUS")
    for text in every_model() if corpus else ():
        head = next(block for block in parse(text.name, text.text).body.blocks if block.type == "model")
        source, version = read_source(_text(head, "source")), _text(head, "read_at")
        assert source is not None
        namespace, name, provider = source.registry.split("/")
        place = Path(str(corpus)) / f"{namespace}+terraform-{provider}-{name}"
        repository = place / "repo" if (place / "repo").is_dir() else place
        tag = _tag(repository, version)
        if tag:
            since = _text(head, "same_since") if "same_since" in head.body.attributes else ""
            first = _tag(repository, since) if since else ""
            yield Held(name=text.name, source=source, version=version, repository=repository, tag=tag, since=first)


def _text(block: Block, name: str) -> str:
    return str(block.body.attributes[name].expr[3])


def _tag(repository: Path, version: str) -> str:
    if not repository.is_dir():
        return ""
    listed = subprocess.run(["git", "-C", str(repository), "tag"], capture_output=True, text=True, check=True).stdout
    return next((tag for tag in (f"v{version}", version) if tag in listed.split()), "")


@cache
def original(repository: Path, tag: str) -> Mapping[str, bytes]:
    """The files of the real repository at a tag."""
    archive = subprocess.run(["git", "-C", str(repository), "archive", tag], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = ((member.name, tar.extractfile(member)) for member in tar.getmembers() if member.isfile())
        return {name: file.read() for name, file in files if file is not None}


def facts(files: Mapping[str, bytes], root: str) -> dict[str, Any]:
    """What one root says, without places."""
    tree = MemoryTree(dict(files))
    entries = [entry for entry in tree.entries() if entry.path.endswith((".tf", ".tf.json", ".tfvars"))]
    result = load_terraform(tree, entries, LoadOptions(roots=(root,)))
    found = analyze(result.documents, unresolved=result.unresolved, catalog=EMPTY_CATALOG, options=OPTIONS).snapshot
    return {
        "identities": plain(found.identities),
        "grants": plain(found.grants),
        "trusts": plain(found.trusts),
        "policies": plain(found.policies),
        "credentials": plain(found.credentials),
        "workloads": plain(found.workloads),
        "unresolved": sorted({(u.what, u.identity or "", u.cause) for u in found.unresolved}),
    }


def plain(value: Any) -> Any:
    """A value without places; what stands in no order is sorted."""
    match value:
        case Span():
            return None
        case str() | int() | None | float():
            return value
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case frozenset() | set():
            return sorted((plain(item) for item in value), key=repr)
        case tuple() | list():
            return [plain(item) for item in value]
    if isinstance(value, Condition):
        # The values of one condition are alternatives: said twice is said once.
        return {"Condition": [value.operator, value.qualifier, value.if_exists, value.key, sorted(set(value.values))]}
    if dataclasses.is_dataclass(value):
        fields = [f.name for f in dataclasses.fields(value)]
        return {type(value).__name__: {name: plain(getattr(value, name)) for name in fields if name[0] != "_"}}
    if hasattr(value, "__slots__"):
        return {type(value).__name__: {name: plain(getattr(value, name)) for name in value.__slots__ if name[0] != "_"}}
    return repr(value)


def cases(held: Held) -> Iterator[tuple[str, str, str]]:
    """Name, what stands around, and the arguments of each call written for a model."""
    path = CASES / held.name
    text = path.read_text(encoding="utf-8")
    blocks = parse(str(path), text).body.blocks
    around = "\n".join(text[b.start : b.end] for b in blocks if b.type != "module")
    for block in blocks:
        if block.type == "module":
            yield block.labels[0], around, text[block.header_end + 1 : block.end - 1]


def asked_for(held: Held) -> frozenset[str]:
    """The inputs that the real module declares."""
    prefix = f"{held.folder}/" if held.folder else ""
    files = original(held.repository, held.tag).items()
    here = [content for path, content in files if path.startswith(prefix) and path.endswith(".tf")
            and "/" not in path[len(prefix):]]  # fmt: skip
    blocks = [block for content in here for block in parse("v.tf", content.decode()).body.blocks]
    return frozenset(block.labels[0] for block in blocks if block.type == "variable")


def given(arguments: str) -> frozenset[str]:
    """The names of the arguments of one call."""
    return frozenset(parse("c.tf", arguments).body.attributes)


def both(held: Held, name: str, around: str, arguments: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer from the real module and from the model, for one call."""
    uses = '\nresource "aws_iam_policy" "uses_outputs" {\n  policy = jsonencode({ Statement = [] })\n}\n'
    real = {f"real/{path}": content for path, content in original(held.repository, held.tag).items()}
    folder = f"./real/{held.folder}".rstrip("/")
    text = '{}{}\nmodule "{}" {{\n  source = "{}"\n{}{}\n}}\n'
    before = text.format(around, uses, name, folder, "", arguments)
    after = text.format(around, uses, name, held.source, f'  version = "{held.version}"\n', arguments)
    return facts({**real, "main.tf": before.encode()}, ""), facts({"main.tf": after.encode()}, "")


def examples(held: Held) -> Iterator[tuple[str, dict[str, bytes], dict[str, bytes]]]:
    """The examples of the real repository that call the module: folder, files as they are, files that ask the registry."""
    import posixpath
    import re

    files = original(held.repository, held.tag)
    folders = sorted({posixpath.dirname(path) for path in files if path.startswith("examples/") and path.endswith(".tf")})
    for folder in folders:
        here = {path: content for path, content in files.items() if posixpath.dirname(path) == folder}
        changed, calls = {}, 0
        for path, content in here.items():
            if not path.endswith(".tf"):
                changed[path] = content
                continue

            def asked(match: re.Match[str]) -> str:
                nonlocal calls
                target = posixpath.normpath(posixpath.join(folder, match[2]))
                target = "" if target == "." else target
                if target != held.folder:
                    return match[0]
                calls += 1
                return f'{match[1]}"{held.source}"\n  version = "{held.version}"'

            text = re.sub(r'(?m)^(\s*source\s*=\s*)"(\.\.?/[^"]*)"', asked, content.decode())
            changed[path] = text.encode()
        if calls:
            yield folder, dict(files), {**files, **changed}
