"""What each operator says, by the vendor's table; and that a key's domain tells apart whatever any value tells apart.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import ipaddress
import random
import time
from itertools import product

import pytest

from nhilint.algebra.conditions import (
    DomainTooLarge,
    arn_parts,
    domain,
    family,
    holds,
    interpretable,
    moment,
    network,
    number,
)
from nhilint.algebra.values import LITERAL_MARK, LITERAL_STAR, Condition, literal, symbol


def clause(operator, *values, qualifier="", if_exists=False):
    return Condition(operator=operator, key="k", values=values, qualifier=qualifier, if_exists=if_exists)


V4, V6 = "10.1.0.0/16", "2001:db8::/32"
ARN = "arn:aws:s3:r:1:a"
MEETS = {
    "StringEquals": [("p", "p", True), ("p", "P", False), ("p", "pq", False), (literal("p*"), "p*", True)],
    "StringLike": [("p*", "pq", True), ("p?", "pq", True), ("p?", "p", False), ("p", "P", False)],
    "StringEqualsIgnoreCase": [("pQ", "Pq", True), ("p", "pp", False), ("Straße", "STRASSE", True)],
    "BinaryEquals": [("QQ==", "QQ==", True), ("QQ==", "qq==", False)],
    "ArnLike": [("arn:*:s3:*:*:a", ARN, True), ("arn:aws:s3:*", ARN, True), ("arn:aws:s3:r:1:b", ARN, False),
                ("arn:aws:*:1:a", ARN, False), ("arn:aws:s3:r:1:*", f"{ARN}:b:c", True),
                ("arn:aws:s3:*", "arn:aws:s3", False),
                ("*", "word", False), ("*", "a:b:c:d:e", False), ("*", "a:b:c:d:e:", True)],
    "Bool": [("true", "true", True), ("true", "TRUE", True), ("True", "true", True), ("true", "false", False)],
    "NumericEquals": [("5", "5", True), ("5", "5.0", True), ("5", "6", False), ("5", "five", False),
                      ("90071992547409921", "90071992547409920", False), ("1e2", "100", True)],
    "NumericLessThan": [("5", "4", True), ("5", "5", False), ("5", "6", False), ("10", "9", True), ("5", "", False)],
    "NumericLessThanEquals": [("5", "4", True), ("5", "5", True), ("5", "6", False)],
    "NumericGreaterThan": [("5", "4", False), ("5", "5", False), ("5", "6", True)],
    "NumericGreaterThanEquals": [("5", "4", False), ("5", "5", True), ("5", "6", True)],
    "DateEquals": [("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True), ("2026-01-01T00:00:00Z", "1767225600", True),
                   ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", False)],
    "DateLessThan": [("2026-01-01", "2025-12-31", True), ("2026-01-01", "2026-01-01", False),
                     ("2026-01-01", "2026-01-02", False)],
    "DateLessThanEquals": [("2026-01-01", "2025-12-31", True), ("2026-01-01", "2026-01-01", True),
                           ("2026-01-01", "2026-01-02", False)],
    "DateGreaterThan": [("2026-01-01", "2025-12-31", False), ("2026-01-01", "2026-01-01", False),
                        ("2026-01-01", "2026-01-02", True)],
    "DateGreaterThanEquals": [("2026-01-01", "2025-12-31", False), ("2026-01-01", "2026-01-01", True),
                              ("2026-01-01", "2026-01-02", True), ("2026-01-01", "soon", False)],
    "IpAddress": [(V4, "10.1.2.3", True), (V4, "10.2.0.0", False), (V4, "10.0.255.255", False), (V4, "10.1.0.0", True),
                  (V4, "10.1.255.255", True), (V4, "10.1.2.0/24", True), (V4, "10.0.0.0/8", False),
                  ("10.1.255.0/24", "10.1.0.0/16", False), ("10.1.0.0/24", "10.1.0.0/16", False),
                  (V6, "10.1.2.3", False),
                  (V6, "2001:db8::1", True), ("0.0.0.0/0", "::1", False), (V4, "nowhere", False),
                  ("10.1.2.3", "10.1.2.3", True), ("10.1.2.3/16", "10.1.9.9", True)],
}  # fmt: skip
NEGATED = {
    "StringNotEquals": "StringEquals", "StringNotLike": "StringLike",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase", "ArnNotLike": "ArnLike", "ArnNotEquals": "ArnLike",
    "NumericNotEquals": "NumericEquals", "DateNotEquals": "DateEquals", "NotIpAddress": "IpAddress",
}  # fmt: skip
MEETS["ArnEquals"] = MEETS["ArnLike"]
OTHERS = {
    "Arn": "arn:z:z:z:z:z", "Numeric": "0", "Date": "1999-01-01", "Ip": "192.0.2.1", "Bool": "false",
    "NumericGreater": "1000", "DateGreater": "2099-01-01",
}  # fmt: skip
"""By the operator's name: a value of a clause that the sample's value does not meet."""
ROWS = [(operator, *row) for operator, rows in MEETS.items() for row in rows]
ROWS += [(operator, pattern, value, not met) for operator, of in NEGATED.items() for pattern, value, met in MEETS[of]]
OPERATORS = sorted({*MEETS, *NEGATED})
SAMPLE = {operator: next(row[:2] for row in MEETS[NEGATED.get(operator, operator)] if row[2]) for operator in OPERATORS}


@pytest.mark.parametrize("operator,pattern,value,met", ROWS)
def test_an_operator_on_one_value(operator, pattern, value, met):
    assert holds(clause(operator, pattern), (value,)) is met


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_values_of_a_clause_are_ored_and_those_of_a_negated_one_nored(operator):
    pattern, value = SAMPLE[operator]
    met = operator not in NEGATED
    other = next((value for head, value in reversed(OTHERS.items()) if head in operator), "other")
    assert holds(clause(operator, other, pattern), (value,)) is met
    assert holds(clause(operator, other), (value,)) is not met


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_key_that_is_absent(operator):
    pattern = SAMPLE[operator][0]
    for nothing in (None, ()):
        assert holds(clause(operator, pattern), nothing) is (operator in NEGATED)
        assert holds(clause(operator, pattern, if_exists=True), nothing) is True
        assert holds(clause(operator, pattern, qualifier="ForAllValues"), nothing) is True
        assert holds(clause(operator, pattern, qualifier="ForAllValues", if_exists=True), nothing) is True
        assert holds(clause(operator, pattern, qualifier="ForAnyValue"), nothing) is False


def test_set_operators_on_several_values():
    def of(operator, qualifier, *values):
        return holds(clause(operator, "p", "q", qualifier=qualifier), values)

    assert [of("StringEquals", "ForAllValues", *v) for v in (("p",), ("p", "q"), ("p", "z"), ("z",))] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [of("StringEquals", "ForAnyValue", *v) for v in (("p",), ("p", "z"), ("z",))] == [True, True, False]
    assert [of("StringNotEquals", "ForAllValues", *v) for v in (("z",), ("z", "y"), ("p", "z"), ("p",))] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [of("StringNotEquals", "ForAnyValue", *v) for v in (("z",), ("p", "z"), ("p", "q"))] == [True, True, False]
    assert [of("StringEquals", "", *v) for v in (("p", "z"), ("z",))] == [True, False]
    assert [of("StringNotEquals", "", *v) for v in (("p", "z"), ("z",))] == [False, True]


def test_null_asks_whether_the_key_is_absent():
    for spelled in ("true", "True"):
        assert holds(clause("Null", spelled), None) is True
        assert holds(clause("Null", spelled), ("v",)) is False
    assert holds(clause("Null", "false"), None) is False
    assert holds(clause("Null", "false"), ("v",)) is True
    assert holds(clause("Null", "true", "false"), ("v",)) is True
    assert not interpretable(clause("Null", "maybe"))


def test_what_can_not_be_interpreted():
    assert [family(operator) for operator in ("StringSounds", "ArnLike", "DateEquals")] == ["", "arn", "date"]
    for odd in (
        clause("StringSounds", "v"), clause("NumericEquals", "5", "five"), clause("DateEquals", "soon"),
        clause("IpAddress", "10.0.0.0/99"), clause("Null", "true", "maybe"),
    ):  # fmt: skip
        assert not interpretable(odd)
        assert holds(odd, ("5",)) is None
        assert holds(odd, None) is None
    assert interpretable(clause("StringEquals", "five"))


def test_any_value_if_exists_is_clear_only_where_the_key_is_there():
    both = clause("StringEquals", "v", qualifier="ForAnyValue", if_exists=True)
    assert not interpretable(both)
    assert holds(both, None) is None
    assert holds(both, ()) is None
    assert holds(both, ("v",)) is True
    assert holds(both, ("w",)) is False
    assert interpretable(clause("StringEquals", "v", qualifier="ForAllValues", if_exists=True))
    assert interpretable(clause("StringEquals", "v", qualifier="ForAnyValue"))
    assert interpretable(clause("StringEquals", "v", if_exists=True))


def test_a_symbol_where_a_family_reads_values_is_met_by_itself_only():
    x = symbol("var.x")
    for operator in ("NumericLessThanEquals", "DateEquals", "IpAddress"):
        assert interpretable(clause(operator, x))
        assert holds(clause(operator, x), (x,)) is True
        assert holds(clause(operator, x), ("1",)) is False
    for operator, plain in (("NumericLessThanEquals", "1"), ("DateEquals", "2026-01-01"), ("IpAddress", V4)):
        assert holds(clause(operator, plain), (x,)) is False
    assert holds(clause("StringLike", f"{x}*"), (f"{x}a",)) is True
    assert holds(clause("StringEqualsIgnoreCase", x), (x,)) is True


def test_numbers():
    read = {"5": 5, "+5": 5, "-5": -5, "05": 5, "5.5": 5.5, "1e3": 1000.0, "-.5": -0.5, "9" * 64: int("9" * 64)}
    for text, value in read.items():
        assert number(text) == value, text
        assert type(number(text)) is type(value), text
    for text in (
        "",
        "five",
        "nan",
        "inf",
        "1e999",
        "-1e999",
        "1_000",
        " 5",
        "٣",
        "0x5",
        "9" * 65,
        "5-5",
        "e",
        "+",
        "--",
    ):
        assert number(text) is None, text
    assert number("--5") is None


def test_moments():
    day = 24 * 3600
    read = {
        "1970-01-01": 0, "1970-01-02T00:00:00Z": day, "1970-01-01T01:00:00+01:00": 0, "19700102": day,
        "20000101": 10957 * day,
        "86400": day, "-86400": -day, "18000101": 18000101, "197001021": 197001021, "1970010": 1970010,
        "999999999999": 999999999999,
    }  # fmt: skip
    for text, value in read.items():
        assert moment(text) == value, text
    for text in ("", "soon", "1970-13-01", "9999999999999", "20001301", "-", "~5"):
        assert moment(text) is None, text


def test_a_date_without_a_zone_is_utc_wherever_it_is_read(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert moment("1970-01-01") == 0
        assert moment("1970-01-01T09:00:00+09:00") == 0
    finally:
        monkeypatch.undo()
        time.tzset()


def test_networks():
    assert network("10.1.2.3/24") == (4, 0x0A010200, 0x0A0102FF)
    assert network("10.1.2.3") == (4, 0x0A010203, 0x0A010203)
    assert network("::1/127") == (6, 0, 1)
    assert network("10.1.2") is None
    assert network("") is None


def test_the_parts_of_an_arn():
    assert arn_parts("arn:aws:s3") == ["arn", "aws", "s3", "*", "*", "*"]
    assert arn_parts("a:b:c:d:e:f:g") == ["a", "b", "c", "d", "e", "f:g"]


WORDS = ["".join(w) for n in range(4) for w in product("pqz", repeat=n)] + [
    "P",
    "pQ",
    "PQ",
    "*",
    "p*",
    "?",
    "p?",
    "zzzz",
]
TIMES = ("2025-06-01", "2026-01-01", "2026-06-01", "2027-01-01", "2028-01-01")
ARNS = [
    ":".join(("arn", *row)) for row in product(("aws", "x"), ("s3", "iam"), ("", "r"), ("1", "2"), ("a", "b:c", "ab"))
]
POOLS = {
    ("StringEquals", "StringNotEquals", "Null"): (("p",), ("p", "q"), ("",), (LITERAL_STAR, f"p{LITERAL_MARK}")),
    ("StringLike", "StringNotLike"): (("p*",), ("*q", "p"), ("?",), ("*p?*", "q*"), ("??", ""), ("p*q",)),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"): (("p",), ("pQ",), ("PQ", "z")),
    ("NumericLessThan", "NumericLessThanEquals", "NumericEquals"): (("5",), ("3", "7"), ("4", "5"), ("-1",), ("4.5",)),
    ("NumericGreaterThan", "NumericGreaterThanEquals", "NumericNotEquals"): (("5",), ("3", "7"), ("6", "5"), ("0.5",)),
    ("DateLessThan", "DateGreaterThanEquals", "DateNotEquals"): (("2026-01-01",), ("2027-01-01", "2026-01-01")),
    ("IpAddress", "NotIpAddress"): ((V4,), ("10.0.0.0/8", V6), ("0.0.0.0/0",), ("::/0",), ("10.1.2.3", "10.1.2.4"),
                                    ("192.0.2.0/24", "fe80::/10")),
    ("ArnLike", "ArnNotEquals"): (("arn:aws:s3:*",), ("arn:*:*:*:1:a",), ("arn:aws:iam:?:?:*", ARN),
                                    ("arn:x:*:*:*:b:?",), ("arn:*",)),
    ("Bool",): (("true",), ("false",), ("true", "false")),
}  # fmt: skip
VALUES = {
    "String": WORDS, "Numeric": [str(n / 2) for n in range(-5, 18)] + ["1000000"], "Date": TIMES,
    "Arn": [*ARNS, "arn", "z", "x:aws:s3::1:a", "arn:a:b:c:d:e"],
    "Bool": ("true", "false", "TRUE"),
    "Ip": ("10.1.2.3", "10.1.2.4", "10.1.2.5", "10.1.9.9", "10.9.9.9", "11.0.0.1", "9.9.9.9",
           "2001:db8::1", "2001:db9::1", "::1", "192.0.2.7", "fe80::7", "10.1.0.0", "10.1.255.255"),
}  # fmt: skip


def clauses_of(operators, pools):
    for operator, values in product(operators, pools):
        if operator == "Null":
            yield clause(operator, "true")
            continue
        yield clause(operator, *values)
        yield clause(operator, *values, if_exists=True)
        yield clause(operator, *values, qualifier="ForAllValues")
        yield clause(operator, *values, qualifier="ForAnyValue")


def truths(clauses, values):
    return tuple(holds(one, values) for one in clauses)


@pytest.mark.parametrize("operators", POOLS, ids=lambda operators: operators[0])
def test_a_domain_meets_every_combination_of_truths_that_any_value_meets(operators):
    rows = list(clauses_of(operators, POOLS[operators]))
    pool = next(values for head, values in VALUES.items() if operators[0].startswith(head))
    rng = random.Random(operators[0])
    for chosen in (rng.sample(rows, 2) for _ in range(60)):
        found = domain(chosen, "!")
        met = {truths(chosen, values) for values in found}
        assert truths(chosen, None) in met
        assert {truths(chosen, (value,)) for value in pool} <= met, chosen
        if any(one.qualifier for one in chosen):
            lists = {truths(chosen, values) for values in product(pool[::3], pool[::4])}
            assert lists <= met, (chosen, lists - met)
        else:
            assert all(values is None or len(values) == 1 for values in found)


def test_string_and_arn_clauses_on_one_key_meet_together():
    for first in (clause("StringLike", "*:a"), clause("StringNotLike", "arn:aws:*", "z*"), clause("StringEquals", ARN)):
        for second in (clause("ArnLike", "arn:aws:s3:*"), clause("ArnNotLike", "arn:*:*:r:*:a")):
            met = {truths((first, second), values) for values in domain((first, second), "!")}
            assert {truths((first, second), (value,)) for value in [*ARNS, *WORDS]} <= met, (first, second)


def test_a_spelling_in_other_cases_is_found_however_many_are_taken():
    folded = clause("StringEqualsIgnoreCase", "pQr")
    cases = ["".join(letters) for letters in product("pP", "qQ", "rR")]
    for taken in (cases[:1], cases[:3], ["pqr", "PQR", "PqR", "pQr"], cases[:-1]):
        chosen = (folded, clause("StringEquals", *taken))
        met = {truths(chosen, values) for values in domain(chosen, "!")}
        assert met >= {(True, True), (True, False), (False, False)}, taken
    chosen = (folded, clause("StringEquals", *cases))
    assert (True, False) not in {truths(chosen, values) for values in domain(chosen, "!")}
    x = symbol("var.X")
    assert {values for values in domain((clause("StringEqualsIgnoreCase", x),), "!") if values} >= {(x,), ("!",)}
    assert (symbol("var.x"),) not in domain((clause("StringEqualsIgnoreCase", x),), "!")


def test_the_values_of_a_domain_can_be_read():
    for read, *clauses in (
        (number, clause("NumericLessThan", "5"), clause("NumericEquals", "7.5")),
        (moment, clause("DateLessThan", "2026-01-01"), clause("DateEquals", "86400")),
        (lambda value: value.endswith("Z"), clause("DateLessThan", "2026-01-01"), clause("DateEquals", "86400")),
        (network, clause("IpAddress", V4), clause("NotIpAddress", V6)),
        (network, clause("NotIpAddress", "0.0.0.0/0")),
        (lambda value: value.startswith("arn:") and value.count(":") > 4, clause("ArnNotLike", "arn:aws:s3:*")),
        (("true", "false").__contains__, clause("Bool", "true")),
    ):
        for chosen in (clauses, [*clauses, clause("Null", "true")]):
            values = [values[0] for values in domain(chosen, "!") if values]
            assert values
            assert all(read(value) not in (None, False) for value in values), values


@pytest.mark.parametrize("address", ["0.0.0.0", "255.255.255.255", "127.255.255.255", "128.0.0.0"])
def test_the_only_address_that_is_left_is_found(address):
    one = ipaddress.ip_network(address)
    whole = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]
    others = [
        str(part) for net in whole for part in (net.address_exclude(one) if net.version == one.version else [net])
    ]
    chosen = (clause("NotIpAddress", *others), clause("IpAddress", address))
    assert {truths(chosen, values) for values in domain(chosen, "!")} >= {(True, True), (False, False)}
    assert (True,) in {truths(chosen[:1], values) for values in domain(chosen[:1], "!", always=True)}


def test_there_is_a_number_between_any_two():
    for low, high in (
        ("5", "6"),
        ("4", "5.5"),
        ("4.5", "5"),
        ("4.5", "4.75"),
        ("90071992547409920", "90071992547409930"),
    ):
        chosen = (clause("NumericGreaterThan", low), clause("NumericLessThan", high))
        met = {truths(chosen, values) for values in domain(chosen, "!")}
        assert met == {(True, True), (True, False), (False, True), (False, False)}, (low, high)
    seconds = (clause("DateGreaterThan", "86400"), clause("DateLessThan", "86401"))
    assert (True, True) in {truths(seconds, values) for values in domain(seconds, "!")}


def test_a_moment_beyond_the_calendar_is_a_count_of_seconds():
    chosen = (clause("DateLessThan", "999999999999"),)
    assert domain(chosen, "!", always=True)[:2] == [("999999999999",), ("999999999998",)]


def test_three_globs_meet_in_one_value():
    chosen = tuple(clause("StringLike", glob) for glob in ("a*", "*b*", "*c"))
    assert len({truths(chosen, values) for values in domain(chosen, "!", always=True)}) == 8


def test_an_arn_with_longer_parts_than_the_question_marks_of_a_pattern():
    for patterns in (("arn:?:?:?:?:?",), ("*:?:?:?:?:?",), ("*:?:?:?:?:?", "*:??:??:?:?:?")):
        chosen = (clause("ArnNotLike", *patterns),)
        assert {truths(chosen, values) for values in domain(chosen, "!", always=True)} == {(True,), (False,)}, patterns


def test_a_literal_star_is_a_star_in_the_value():
    assert ("p*q?",) in domain((clause("StringEquals", literal("p*q?")),), "!")


def test_a_symbol_is_a_value_of_every_family():
    x = symbol("var.x")
    for operator in ("Bool", "NumericEquals", "DateEquals", "IpAddress", "StringEquals", "StringEqualsIgnoreCase"):
        chosen = (clause(operator, x),)
        assert {truths(chosen, values) for values in domain(chosen, "!")} == {(True,), (False,)}, operator


def test_a_key_that_is_there_and_meets_nothing_beside_three_families():
    chosen = (clause("StringEquals", "p"), clause("StringEqualsIgnoreCase", "q"), clause("Null", "true"))
    assert (False, False, False) in {truths(chosen, values) for values in domain(chosen, "!")}


def test_lists_whose_values_all_meet_one_clause_and_some_of_them_another():
    every, some = ({"qualifier": f"For{word}"} for word in ("AllValues", "AnyValue"))
    chosen = (
        clause("StringLike", "p*", **every),
        clause("StringLike", "*q", **every),
        clause("StringLike", "*q", **some),
    )
    met = {truths(chosen, values) for values in domain(chosen, "!")}
    assert {
        truths(chosen, values) for size in (1, 2, 3) for values in product(("p", "q", "pq", "z"), repeat=size)
    } <= met


def test_absent_comes_first_unless_the_key_is_always_there():
    one = (clause("StringEquals", "p"),)
    assert domain(one, "z")[0] is None
    assert None not in domain(one, "z", always=True)
    assert domain(one, "z", always=True) == domain(one, "z")[1:]


def test_three_values_can_mean_what_no_two_do():
    chosen = tuple(clause("StringEquals", value, qualifier="ForAnyValue") for value in "pqr")
    assert (True, True, True) in {truths(chosen, values) for values in domain(chosen, "!")}


def test_too_many_overlaps_are_refused():
    globs = [f"*{a}*{b}*" for a in "abcdefghijklmnop" for b in "qrstuvwxyz"]
    with pytest.raises(DomainTooLarge):
        domain((clause("StringLike", *globs),), "!")
    every = tuple(clause("StringEquals", chr(0x100 + n), qualifier="ForAnyValue") for n in range(14))
    with pytest.raises(DomainTooLarge):
        domain(every, "!")
