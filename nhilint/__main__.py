"""The command line's door: answers `--version` without loading anything."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        from nhilint import __version__

        print(f"nhilint {__version__}")
        return
    from nhilint.app.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
