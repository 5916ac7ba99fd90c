"""What people see as one character: the clusters of Unicode's text segmentation, from the properties Python knows."""

from __future__ import annotations

import unicodedata

JOINER = "\u200d"
PICTOGRAPHS = (
    (0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139), (0x2194,
        0x21AA),
    (0x231A, 0x23FF), (0x24C2, 0x24C2), (0x25AA, 0x25FE), (0x2600, 0x27BF), (0x2934, 0x2935), (0x2B05, 0x2B55),
    (0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3299), (0x1F000, 0x1F1E5), (0x1F200, 0x1F3FA), (0x1F400, 0x1FAFF),
)  # fmt: skip


def clusters(value: str) -> list[str]:
    """The string cut into clusters."""
    if value.isascii() and "\r\n" not in value:
        return list(value)
    found: list[str] = []
    for letter in value:
        if found and _joins(found[-1], letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _joins(before: str, letter: str) -> bool:
    """Whether a letter belongs to the cluster before it."""
    last = before[-1]
    if last == "\r" and letter == "\n":
        return True
    if unicodedata.category(last) in ("Cc", "Zl", "Zp") or unicodedata.category(letter) in ("Cc", "Zl", "Zp"):
        return False
    if _extends(letter):
        return True
    if last == JOINER and _pictograph(letter):
        base = before.rstrip(JOINER)
        while base and _extends(base[-1]):
            base = base[:-1]
        return bool(base) and _pictograph(base[-1])
    if _regional(letter) and _regional(last):
        return len(before) == 1
    return _hangul(last, letter)


def _extends(letter: str) -> bool:
    category = unicodedata.category(letter)
    return letter == JOINER or category in ("Mn", "Me", "Mc") or 0x1F3FB <= ord(letter) <= 0x1F3FF or letter == "\u200c"


def _pictograph(letter: str) -> bool:
    return any(low <= ord(letter) <= high for low, high in PICTOGRAPHS)


def _regional(letter: str) -> bool:
    return 0x1F1E6 <= ord(letter) <= 0x1F1FF


def _hangul(last: str, letter: str) -> bool:
    """Syllables of Korean letters: leading ones, vowels, trailing ones."""
    a, b = ord(last), ord(letter)
    leading, vowel, trailing = 0x1100 <= a <= 0x115F, 0x1160 <= b <= 0x11A7, 0x11A8 <= b <= 0x11FF
    syllable = 0xAC00 <= a <= 0xD7A3
    if leading:
        return 0x1100 <= b <= 0x115F or vowel or 0xAC00 <= b <= 0xD7A3
    if 0x1160 <= a <= 0x11A7 or (syllable and (a - 0xAC00) % 28 == 0):
        return vowel or trailing
    return (syllable or 0x11A8 <= a <= 0x11FF) and trailing
