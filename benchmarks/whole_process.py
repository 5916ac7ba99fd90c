"""Whole-process budgets: nhilint against checkov on the same trees in the same run, as ratios of CPU seconds.

    python benchmarks/whole_process.py [--checkov PATH_TO_CHECKOV] [--repository BARE_OR_CHECKOUT …] [-n RUNS]

CPU seconds are those the operating system accounts to the finished child (user + system), so another process on the
machine changes them little. Commands take turns, so a drift of the machine's speed hits both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": tempfile.gettempdir() + "/nhilint-pyc"}
# Byte code is cached as it is in an installation, wherever the checkout lies.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)
ENVIRONMENT["NHILINT_CACHE"] = "off"
NHILINT = [sys.executable, "-m", "nhilint"]


EXAMPLE = ROOT / "examples" / "head"


def measure(command: Sequence[str], cwd: Path) -> tuple[float, float]:
    """CPU seconds and peak memory (MiB) of one finished run."""
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {code}: there is nothing to measure")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def row(name: str, ours: Sequence[str], peer: Sequence[str] | None, cwd: Path, runs: int) -> None:
    """Print the medians and the ratio of one comparison."""
    mine, theirs, memory = [], [], 0.0
    measure(ours, cwd)
    for _ in range(runs):
        seconds, peak = measure(ours, cwd)
        mine.append(seconds)
        memory = max(memory, peak)
        if peer:
            theirs.append(measure(peer, cwd)[0])
    own = statistics.median(mine)
    text = f"{name:<58} nhilint {own:7.2f} CPU-s {memory:6.0f} MiB"
    if theirs:
        other = statistics.median(theirs)
        text += f"   checkov {other:7.2f} CPU-s   ratio {other / own:6.1f}x"
    print(text, flush=True)


def tiny(folder: Path) -> Path:
    """A repository of about fifty lines."""
    place = folder / "tiny"
    place.mkdir()
    (place / "main.tf").write_text(
        "".join(
            f'resource "aws_iam_role_policy" "p{n}" {{\n  role   = "ci"\n  name   = "p{n}"\n  policy = jsonencode({{\n'
            f'    Version   = "2012-10-17"\n    Statement = [{{ Effect = "Allow", Action = "s3:GetObject", '
            f'Resource = "arn:aws:s3:::bucket-{n}/*" }}]\n  }})\n}}\n\n'
            for n in range(5)
        )
    )
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkov", default=shutil.which("checkov"))
    parser.add_argument("--repository", action="append", default=[], type=Path)
    parser.add_argument("-n", type=int, default=3)
    options = parser.parse_args()
    checkov = [options.checkov] if options.checkov else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        version = [*checkov, "--version"] if checkov else None
        row("--version", [*NHILINT, "--version"], version, folder, options.n)
        scan = [*checkov, "--quiet", "--compact", "-d", "."] if checkov else None
        row("check, 50 lines", [*NHILINT, "check", "."], scan, tiny(folder), options.n)
        row("check, the example", [*NHILINT, "check", "."], scan, EXAMPLE, options.n)
        for repository in options.repository:
            copy = folder / repository.parent.name
            subprocess.run(["git", "clone", "-q", str(repository), str(copy)], check=True)
            files = subprocess.run(["git", "ls-files"], cwd=copy, capture_output=True, text=True, check=True).stdout
            title = f"{repository.parent.name}, {files.count(chr(10))} files"
            row(f"check, {title}", [*NHILINT, "check", "."], scan, copy, options.n)
            review = [*NHILINT, "review", "HEAD~20", "HEAD"]
            row(f"review HEAD~20 HEAD, {title}", review, None, copy, options.n)
            ENVIRONMENT["NHILINT_CACHE"] = str(folder / "cache")
            row(f"review HEAD~20 HEAD, warm cache, {title}", review, None, copy, options.n)
            ENVIRONMENT["NHILINT_CACHE"] = "off"


if __name__ == "__main__":
    main()
