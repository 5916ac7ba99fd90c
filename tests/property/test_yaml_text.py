"""What is written as YAML is read back as it was, by our reader and by PyYAML's plain loader."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nhilint.catalog.drafting.yamltext import write_yaml
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.sources.yamldoc import parse_yaml

TRICKY = st.sampled_from(
    [
        "*", "<bucket>", "yes", "No", "on", "OFF", "null", "~", "", " a", "a ", "111122223333", "012", "1_000", "0x1f",
        "1e3", "2026-11-25", "12:30:00", "a: b", "a #b", "a:", "- a", "-", "?", "&a", "!t", "%", "@x", "`x`", "a\nb",
        "s3:GetObject", "arn:aws:s3:::b/*", "{a}", "[a]", "a,b", "a]", "\t", "\u2028", "\ufeffx", "é",
        "${aws:username}", "=", "<<", ".inf", "+1", "a  b", "'", '"', "\\", "\x85", "repo:acme/shop:*", "[0-9]{12}", "http://x.y/z",
    ]
)  # fmt: skip
TEXT = TRICKY | st.text(max_size=20) | st.text(alphabet="abc :#,[]{}*-<>/'\"\\\n", max_size=12)
LEAF = TEXT | st.booleans() | st.integers(-5, 10**12)
TREE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)
NAMES = st.sampled_from(["allow", "tests", "parameters", "id", "deny", "purpose"])


def readable(value: object) -> bool:
    """YAML has no text for half a pair of code units."""
    if isinstance(value, str):
        return not any(0xD800 <= ord(letter) < 0xE000 for letter in value)
    if isinstance(value, dict):
        return all(readable(key) and readable(item) for key, item in value.items())
    return all(readable(item) for item in value) if isinstance(value, list) else True


def plain(node: Node) -> object:
    match node:
        case Map(entries=entries):
            return {key: plain(value) for key, value in entries.items()}
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Scalar(value=value):
            return value
    raise AssertionError(node)


@settings(max_examples=400, deadline=None)
@given(
    value=st.dictionaries(NAMES | TEXT, TREE, min_size=1, max_size=4).filter(readable), comment=TEXT.filter(readable)
)
def test_round_trip(value: dict[str, object], comment: str) -> None:
    text = write_yaml(value, (comment,))
    assert yaml.safe_load(text) == value
    read = parse_yaml("role.yaml", text)
    assert not read.errors
    assert [plain(document) for document in read.documents] == [value]


@given(words=st.lists(st.sampled_from(["purpose", "of", "this", "long", "role"]), min_size=20, max_size=90))
def test_long_sentences_are_folded_and_read_back(words: list[str]) -> None:
    value = {"purpose": " ".join(words), "allow": [{"actions": ["s3:GetObject"], "why": " ".join(words)}]}
    text = write_yaml(value)
    assert yaml.safe_load(text) == value
    assert max(map(len, text.splitlines())) <= 120
