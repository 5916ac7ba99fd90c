"""Values proposed for variables: whole, consistent, and among them the one that makes a pattern match a text."""

import pytest

from nhilint.algebra.evaluate import glob, resolve
from nhilint.algebra.ground import Variables, groundings, variables_in
from nhilint.algebra.values import VARIABLE, Condition, Permissions, Request, Scope, Statement, literal, variable

USER, TAG, DEFAULT = variable("aws:username"), variable("k:tag"), variable("k:tag", "none")
BOTH = ("aws:username", "k:tag")


def request(*point, **context):
    given = ((key.replace("__", ":"), values) for key, values in context.items())
    return Request(action="s:a", point=point, context=tuple(sorted(given)))


REQUESTS = (
    request("b/alice"), request(f"b/{USER}"), request(f"b/{USER}/{TAG}"), request("b/a", aws__username=("x",)),
    request("b/a", k__owner=(USER,)), request(f"b/{DEFAULT}"), request(f"{USER}", f"{TAG}", aws__username=("u",)),
    request("b/a", k__owner=("x", TAG), k__tag=("t",)), request(f"b/{USER}", aws__username=(TAG,)), request("", ""),
)  # fmt: skip
PATTERNS = (f"b/{USER}", f"*/{TAG}", f"b/{USER}/*")


def test_every_proposal_is_concrete_and_means_the_request_under_its_own_values():
    for asked in REQUESTS:
        found = list(groundings(Variables(PATTERNS, BOTH), asked))
        assert found
        for real in found:
            context = dict(real.context)
            assert list(context) == sorted(context)
            assert all(values for values in context.values())
            assert real.action == asked.action
            assert not any(VARIABLE in text for text in (*real.point, *(v for vs in context.values() for v in vs)))
            for text, meant in zip(asked.point, real.point, strict=True):
                assert meant == resolve(text, context), (asked, real)
            for key, values in asked.context:
                if key not in BOTH:
                    assert context[key] == tuple(resolve(value, context) for value in values), (asked, real)


def test_a_request_without_variables_comes_first_as_it_is():
    for asked in REQUESTS:
        plain = not any(VARIABLE in text for text in (*asked.point, *(v for _, vs in asked.context for v in vs)))
        found = list(groundings(Variables(PATTERNS, BOTH), asked))
        assert (found[0] == asked) is plain


@pytest.mark.parametrize("pattern,text,value", [
    (f"b/{USER}", "b/alice", "alice"), (f"b/{USER}/x", "b/alice/x", "alice"), (f"{USER}", "alice", "alice"),
    (f"*/{USER}", "a/alice", "alice"), (f"*-{USER}/*", "a-alice/z", "alice"), (f"{USER}/*", "alice/b/c", "alice"),
    (f"b/{USER}/{TAG}", "b/alice/t", "alice"), (f"b/{TAG}/{USER}", "b/t/alice", "alice"),
    (f"b/{USER}-{USER}", "b/alice-alice", "alice"), (f"{literal('*')}{USER}{literal('?')}", "*alice?", "alice"),
    (f"b/{USER}", f"b/{literal('a*')}", "a*"), (f"a{USER}a", "aaa", "a"), (f"**{USER}*", "qalice", "alice"),
    (f"b/{USER}/b/*", "b/b/b/b", "b"),
])  # fmt: skip
def test_the_value_that_makes_a_pattern_match_is_proposed(pattern, text, value):
    asked = Variables((pattern,), BOTH)
    met = [r for r in groundings(asked, request(text)) if glob(resolve(pattern, dict(r.context)) or "", text)]
    assert met, list(groundings(asked, request(text)))
    if "**" not in pattern:
        assert any(dict(r.context).get("aws:username") == (value,) for r in met)


def proposed(pattern, text):
    return {
        dict(r.context).get("aws:username") for r in groundings(Variables((pattern,), ("aws:username",)), request(text))
    }


def test_what_can_not_match_proposes_nothing_of_its_own():
    nothing = {None, ("example",)}
    for pattern, text in (
        (f"b/{USER}", "c/alice"), (f"b/{USER}/x", "b/alice/y"), (f"b/{USER}/x/y", "b/alice"), (f"b/?{USER}", "b/alice"),
        (f"b/{USER}/x", "b//x"), ("b/alice", "b/alice"), (f"ab{USER}ba", "aba"), (f"*z*{USER}", "alice"),
    ):  # fmt: skip
        assert proposed(pattern, text) == nothing, (pattern, text)
    assert proposed(f"b/{USER}", "b/alice") == {None, ("example",), ("alice",)}


def test_a_star_in_a_value_is_shielded_in_the_request_and_plain_in_the_context():
    (first, *_) = groundings(Variables((), BOTH), request(f"b/{USER}", aws__username=("a*",)))
    assert first == request(f"b/{literal('a*')}", aws__username=("a*",))


def test_the_likeliest_comes_first():
    def contexts(asked, patterns=(), keys=("aws:username",)):
        return [dict(r.context).get("aws:username") for r in groundings(Variables(tuple(patterns), keys), asked)]

    # What the request says already, then what a text would have to mean, then a neutral word, then nothing.
    assert contexts(request("b/alice", aws__username=("x",)), [f"b/{USER}"]) == [
        ("x",), ("x",), ("alice",), ("example",), None,
    ]  # fmt: skip
    assert contexts(request(f"b/{USER}")) == [("example",)]
    assert contexts(request("b/a")) == [None, None, ("example",)]
    assert contexts(request(f"b/{variable('aws:username', 'me')}")) == [("example",), None]


def test_keys_that_nothing_speaks_of_are_there_together_or_absent_together():
    found = list(groundings(Variables((), BOTH), request("b/a")))
    assert [r.context for r in found] == [(), (), (("aws:username", ("example",)), ("k:tag", ("example",)))]


def test_a_few_dozen_proposals_at_most():
    patterns = tuple(f"{'*/' * n}{variable(f'k:{n}')}/*" for n in range(12))
    keys = tuple(sorted(f"k:{n}" for n in range(12)))
    assert len(list(groundings(Variables(patterns, keys), request("/".join("abcdefghijklmnop"))))) == 1 + 32


def test_two_keys_may_have_to_change_together():
    patterns = (f"a/{USER}", f"*/{TAG}/x")
    found = [r.context for r in groundings(Variables(patterns, BOTH), request("a/u", "b/t/x"))]
    assert (("aws:username", ("example",)), ("k:tag", ("example",))) in found
    assert (("aws:username", ("u",)), ("k:tag", ("t",))) in found
    assert len(found) == len(set(found)) + (found[0] in found[1:])


def test_the_variables_of_all_layers_and_of_conditions():
    clause = Condition(operator="StringEquals", key="k", values=(f"x{TAG}", "y"))
    first = Statement(effect="allow", actions=("*",), scopes=(Scope(patterns=("c", f"b/{USER}")),))
    second = Statement(effect="deny", actions=("*",), scopes=(Scope(patterns=("*",)),), conditions=(clause,))
    mine = Permissions(dimensions=("resource",), statements=(first,), ceilings=((second,),))
    none = Permissions(dimensions=("resource",), statements=())
    assert variables_in(none, mine) == Variables(tuple(sorted((f"b/{USER}", f"x{TAG}"))), BOTH)
    assert variables_in(none, none) == Variables((), ())
