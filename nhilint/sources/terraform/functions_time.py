"""Functions over timestamps. What depends on the clock is a symbol."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from nhilint.sources.terraform.registry import Beyond, Table, impure, pure

SECOND = 1_000_000_000
UNITS = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "μs": 1000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d\d):(\d\d))", re.ASCII)
_PIECE = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_TOKEN = re.compile(r"'(?:[^']|'')*'?|([A-Za-z])\1*|[^A-Za-z']+")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as it was written: local clock, nanoseconds, and minutes east of UTC."""

    clock: datetime
    nanoseconds: int
    offset: int

    @property
    def instant(self) -> tuple[datetime, int]:
        """The same point for every offset."""
        return self.clock - timedelta(minutes=self.offset), self.nanoseconds

    def zone(self, colon: str) -> str:
        """The offset as `+hh:mm`."""
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02d}{colon}{minutes:02d}"


def read(written: str) -> Moment:
    """An RFC 3339 timestamp; raises `ValueError`."""
    match = _STAMP.fullmatch(written)
    if match is None:
        raise ValueError("not an RFC 3339 timestamp")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction = int((match[7] or "0")[:9].ljust(9, "0"))
    east = 0 if match[8] else int(match[10]) * 60 + int(match[11])
    if not match[8] and (int(match[10]) > 23 or int(match[11]) > 59):
        raise ValueError("the offset is out of range")
    return Moment(datetime(year, month, day, hour, minute, second), fraction, -east if match[9] == "-" else east)


def duration(written: str) -> int:
    """A duration such as `1h30m` in nanoseconds; raises `ValueError`."""
    sign = -1 if written.startswith("-") else 1
    rest = written[1:] if written[:1] in ("+", "-") else written
    if rest == "0":
        return 0
    total, at = Fraction(0), 0
    for match in _PIECE.finditer(rest):
        if match.start() != at:
            break
        at = match.end()
        total += int(Fraction(match[1]) * UNITS[match[2]])
    if not rest or at != len(rest) or total >= 1 << 63:
        raise ValueError("not a duration")
    return sign * int(total)


def _timeadd(stamp: str, written: str) -> str:
    moment = read(stamp)
    seconds, _ = divmod(moment.nanoseconds + duration(written), SECOND)
    # Terraform's calendar has no ends; Python's has, and repeats itself every 400 years.
    years = seconds // (146_097 * 86_400) * 400 if abs(seconds) > 86_400 * 146_097 else 0
    rest = seconds - years // 400 * 146_097 * 86_400
    shift = 400 if moment.clock.year < 4_000 else -400
    moved = moment.clock.replace(year=moment.clock.year + shift) + timedelta(seconds=rest)
    year = moved.year + years - shift
    if year < 0:
        raise Beyond("the year is before the first one")
    zone = "Z" if moment.offset == 0 else moment.zone(":")
    return f"{year:04d}-{moved:%m-%dT%H:%M:%S}{zone}"


def _timecmp(first: str, second: str) -> int:
    a, b = read(first).instant, read(second).instant
    return (a > b) - (a < b)


def _formatdate(template: str, stamp: str) -> str:
    moment = read(stamp)
    pieces = []
    for match in _TOKEN.finditer(template):
        token = match[0]
        if token.startswith("'"):
            if token == "''":
                pieces.append("'")
                continue
            if not token.endswith("'") or len(token) == 1 or (len(token) - len(token.rstrip("'"))) % 2 == 0:
                raise ValueError("a quoted text does not end")
            pieces.append(token[1:-1].replace("''", "'"))
        elif token[0].isascii() and token[0].isalpha():
            pieces.append(_verb(token, moment))
        else:
            pieces.append(token)
    return "".join(pieces)


def _verb(token: str, moment: Moment) -> str:
    clock = moment.clock
    hour12 = clock.hour % 12 or 12
    half = "PM" if clock.hour >= 12 else "AM"
    verbs = {
        "YY": f"{clock.year % 100:02d}", "YYYY": f"{clock.year:04d}", "M": str(clock.month),
        "MM": f"{clock.month:02d}",
        "MMM": MONTHS[clock.month - 1][:3], "MMMM": MONTHS[clock.month - 1], "D": str(clock.day),
        "DD": f"{clock.day:02d}",
        "EEE": DAYS[clock.weekday()][:3], "EEEE": DAYS[clock.weekday()], "h": str(clock.hour),
        "hh": f"{clock.hour:02d}",
        "H": str(hour12), "HH": f"{hour12:02d}", "AA": half, "aa": half.lower(), "m": str(clock.minute),
        "mm": f"{clock.minute:02d}", "s": str(clock.second), "ss": f"{clock.second:02d}",
        "Z": moment.zone(":") if moment.offset else "Z", "ZZZ": moment.zone("") if moment.offset else "UTC",
        "ZZZZ": moment.zone(""), "ZZZZZ": moment.zone(":"),
    }  # fmt: skip
    if token not in verbs:
        raise ValueError(f"there is no date verb `{token}`")
    return verbs[token]


FUNCTIONS: Table = {
    "timestamp": impure("string"),
    "plantimestamp": impure("string"),
    "timeadd": pure(_timeadd, "string"),
    "timecmp": pure(_timecmp, "any"),
    "formatdate": pure(_formatdate, "string"),
}
