"""How long random tests run: the counts of a normal run, times what the environment asks for (`NHILINT_EFFORT=20`)."""

import os

EFFORT = float(os.environ.get("NHILINT_EFFORT", "1"))


def times(count: int) -> int:
    """`count` of a normal run, scaled."""
    return max(1, round(count * EFFORT))
