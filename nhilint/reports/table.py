"""Rows as a table that fits its width; what all rows have in common is said once, not in a column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

_GAP = 2


def table(
    rows: Sequence[Sequence[str]], width: int, *, least: Mapping[int, int], right: Collection[int] = ()
) -> list[str]:
    """Aligned lines of at most `width` letters; the first row is the head.

    `least`: the columns that give way, in this order, with the width that is left to each. `right`: columns of numbers.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    for column, floor in least.items():
        taken = max(0, min(excess, widths[column] - floor))
        widths[column] -= taken
        excess -= taken
    return [
        (" " * _GAP)
        .join(
            cut(cell, size).rjust(size) if column in right else cut(cell, size).ljust(size)
            for column, (cell, size) in enumerate(zip(row, widths, strict=True))
        )
        .rstrip()
        for row in rows
    ]


def narrowest(rows: Sequence[Sequence[str]], least: Sequence[int]) -> int:
    """How many letters a line takes at least, where no column has to be wider than `least`."""
    widths = [min(floor, max(map(len, column))) for column, floor in zip(zip(*rows, strict=True), least, strict=True)]
    return sum(widths) + _GAP * (len(widths) - 1)


def without_common(
    rows: Sequence[Sequence[str]], columns: Collection[int]
) -> tuple[list[list[str]], dict[int, str], list[int]]:
    """The rows without those of the columns that say the same in all of them (below the head).

    Also what each of these says, and the numbers of the columns that are left. One row alone keeps everything.
    """
    said = {
        column: rows[1][column]
        for column in sorted(columns)
        if len(rows) > 2 and len({row[column] for row in rows[1:]}) == 1
    }
    kept = [column for column in range(len(rows[0])) if column not in said]
    return [[row[column] for column in kept] for row in rows], said, kept


def cut(text: str, width: int) -> str:
    """The text, with a mark where its end is cut off."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"
