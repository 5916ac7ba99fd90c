"""Parsing HCL: this reader against python-hcl2 on the same files in the same run, as a ratio of CPU seconds.

python benchmarks/bench_parse.py [FOLDER_OR_BARE_REPOSITORY …]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import hcl2

from nhilint.sources.git import GitTree
from nhilint.sources.terraform.parser import parse

EXAMPLES = Path(__file__).parent.parent / "examples"


def texts(place: Path) -> list[str]:
    """The Terraform files of a folder, or of the newest commit of a bare repository."""
    if (place / "HEAD").is_file():
        tree = GitTree(str(place), "HEAD")
        names = [entry.path for entry in tree.entries() if entry.path.endswith(".tf") and not entry.link]
        return [tree.read(name).decode("utf-8", "replace") for name in names]
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(place.rglob("*.tf"))]


def seconds(reader, files: list[str]) -> tuple[float, int]:
    """CPU seconds for all files, and how many could not be read."""
    begin, refused = time.process_time(), 0
    for text in files:
        refused += not reader(text)
    return time.process_time() - begin, refused


def ours(text: str) -> bool:
    return not parse("x.tf", text).errors


def theirs(text: str) -> bool:
    try:
        hcl2.parses(text)
    except Exception:  # noqa: BLE001 — the peer raises many kinds
        return False
    return True


def theirs_loaded(text: str) -> bool:
    try:
        hcl2.loads(text)
    except Exception:  # noqa: BLE001 — the peer raises many kinds
        return False
    return True


def main() -> None:
    places = [Path(name) for name in sys.argv[1:]] or [EXAMPLES]
    files = [text for place in places for text in texts(place)]
    lines = sum(text.count("\n") for text in files)
    for reader in (ours, theirs, theirs_loaded):
        seconds(reader, files[:5])  # what is built on first use belongs to neither side
    own, refused = seconds(ours, files)
    print(f"{len(files)} files, {lines} lines")
    print(f"nhilint                {own:8.3f} CPU-s  {refused} refused")
    for name, reader in (("python-hcl2 parses", theirs), ("python-hcl2 loads", theirs_loaded)):
        other, peer_refused = seconds(reader, files)
        print(f"{name:<22} {other:8.3f} CPU-s  {peer_refused} refused   ratio {other / own:.1f}x")


if __name__ == "__main__":
    main()
