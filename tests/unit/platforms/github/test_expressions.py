"""Expressions of workflows: what is read, what is not, and what `if` says about event and ref."""

from __future__ import annotations

import pytest

from nhilint.algebra.values import display
from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.github.conditions import Facts, chosen, truth
from nhilint.platforms.github.expressions import Binary, Call, Context, Hole, Literal, Not, contexts, parse, split
from nhilint.platforms.github.occasions import glob
from nhilint.platforms.github.values import Names, patterns

PLACE = Span("w.yml", 1)


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("'it''s'", Literal("it's")),
        ("1.5", Literal(1.5)),
        ("0x1F", Literal(31.0)),
        ("true", Literal(True)),
        ("NULL", Literal(None)),
        ("secrets.Token", Context(("secrets", "token"))),
        ("secrets['a-b']", Context(("secrets", "a-b"))),
        ("needs.*.result", Context(("needs", "*", "result"))),
        ("a.b[0].c", Context(("a", "b", "0", "c"))),
        ("!a", Not(Context(("a",)))),
        ("!!a", Not(Not(Context(("a",))))),
        ("a || b && c", Binary("||", Context(("a",)), Binary("&&", Context(("b",)), Context(("c",))))),
        ("a == 'x'", Binary("==", Context(("a",)), Literal("x"))),
        ("toJSON(secrets)", Call("tojson", (Context(("secrets",)),))),
        ("(a)", Context(("a",))),
    ],
)
def test_expressions_are_read(source: str, tree: object) -> None:
    assert parse(source) == tree


@pytest.mark.parametrize(
    "source", ["", "a ||", "a b", "(a", "'open", "a..b", "f(a,", "a & b", "#", "(" * 200 + "a" + ")" * 200]
)
def test_what_is_no_expression_is_not_read(source: str) -> None:
    assert parse(source) is None


def test_an_index_that_is_computed_is_kept() -> None:
    tree = parse("secrets[format('K_{0}', matrix.env)]")
    assert isinstance(tree, Context)
    assert tree.path == ("secrets", "[]")
    assert [context.path for context in contexts(tree)] == [("secrets", "[]"), ("matrix", "env")]


def test_braces_inside_strings_do_not_end_a_hole() -> None:
    found = split("a ${{ '}}' }} b ${{ x }}")
    assert [piece.source if isinstance(piece, Hole) else piece for piece in found] == ["a ", "'}}'", " b ", "x"]
    assert split("a ${{ open") == ("a ${{ open",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ("plain",)),
        ("${{ inputs.env }}", ("dev", "prod")),
        ("x-${{ inputs.env || 'none' }}", ("x-dev", "x-prod", "x-none")),
        ("${{ github.event_name == 'push' && 'a' || 'b' }}", ("a", "b")),
        ("${{ matrix.os }}", ("linux", "${{ steps.x }}")),
        ("${{ vars.NAME }}", ("${vars.name}",)),
        ("${{ format('{0}-{{x}}-{1}', inputs.env, 1) }}", ("dev-{x}-1", "prod-{x}-1")),
        ("${{ inputs.other }}", ("${inputs.other}",)),
        ("*", ("*",)),
    ],
)
def test_texts_become_patterns(text: str, expected: tuple[str, ...]) -> None:
    from nhilint.model.node import Map, Sequence

    matrix = Map({"os": Sequence((Scalar("linux", PLACE), Scalar("${{ steps.x }}", PLACE)), PLACE)}, PLACE)
    names = Names(inputs={"env": ("dev", "prod")}, matrix=matrix)
    shown = tuple(map(display, patterns(text, names)))
    if text == "${{ matrix.os }}":
        assert shown == ("linux", "${steps.x}")
    else:
        assert shown == expected


def test_too_many_alternatives_are_one_unknown_string() -> None:
    names = Names(inputs={"a": tuple(map(str, range(20)))})
    assert len(patterns("${{ inputs.a }}", names)) == 20
    assert len(patterns("${{ inputs.a }}${{ inputs.a }}", names)) == 1


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("main", "main"),
        ("release/**", "release/*"),
        ("v[12].[0-9]+", "v*.*"),
        ("ab?c", "a*c"),
        ("**", "*"),
        (r"a\*b", "a\ue010b"),
    ],
)
def test_filters_become_globs_that_take_in_as_much(pattern: str, expected: str) -> None:
    assert glob(pattern) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("github.event_name == 'PUSH'", True),
        ("github.event_name != 'push'", False),
        ("${{ github.event_name == 'push' }}", True),
        ("${{ github.event_name == 'push' }} && false", False),
        ("github.ref == 'refs/heads/main'", True),
        ("github.ref_name == 'main'", True),
        ("github.ref_type == 'tag'", False),
        ("startsWith(github.ref, 'refs/heads/')", True),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("contains(github.ref, 'ai')", True),
        ("always()", True),
        ("failure()", None),
        ("github.actor == 'x'", None),
        ("github.actor == 'x' && github.event_name == 'pull_request'", False),
        ("github.actor == 'x' || github.event_name == 'push'", True),
        ("!(github.event_name == 'push')", False),
        ("github.event.pull_request.draft == false", True),
        ("github.repository == 'acme/infra'", True),
        ("github.repository == 'octo/infra'", False),
        ("not an expression", None),
    ],
)
def test_an_if_is_decided_as_far_as_it_can_be(condition: str, expected: bool | None) -> None:
    facts = Facts(event="push", ref="refs/heads/main", repository="acme/infra")
    assert truth([Scalar(condition, PLACE)], facts) is expected


@pytest.mark.parametrize(
    ("condition", "expected", "open_to_them"),
    [
        ("github.event.pull_request.head.repo.full_name == github.repository", False, True),
        ("github.event.pull_request.head.repo.fork == true", True, True),
        ("github.event.pull_request.user.login == 'renovate[bot]'", False, True),
        ("github.actor == 'renovate[bot]'", None, False),
        ("contains(fromJSON('[\"OWNER\"]'), github.event.comment.author_association)", False, True),
        ("contains(github.event.comment.body, '/run')", None, True),
        ("contains(github.event.pull_request.labels.*.name, 'safe')", None, False),
    ],
)
def test_what_an_if_says_to_strangers(condition: str, expected: bool | None, open_to_them: bool) -> None:
    facts = Facts(event="pull_request_target", ref="refs/heads/main", stranger=True)
    node = Scalar(condition, PLACE)
    assert truth([node], facts) is expected
    if expected is None:
        assert chosen([node], facts) is open_to_them
