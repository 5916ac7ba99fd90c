"""The join of tokens and trust against the naive one, on random claims and clauses of a small universe."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from nhilint.algebra.values import Condition, literal
from nhilint.graph.federation import federate
from nhilint.model.facts import Acceptance, Facts, Identity, IdentityKey, Token, Via
from nhilint.model.snapshot import unite
from nhilint.model.span import Span
from tests.spec import federation as spec

CLAIMS = ("sub", "aud")
# Long enough for whatever globs of two letters have in common, and with one letter that no pattern has.
WORDS = tuple("".join(letters) for size in range(4) for letters in product("ab:z", repeat=size))
SPAN = Span("main.tf", 1)

globs = st.text("ab:*?", min_size=1, max_size=2)
claims = st.sampled_from(CLAIMS)
qualifiers = st.sampled_from(["", "", "", "ForAnyValue", "ForAllValues"])
suffixes = st.sampled_from(["", "", "IfExists"])


def clauses_of(operators: list[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[spec.Clause]:
    spelt = st.builds(str.__add__, st.sampled_from(operators), suffixes)
    return st.tuples(qualifiers, spelt, claims, st.lists(values, min_size=1, max_size=2).map(tuple))


clauses = st.one_of(
    clauses_of(["StringLike", "StringNotLike"], globs),
    clauses_of(["StringEquals", "StringNotEquals"], st.text("ab:", min_size=1, max_size=2)),
)
# A claim that is stated by a glob of its own; not every claim is.
stated = st.dictionaries(claims, st.lists(globs, min_size=1, max_size=2).map(tuple), max_size=2)


def condition(clause: spec.Clause) -> Condition:
    qualifier, operator, claim, values = clause
    plain = operator.removesuffix("IfExists")
    patterns = values if plain.endswith("Like") else tuple(map(literal, values))
    exists = operator.endswith("IfExists")
    return Condition(operator=plain, key=claim, values=patterns, qualifier=qualifier, if_exists=exists)  # type: ignore[arg-type]


def plain(clause: spec.Clause, said: dict[str, tuple[str, ...]]) -> spec.Clause:
    return clause if clause[2] in said else ("", *clause[1:])


def joined(
    said: dict[str, tuple[str, ...]], allowed: list[spec.Clause], denied: list[list[spec.Clause]]
) -> tuple[bool, str]:
    """Whether there is an edge; and why it is not known."""
    a, b = (
        Identity(key=IdentityKey(f"x:role/{name}"), platform="x", kind="role", name=name, span=SPAN) for name in "ab"
    )
    token = Token(identity=a.key, issuer="issuer", claims=tuple(sorted(said.items())), span=SPAN)
    acceptance = Acceptance(
        identity=b.key,
        issuer="issuer",
        clauses=tuple(map(condition, allowed)),
        unless=tuple(tuple(map(condition, deny)) for deny in denied),
        via=Via(grant="t", span=SPAN),
        why="it is trusted",
    )
    snapshot = unite([Facts(identities=(a, b), tokens=(token,), acceptances=(acceptance,))], (), ())
    found = federate(snapshot, lambda *_: (True, ""))
    edges = [edge for edge in found.edges if edge.source == a.key]
    for edge in edges:
        proof = {claim: (value,) for claim, value in edge.claims if value in WORDS}
        # What the proof leaves open may be as anybody likes; what it says is let in.
        assert spec.meets({**said, **proof}, allowed, denied, dict.fromkeys(CLAIMS, WORDS))
    return bool(edges), "; ".join(why for _, why in found.undecided)


@settings(max_examples=300, deadline=None)
@given(stated, st.lists(clauses, max_size=3), st.lists(st.lists(clauses, min_size=1, max_size=2), max_size=2))
def test_there_is_an_edge_exactly_where_a_token_is_let_in(
    said: dict[str, tuple[str, ...]], allowed: list[spec.Clause], denied: list[list[spec.Clause]]
) -> None:
    # A claim that nobody states may have several values, which the naive join does not know; words about sets need one.
    allowed = [plain(clause, said) for clause in allowed]
    denied = [[plain(clause, said) for clause in deny] for deny in denied]
    relevant = {claim for _, _, claim, _ in (*allowed, *(c for deny in denied for c in deny))} | set(said)
    wanted = spec.meets(said, allowed, denied, dict.fromkeys(sorted(relevant), WORDS))
    edge, doubt = joined(said, allowed, denied)
    assert edge == wanted or (doubt and not edge), (said, allowed, denied)
