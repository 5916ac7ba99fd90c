"""Numbers as Terraform has them: binary floating point with a mantissa of 512 bits, and their decimal spelling.

Whole numbers are Python's `int`. Others are `Decimal512`, a `float` for everybody who does not care, which carries the
exact value. A plain `float` is a number that Terraform computed with 53 bits (`log`, `pow`). Knows no nodes.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import copysign, inf, isnan, nan

PRECISION = 512
MAX_EXPONENT = 5_000
"""Largest decimal exponent that is read; beyond it is no number anybody means."""
MAX_BITS = 20_000

Number = int | float


class Decimal512(float):
    """A number that is not whole, rounded to 512 bits."""

    __slots__ = ("exact",)
    exact: Fraction

    def __new__(cls, exact: Fraction) -> Decimal512:
        """The number with this exact value."""
        made = super().__new__(cls, float(exact))
        made.exact = exact
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (int, float)) and not infinite(other) and exactly(other) == self.exact

    def __hash__(self) -> int:
        return hash(self.exact)

    def __repr__(self) -> str:
        return spelled(self)


def order(value: Number) -> Fraction | float:
    """What two numbers are compared by."""
    return value if infinite(value) else exactly(value)


class TooLarge(ValueError):
    """A number that nobody means; Terraform may still compute it."""


def infinite(value: Number) -> bool:
    """Whether the number is an infinity; a whole number never is, however large."""
    return type(value) is float and value in (inf, -inf)


def exactly(value: Number) -> Fraction:
    """The exact value."""
    return value.exact if isinstance(value, Decimal512) else Fraction(value)


def rounded(exact: Fraction, precision: int = PRECISION) -> Fraction:
    """The nearest number with so many bits; a tie goes to the even mantissa."""
    top, bottom = abs(exact.numerator), exact.denominator
    shift = top.bit_length() - bottom.bit_length() - precision
    if shift <= -1 and bottom & (bottom - 1) == 0 and top.bit_length() <= precision:
        return exact
    # Two rounds at most: the estimate of the exponent is one too small or right.
    for extra in (0, 1):
        scaled = Fraction(top, bottom) / Fraction(2) ** (shift + extra)
        mantissa = round(scaled)
        if mantissa.bit_length() <= precision:
            break
    value = mantissa * Fraction(2) ** (shift + extra)
    return -value if exact < 0 else value


def number(exact: Fraction) -> Number:
    """A result as a number of 512 bits."""
    if exact.numerator.bit_length() - exact.denominator.bit_length() > MAX_BITS:
        raise TooLarge("the number is too large")
    value = rounded(exact)
    return int(value) if value.denominator == 1 else Decimal512(value)


_WRITTEN = re.compile(r"([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?")


def parse(written: str) -> Number:
    """A decimal number; raises `ValueError`."""
    match = _WRITTEN.fullmatch(written)
    if match is None or not written.isascii() or len(written) > 10_000:
        raise ValueError("a number is required")
    sign, whole, fraction, only, exponent = match.groups()
    fraction = fraction or only or ""
    power = int(exponent[:9]) if exponent else 0
    if abs(power) > MAX_EXPONENT:
        raise TooLarge("the number is too large")
    digits = int((whole or "") + fraction)
    value = Fraction(digits) * Fraction(10) ** (power - len(fraction))
    return number(-value if sign == "-" else value)


def literal(written: str) -> Number:
    """A number of a source text; one that is absurdly large is as good as infinite."""
    try:
        return parse(written)
    except ValueError:
        return float("inf")


def operate(operator: str, a: Number, b: Number) -> Number:
    """`a operator b`; raises `ZeroDivisionError` where it is not a number, and `TooLarge`."""
    if infinite(a) or infinite(b) or (b == 0 and operator in "/%"):
        return _infinite(operator, a, b)
    left, right = exactly(a), exactly(b)
    if not left or not right:
        return _with_zero(operator, a, b)
    if operator == "+":
        return number(left + right)
    if operator == "-":
        return number(left - right)
    if operator == "*":
        return number(left * right)
    if operator == "/":
        return number(left / right)
    quotient = int(rounded(left / right))
    return number(left - rounded(right * quotient))


def _infinite(operator: str, a: Number, b: Number) -> Number:
    """Where infinity takes part; dividing by zero leads there, and the remainder of a division by zero is all."""
    if operator == "%" and b == 0:
        return a
    x, y = (value if infinite(value) else float((value > 0) - (value < 0)) for value in (a, b))
    if operator == "/" and y == 0:
        # Zero has a sign, and so has what a division by it leads to.
        result = nan if x == 0 else copysign(inf, x) * copysign(1.0, b)
    else:
        result = {"+": x + y, "-": x - y, "*": x * y, "/": 0.0 if infinite(y) and not infinite(x) else nan, "%": x * y}[
            operator
        ]
        result = x / y if operator == "/" and infinite(x) and not infinite(y) else result
    if isnan(result):
        raise ZeroDivisionError
    if operator == "/" and result == 0 and copysign(1.0, a) * y < 0:
        return -0.0
    return 0 if result == 0 else result


def _with_zero(operator: str, a: Number, b: Number) -> Number:
    """Where zero takes part, which has a sign: `-0` is written so."""
    x, y = (copysign(0.0, value) if not value else copysign(1.0, value) for value in (a, b))
    result = {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else nan, "%": 0.0}[operator]
    if result == 0:
        return result if copysign(1.0, result) < 0 else 0
    return a if operator == "+" and not b else b if operator == "+" else a if not b else negated(b)


def negated(value: Number) -> Number:
    """`-value`."""
    if value == 0:
        return -0.0 if copysign(1.0, value) > 0 else 0
    if infinite(value):
        return -value
    return number(-exactly(value))


def spelled(value: Number) -> str:
    """The shortest decimal that leads back to the number, without an exponent."""
    if value == 0 and copysign(1.0, value) < 0:
        return "-0"
    precision = PRECISION if isinstance(value, (int, Decimal512)) else 53
    exact = exactly(value)
    if exact.denominator == 1 and exact.numerator.bit_length() <= precision:
        return str(exact.numerator)
    negative, exact = exact < 0, abs(exact)
    digits, point = shortest(exact, precision)
    if point <= 0:
        written = "0." + "0" * -point + digits
    elif point >= len(digits):
        written = digits + "0" * (point - len(digits))
    else:
        written = f"{digits[:point]}.{digits[point:]}"
    return "-" + written if negative else written


def power_of_ten(exponent: int) -> Fraction:
    """`10 ** exponent`, exactly."""
    return Fraction(10) ** exponent


def shortest(exact: Fraction, precision: int) -> tuple[str, int]:
    """The digits of a positive number, and how many of them stand before the point.

    Every decimal within half a unit of the last binary place leads back to the number; of those the shortest is taken.
    """
    bits = exact.numerator.bit_length() - exact.denominator.bit_length()
    if exact < Fraction(2) ** bits:
        bits -= 1
    half = Fraction(2) ** (bits - precision)
    even = (exact / (half * 2)).numerator % 2 == 0
    low, high = exact - half, exact + half
    point = len(str(int(exact))) if exact >= 1 else 1 - _leading_zeros(exact)
    for count in range(1, 400):
        unit = Fraction(10) ** (point - count)
        down = int(exact / unit)
        down_fits = down * unit > low or (even and down * unit == low)
        up_fits = (down + 1) * unit < high or (even and (down + 1) * unit == high)
        if not (down_fits or up_fits):
            continue
        nearer_up = exact / unit - down
        up = up_fits and (not down_fits or nearer_up > Fraction(1, 2) or (nearer_up * 2 == 1 and down % 2 == 1))
        digits = str(down + 1 if up else down)
        return digits.rstrip("0"), point + len(digits) - count
    raise TooLarge("the number has no short spelling")


def _leading_zeros(exact: Fraction) -> int:
    """How many places behind the point the first digit of a number below one stands."""
    places = max(0, int((exact.denominator.bit_length() - exact.numerator.bit_length()) * 0.30102) - 2)
    while exact * Fraction(10) ** places < 1:
        places += 1
    return places
