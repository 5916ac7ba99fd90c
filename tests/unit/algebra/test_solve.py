"""Formulas of clauses against every context of a small world: found, doubted or proved to have none."""

import random
from itertools import combinations, product

import pytest

from nhilint.algebra.conditions import DomainTooLarge, holds
from nhilint.algebra.solve import Budget, BudgetSpent, Doubt, Formula, Found, Free, solve, unreadable
from nhilint.algebra.values import Condition, Reason, Statement, literal, symbol, variable

NO: tuple = ()
USER, TAG = variable("aws:username"), variable("k:tag")


def clause(operator, key, *values, qualifier="", if_exists=False):
    return Condition(operator=operator, key=key, values=values, qualifier=qualifier, if_exists=if_exists)


CLAUSES = (
    clause("StringEquals", "k:s", "p"), clause("StringEquals", "k:s", "p", "q"), clause("StringNotEquals", "k:s", "p"),
    clause("StringLike", "k:s", "p*"), clause("StringNotLike", "k:s", "*q"), clause("Null", "k:s", "true"),
    clause("StringEquals", "k:s", "q", if_exists=True), clause("StringEquals", "k:s", "p", qualifier="ForAnyValue"),
    clause("StringEquals", "k:s", "p", "q", qualifier="ForAllValues"),
    clause("NumericLessThan", "k:n", "5"), clause("NumericGreaterThanEquals", "k:n", "5"),
    clause("NumericNotEquals", "k:n", "7"), clause("Null", "k:n", "false"),
    Free("may", "m1"), Free("may", "m2"), Free("opaque", "o1"), Free("opaque", "o2"),
)  # fmt: skip
ALONE = ("p", "q", "pq", "px", "z", "zq")
LISTS = [values for size in range(1, 7) for values in combinations(ALONE, size)]
NUMBERS = ("3", "5", "6", "7", "9")


def true(formula, truth):
    """`truth`: of each clause, under some context."""

    def every(statement):
        return all(truth[one] for one in statement)

    if not every(formula.own) or any(map(every, formula.killers)):
        return False
    return any(map(every, formula.denies)) or not any(map(every, formula.covers))


def clauses_of(formula):
    return {clause for s in (formula.own, *formula.killers, *formula.covers, *formula.denies) for clause in s}


def truths(clauses, key, values, always):
    """Each different truth of the clauses on the key."""
    own = [one for one in clauses if isinstance(one, Condition) and one.key == key]
    given = [*(() if key in always else (None,)), *values]
    return [dict(zip(own, row, strict=True)) for row in {tuple(holds(one, v) for one in own) for v in given}]


def chosen(clauses, kind):
    """Each choice of the free clauses of a kind."""
    own = [one for one in clauses if isinstance(one, Free) and one.kind == kind]
    return [dict(zip(own, row, strict=True)) for row in product((False, True), repeat=len(own))]


def known(formula, always):
    """What every context of the small world says."""
    clauses, doubt = clauses_of(formula), False
    # Only a set operator makes a key one of several values.
    lists = any(isinstance(c, Condition) and c.qualifier for c in clauses)
    strings = truths(clauses, "k:s", LISTS if lists else LISTS[: len(ALONE)], always)
    numbers = truths(clauses, "k:n", [(value,) for value in NUMBERS], always)
    for s, n, world in product(strings, numbers, chosen(clauses, "may")):
        answers = [true(formula, s | n | world | opaque) for opaque in chosen(clauses, "opaque")]
        if all(answers):
            return Found
        doubt = doubt or any(answers)
    return Doubt if doubt else None


def formulas(rng, count):
    def some(most):
        return frozenset(rng.sample(CLAUSES, rng.randint(0, most)))

    for _ in range(count):
        yield Formula(some(3), *(tuple(some(3) | some(1) for _ in range(rng.randint(0, 2))) for _ in range(3)))


def test_the_answer_is_that_of_every_context():
    rng, seen = random.Random(1), set()
    for formula in formulas(rng, 400):
        always = frozenset(rng.choice(((), (), ("k:s",), ("k:n",), ("k:s", "k:n"))))
        answer = solve(formula, "!", always, Budget(10_000))
        kind = None if answer is None else type(answer)
        assert kind is known(formula, always), (formula, answer)
        seen.add(kind)
        if isinstance(answer, Found):
            context = dict(answer.context)
            assert list(context) == sorted(context)
            assert all(values for values in context.values())
            clauses = clauses_of(formula)
            asked = [one for one in clauses if isinstance(one, Condition)]
            assert always & {one.key for one in asked} <= set(context)
            assert answer.world <= {"m1", "m2"}
            truth = {one: holds(one, context.get(one.key)) for one in asked}
            truth |= {Free("may", reason): reason in answer.world for reason in ("m1", "m2")}
            assert all(true(formula, truth | opaque) for opaque in chosen(clauses, "opaque"))
        if isinstance(answer, Doubt):
            assert {reason.text for reason in answer.reasons} <= {"o1", "o2"}
            assert {reason.kind for reason in answer.reasons} == {"unreadable-statement"}
    assert seen == {None, Found, Doubt}


def test_a_budget_is_spent_node_by_node():
    formula = Formula(frozenset({clause("StringEquals", "k:s", "p")}), NO, NO, NO)
    budget = Budget(100)
    assert isinstance(solve(formula, "!", frozenset(), budget), Found)
    assert budget.left == 98
    assert isinstance(solve(formula, "!", frozenset(), Budget(2)), Found)
    with pytest.raises(BudgetSpent):
        solve(formula, "!", frozenset(), Budget(1))
    with pytest.raises(BudgetSpent):
        Budget(2).spend(3)
    Budget(2).spend(2)


def test_as_many_opaque_parts_as_can_be_tried():
    for count in (8, 9):
        own = frozenset(Free("opaque", f"o{n}") for n in range(count))
        answer = solve(Formula(own, NO, NO, NO), "!", frozenset(), Budget(10_000))
        assert isinstance(answer, Doubt)
        assert {reason.kind for reason in answer.reasons} == {"unreadable-statement" if count == 8 else "budget"}


def test_families_that_read_one_value_differently_prove_nothing():
    def answer(own, cover):
        formula = Formula(frozenset({own}), NO, (frozenset({cover}),), NO)
        return solve(formula, "!", frozenset(), Budget(1_000))

    number, text = clause("NumericEquals", "k", "5"), clause("StringNotEquals", "k", "nothing")
    mixed = answer(number, text)
    assert isinstance(mixed, Doubt)
    assert [(reason.kind, "`k`" in reason.text) for reason in mixed.reasons] == [("mixed-operators", True)]
    # What is found all the same is a context like any other.
    assert isinstance(answer(number, clause("StringEquals", "k", "nothing")), Found)
    assert answer(number, clause("Null", "k", "false")) is None
    arn = clause("ArnLike", "k", "arn:aws:s3:::a")
    assert answer(arn, clause("StringLike", "k", "arn:aws:s3:::a*")) is None
    folded = clause("StringEqualsIgnoreCase", "k", "P")
    assert answer(clause("StringEquals", "k", "p"), folded) is None
    for values in (("p*",), ("p?",), ("p*", "q")):
        assert isinstance(
            answer(clause("StringLike", "k", *values), clause("StringNotEqualsIgnoreCase", "k", "x")), Doubt
        )
    assert isinstance(answer(folded, clause("BinaryEquals", "k", "P")), Found)
    assert isinstance(answer(folded, clause("ArnNotLike", "k", "arn:*")), Doubt)


def test_a_variable_in_a_value_is_met_by_its_own_text_and_perhaps_by_any_other():
    def answer(own, *covers):
        return solve(Formula(frozenset(own), NO, tuple(map(frozenset, covers)), NO), "!", frozenset(), Budget(1_000))

    mine, plain = clause("StringEquals", "k", USER), clause("StringEquals", "k", "x")
    assert answer({mine}, {mine}) is None
    assert answer({mine, plain}, {mine}) is None
    # `x` may be the user's name, and may be not.
    assert answer({mine, plain}) == Found((("k", ("x",)),), frozenset())
    assert answer({plain}, {mine}) == Found((("k", ("x",)),), frozenset())
    assert isinstance(answer({mine}, {plain}), Found)
    assert answer({clause("Null", "k", "true"), mine}) is None
    longer = clause("StringEquals", "k", USER, f"{USER}/x")
    assert isinstance(answer({longer}, {mine}), Found)
    # One value of several is a variable: the others may be met or not whatever it is.
    several = clause("StringEquals", "k", USER, "y")
    assert answer({several, plain}) == Found((("k", ("x",)),), frozenset())
    for values in ((USER, "x"), ("x", USER)):
        assert answer({clause("StringEquals", "k", *values)}, {mine}) == Found((("k", ("x",)),), frozenset())
    # Of two variables one may be met and the other not.
    assert answer({mine, plain}, {clause("StringEquals", "k", TAG)}) == Found((("k", ("x",)),), frozenset())
    # That a number is in the list says nothing of a smaller one.
    less = clause("NumericLessThan", "k", "5", USER)
    assert answer({clause("NumericEquals", "k", "5"), less}) == Found((("k", ("5",)),), frozenset())


def test_as_many_variables_on_one_key_as_can_be_tried():
    for count in (4, 5):
        rows = {clause("StringEquals", "k", f"{USER}/{n}") for n in range(count)} | {clause("StringEquals", "k", "x")}
        formula = Formula(frozenset(rows), NO, NO, NO)
        if count == 4:
            assert isinstance(solve(formula, "!", frozenset(), Budget(1_000)), Found)
        else:
            with pytest.raises(DomainTooLarge):
                solve(formula, "!", frozenset(), Budget(1_000))


def test_why_nobody_can_interpret_it():
    statement = Statement(effect="allow", actions=("*",), undecided="version 3")
    odd = clause("StringSounds", "k", "v")
    formula = Formula(frozenset({Free("opaque", statement), Free("opaque", odd)}), NO, NO, NO)
    answer = solve(formula, "!", frozenset(), Budget(1_000))
    assert isinstance(answer, Doubt)
    assert set(answer.reasons) == {Reason(kind="unreadable-statement", text="version 3"), unreadable(odd)}
    assert unreadable(odd).kind == "unknown-operator"
    both = clause("StringEquals", "k", "v", qualifier="ForAnyValue", if_exists=True)
    assert unreadable(both).kind == "unknown-operator"
    assert "ForAnyValue:StringEqualsIfExists" in unreadable(both).text
    for more in ({"qualifier": "ForAnyValue"}, {"if_exists": True}):
        assert unreadable(clause("IpAddress", "k", "x", **more)).kind == "unreadable-operand"
    shown = unreadable(clause("NumericEquals", "k", "five", symbol("var.n"), literal("*")))
    assert "`five`, `${var.n}`, `*`" in shown.text
