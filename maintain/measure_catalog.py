"""How much of real repositories a catalog covers: `measure_catalog.py [--catalog FOLDER] REPOSITORY …`.

A repository is a folder, or a bare Git repository whose HEAD is read. Each is judged by the starter catalog, or by the
one in FOLDER, never by its own. A permission is one action on one resource, both as a grant writes them. For each
repository and platform: identities that hold something, how many are covered, which verdicts the others have, and the
CPU seconds of all of it, reading included.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from nhilint.app import inputs
from nhilint.app.settings import Settings
from nhilint.engine import coverage_rows
from nhilint.model.errors import NhilintError
from nhilint.sources.folder import FolderTree
from nhilint.sources.git import GitTree
from nhilint.sources.tree import Tree

SHORT = {
    "covered": "covered",
    "exceeds": "exceeds",
    "trust-outside": "trust",
    "constraint-broken": "limit",
    "not-in-force": "not in force",
    "no-role": "no role",
    "undecided": "undecided",
}


def tree_of(path: Path) -> Tree:
    """The files of a folder, or those of a bare repository's HEAD."""
    return GitTree(str(path), "HEAD") if (path / "HEAD").is_file() else FolderTree(str(path))


def measure(path: Path, catalog: str) -> dict[str, Any]:
    """The coverage of one repository."""
    side = inputs.Side(tree=tree_of(path), info={"label": path.name, "kind": "folder"})
    settings = Settings()
    loaded = inputs.load_side(side, inputs.Asked(), settings)
    judge: Tree = FolderTree(catalog) if catalog else FolderTree(str(Path(__file__).parent), label="no catalog")
    roles = inputs.read_catalog(judge, settings, [loaded])
    analysis = inputs.analyze_side(loaded, roles, inputs.engine_options(inputs.Asked(), settings))
    return coverage_rows(analysis, tree_info=side.info)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--catalog", default="", help="folder that holds a role_catalog/; default: the starter catalog")
    parser.add_argument("repositories", nargs="+", type=Path)
    asked = parser.parse_args()
    print("| repository | identities | covered | permissions | covered | others | CPU-s |")
    print("| --- | ---: | ---: | ---: | ---: | --- | ---: |")
    total: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for path in asked.repositories:
        begin = time.process_time()
        name = path.parent.name.replace("+", "/") if path.name == "repo" else path.name
        try:
            value = measure(path, asked.catalog)
        except NhilintError as error:
            print(f"{name}: {error.message}", file=sys.stderr)
            continue
        row, spent = value["summary"], time.process_time() - begin
        total.update(row)
        verdicts.update(value["verdicts"])
        print(line(name, row, value["verdicts"], f"{spent:.1f}"), flush=True)
    print(line("all", total, verdicts, ""))


def line(name: str, row: dict[str, int] | Counter[str], verdicts: dict[str, int] | Counter[str], spent: str) -> str:
    """One row of the table."""
    others = ", ".join(f"{count} {SHORT[word]}" for word, count in sorted(verdicts.items()) if word != "covered")
    shares = (row["identities"], row["identities_covered"], row["permissions"], row["permissions_covered"])
    return f"| {name} | {' | '.join(map(str, shares))} | {others} | {spent} |"


if __name__ == "__main__":
    main()
