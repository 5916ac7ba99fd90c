"""Numbers: exact sums, shortest spellings, signs of zero, infinity."""

from fractions import Fraction
from math import inf

import pytest

from nhilint.sources.terraform.arithmetic import Decimal512, TooLarge, negated, operate, parse, rounded, spelled


@pytest.mark.parametrize(
    "left, operator, right, expected",
    [
        ("0.1", "+", "0.2", "0.3"),
        ("1e30", "*", "1e3", "1" + "0" * 33),
        ("7", "%", "-3", "1"),
        ("-7.5", "%", "2", "-1.5"),
        ("5", "%", "0", "5"),
        ("123456789.123456789", "-", "0", "123456789.123456789"),
        ("1e-7", "/", "1", "0.0000001"),
    ],
)
def test_operations(left: str, operator: str, right: str, expected: str) -> None:
    assert spelled(operate(operator, parse(left), parse(right))) == expected


def test_a_third_has_as_many_digits_as_512_bits_hold() -> None:
    third = operate("/", 1, 3)
    assert isinstance(third, Decimal512)
    assert abs(third.exact - Fraction(1, 3)) < Fraction(1, 2**513)
    assert len(spelled(third)) in range(150, 160)
    assert parse(spelled(third)) == third


def test_zero_has_a_sign_and_division_by_it_is_infinite() -> None:
    assert spelled(negated(0)) == "-0"
    assert negated(0) == 0
    assert operate("/", 1, 0) == inf
    assert operate("/", -1, 0) == -inf
    with pytest.raises(ZeroDivisionError):
        operate("/", 0, 0)


@pytest.mark.parametrize("written", ["", "x", "1_000", " 1", "0x10", "1.2.3", "٣", "Inf"])
def test_what_is_no_number(written: str) -> None:
    with pytest.raises(ValueError, match="a number is required"):
        parse(written)


def test_absurd_numbers_are_refused() -> None:
    with pytest.raises(TooLarge):
        parse("1e100000")
    value = parse("1e5000")
    with pytest.raises(TooLarge):
        operate("*", value, value)


def test_rounding_goes_to_the_even_mantissa() -> None:
    assert rounded(Fraction(5), 2) == 4
    assert rounded(Fraction(7), 2) == 8
    assert rounded(Fraction(-7), 2) == -8
