"""The command line's door: answers `--version` without loading anything."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        from nhilint import __version__

        print(f"nhilint {__version__}")
        return
    from nhilint.app.cli import run

    # One short run makes many values that live to its end: the collector looks for garbage less often.
    gc.set_threshold(50_000, 20, 50)
    sys.exit(run())


if __name__ == "__main__":
    main()
