"""One request against one set, rule by rule: what denies, what allows, what is not certain, what a variable means."""

from itertools import product

import pytest

from nhilint.algebra import evaluate
from nhilint.algebra.evaluate import applies, conditions_hold, decide, naming, resolve, resolved
from nhilint.algebra.values import Condition, Permissions, Request, Scope, Statement, literal, variable

USER, TAG = variable("aws:username"), variable("k:tag", "none")
ODD = Condition(operator="StringSounds", key="k", values=("v",))
IS_P = Condition(operator="StringEquals", key="k", values=("p",))


def say(effect, actions="*", scope="*", *conditions, **more):
    scopes = (Scope(patterns=tuple(scope.split()), negated=more.pop("outside", False)),)
    return Statement(effect=effect, actions=tuple(actions.split()), scopes=scopes, conditions=conditions, **more)


def who(*statements, ceilings=()):
    return Permissions(dimensions=("resource",), statements=statements, ceilings=ceilings)


def ask(action="s:a", text="x", **context):
    given = tuple((key.replace("__", ":"), values) for key, values in context.items())
    return Request(action=action, point=(text,), context=given)


ALLOW, DENY = say("allow"), say("deny")
UNREAD_ALLOW, UNREAD_DENY = say("allow", undecided="version 3"), say("deny", undecided="version 4")
PERHAPS, ODD_ALLOW = say("allow", may=("count", "switch")), say("allow", "*", "*", ODD)
ELSEWHERE = say("allow", "t:*")
TABLE = [
    ((ALLOW,), (), "allowed", (ALLOW,), ""),
    ((), (), "implicitly-denied", (), ""),
    ((ELSEWHERE,), (), "implicitly-denied", (), ""),
    ((ALLOW, DENY), (), "explicitly-denied", (DENY,), ""),
    ((ALLOW,), ((ALLOW, DENY),), "explicitly-denied", (DENY,), ""),
    ((ALLOW,), ((ALLOW,), (DENY, ALLOW)), "explicitly-denied", (DENY,), ""),
    ((DENY,), ((DENY,),), "explicitly-denied", (DENY, DENY), ""),
    ((ALLOW,), ((ALLOW,),), "allowed", (ALLOW, ALLOW), ""),
    ((ALLOW,), ((ELSEWHERE,),), "implicitly-denied", (), ""),
    ((ELSEWHERE,), ((ALLOW,),), "implicitly-denied", (), ""),
    ((ALLOW,), ((),), "implicitly-denied", (), ""),
    ((UNREAD_ALLOW,), (), "undecided", (UNREAD_ALLOW,), "version 3"),
    ((PERHAPS,), (), "undecided", (PERHAPS,), "count; switch"),
    ((ODD_ALLOW,), (), "undecided", (ODD_ALLOW,), "a condition that can not be interpreted"),
    ((UNREAD_ALLOW, ALLOW), (), "allowed", (ALLOW,), ""),
    ((ALLOW, UNREAD_DENY), (), "undecided", (UNREAD_DENY,), "version 4"),
    ((ALLOW, UNREAD_DENY, DENY), (), "explicitly-denied", (DENY,), ""),
    ((UNREAD_DENY,), (), "implicitly-denied", (), ""),
    ((UNREAD_ALLOW,), ((ELSEWHERE,),), "implicitly-denied", (), ""),
    ((UNREAD_ALLOW,), ((ALLOW, UNREAD_DENY),), "undecided", (UNREAD_DENY, UNREAD_ALLOW), "version 4; version 3"),
    ((UNREAD_ALLOW,), ((UNREAD_ALLOW,),), "undecided", (UNREAD_ALLOW, UNREAD_ALLOW), "version 3"),
    ((UNREAD_ALLOW,), ((ALLOW,),), "undecided", (UNREAD_ALLOW,), "version 3"),
]  # fmt: skip


@pytest.mark.parametrize("statements,ceilings,verdict,because,reason", TABLE)
def test_layers(statements, ceilings, verdict, because, reason):
    found = decide(who(*statements, ceilings=ceilings), ask())
    assert (found.verdict, found.because, found.reason) == (verdict, because, reason)


def test_a_statement_speaks_of_a_request_by_action_scope_and_conditions():
    given = ask(k=("p",))
    assert applies(say("allow", "t:* s:*", "y x"), given) is True
    assert applies(say("allow", "t:*"), given) is False
    assert applies(say("allow", "t:*", actions_negated=True), given) is True
    assert applies(say("allow", "t:* s:a", actions_negated=True), given) is False
    assert applies(say("allow", "*", "y"), given) is False
    assert applies(say("allow", "*", "y z", outside=True), given) is True
    assert applies(say("allow", "*", "y x", outside=True), given) is False
    assert applies(say("allow", "*", "*", outside=True), given) is False
    assert applies(say("allow", "*", "*", IS_P), given) is True
    assert applies(say("allow", "*", "*", IS_P), ask(k=("q",))) is False
    assert applies(ODD_ALLOW, given) is None
    assert applies(PERHAPS, given) is None
    assert applies(UNREAD_ALLOW, given) is None


def test_what_is_false_for_certain_is_no_doubt():
    for doubt in ({"undecided": "why"}, {"may": ("count",)}):
        assert applies(say("allow", "t:*", **doubt), ask()) is False
        assert applies(say("allow", "*", "y", **doubt), ask()) is False
        assert applies(say("allow", "*", "*", IS_P, **doubt), ask(k=("q",))) is False
    assert conditions_hold(say("allow", "*", "*", ODD, IS_P), (("k", ("q",)),)) is False
    assert conditions_hold(say("allow", "*", "*", ODD, IS_P), (("k", ("p",)),)) is None
    assert conditions_hold(say("allow", "*", "*", IS_P), ()) is False
    assert conditions_hold(ALLOW, ()) is True


def test_a_statement_of_fewer_scopes_says_nothing_of_the_other_dimensions():
    both = Permissions(dimensions=("resource", "principal"), statements=(ALLOW,))
    assert decide(both, Request(action="s:a", point=("x", "anybody"))).verdict == "allowed"


def test_a_variable_is_the_single_value_of_its_key_or_its_default_or_nothing():
    context = {"aws:username": ("a*",), "k:tag": ("t",)}
    assert resolve(f"b/{USER}/{TAG}", context) == f"b/{literal('a*')}/t"
    assert resolve(f"b/{TAG}", {}) == "b/none"
    assert resolve(f"b/{TAG}", {"k:tag": ("t", "u")}) == "b/none"
    assert resolve(f"b/{USER}", {"aws:username": ("a", "b")}) is None
    assert resolve(f"b/{USER}", {}) is None
    assert resolve("b/*", {}) == "b/*"


def test_a_scope_with_a_variable():
    mine = say("allow", "*", f"b/{USER} c")
    assert applies(mine, ask("s:a", "b/alice", aws__username=("alice",))) is True
    assert applies(mine, ask("s:a", "b/bob", aws__username=("alice",))) is False
    assert applies(mine, ask("s:a", "b/a", aws__username=("*",))) is False
    assert applies(mine, ask("s:a", "b/*", aws__username=("*",))) is True
    assert applies(mine, ask("s:a", "b/")) is False
    assert applies(mine, ask("s:a", "c")) is True
    # A pattern without a value matches nothing, so what is outside it is everything.
    others = say("allow", "*", f"b/{USER}", outside=True)
    assert applies(others, ask("s:a", "b/alice")) is True
    assert applies(others, ask("s:a", "b/alice", aws__username=("alice",))) is False


def test_a_value_of_a_clause_without_a_value_of_its_variable_equals_nothing():
    for operator, truth in (("StringEquals", False), ("StringNotEquals", True)):
        clause = Condition(operator=operator, key="k", values=(USER,))
        assert conditions_hold(say("allow", "*", "*", clause), (("k", ("alice",)),)) is truth
        given = (("aws:username", ("alice",)), ("k", ("alice",)))
        assert conditions_hold(say("allow", "*", "*", clause), given) is not truth
    several = Condition(operator="StringEquals", key="k", values=(USER, "p", TAG))
    assert resolved(several, {}).values == ("p", "none")
    assert resolved(IS_P, {}) is IS_P


PATTERNS = tuple("".join(p) for p in product(("s:", "t:", "*", "?:"), ("a", "get", "g*", "*t", "?", "")))


def test_a_long_list_of_actions_means_what_its_patterns_mean():
    assert len(PATTERNS) > 16
    for size in (3, 15, 16, 17, len(PATTERNS)):
        for start in range(len(PATTERNS) - size + 1):
            chosen = PATTERNS[start : start + size]
            for action in ("s:a", "t:get", "u:g", "x", "", "u:got", "s:"):
                meant = any(evaluate.glob(pattern, action) for pattern in chosen)
                assert applies(Statement(effect="allow", actions=chosen), ask(action)) is meant, (chosen, action)


def test_only_the_statements_that_name_the_action_decide_about_it():
    beside = say("allow", "s:*", actions_negated=True)
    rows = (say("allow", "s:a"), say("deny", "t:*"), beside, say("deny", "s:b"), ALLOW)
    everything = who(*rows, ceilings=(rows[1:], rows[:2]))
    for action in ("s:a", "s:b", "t:a", "u:a"):
        few = naming(everything, action)
        assert decide(few, ask(action)) == decide(everything, ask(action))
        for layer in (few.statements, *few.ceilings):
            assert all(applies(statement, ask(action)) for statement in layer)
        assert len(few.ceilings) == 2
    assert naming(everything, "s:a").statements == (rows[0], ALLOW)
    assert naming(everything, "u:a").ceilings == ((beside, ALLOW), ())
