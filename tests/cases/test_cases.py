"""Runs the literate cases: every `##` heading of a Markdown file here is one tree with the decisions it must give."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.algebra.glob import matches
from nhilint.algebra.values import Request
from nhilint.app.settings import read_settings
from nhilint.model.facts import IdentityKey
from nhilint.model.snapshot import Snapshot, permissions_of, trust_of, unite
from nhilint.sources.load import load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions

_FENCE = re.compile(r"^```(\S+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MAY = re.compile(r"(\S+) may (not |perhaps )?(\S+) on (\S+)")
_LETS = re.compile(r"(\S+) (lets|does not let) (\S+) do (\S+)(?: with (.+))?")
_HAS = re.compile(r"(\S+) has (no )?(\S+) (\S+)")
_BECOMES = re.compile(r"(strangers|strangers perhaps|nobody) becomes? (\S+) by (\S+)")
_VERDICTS = {"": ("allowed",), "not ": ("implicitly-denied", "explicitly-denied"), "perhaps ": ("undecided",)}


class Case(NamedTuple):
    files: dict[str, str]
    expected: tuple[str, ...]


def read_cases(text: str) -> dict[str, Case]:
    """Headings to cases; a case without a file or without an expectation is a mistake of the author."""
    cases: dict[str, Case] = {}
    for part in re.split(r"^## +", text, flags=re.MULTILINE)[1:]:
        title = part.split("\n", 1)[0].strip()
        blocks = _FENCE.findall(part)
        files = {name: body for _, name, body in blocks if name}
        lines = [line.strip() for word, _, body in blocks if word == "expect" for line in body.splitlines()]
        expected = tuple(line for line in lines if line)
        assert files, f"case `{title}` needs a file"
        assert expected, f"case `{title}` needs an expectation"
        assert title not in cases, f"case `{title}` stands twice"
        cases[title] = Case(files, expected)
    return cases


def cases_in(folder: Path) -> list[Any]:
    """The cases of all Markdown files of a folder but its README, as parameters of a test."""
    return [
        pytest.param(case, id=f"{path.stem}: {title}")
        for path in sorted(folder.glob("*.md"))
        if path.stem != "README"
        for title, case in read_cases(path.read_text(encoding="utf-8")).items()
    ]


def snapshot_of(files: dict[str, str]) -> Snapshot:
    tree = MemoryTree(files)
    loaded = load(tree, LoadOptions(repository=read_settings(tree).repository))
    facts = [
        import_module(f"nhilint.platforms.{name}").interpret(loaded.documents)
        for name in ("aws", "github", "kubernetes")
    ]
    return unite(facts, loaded.unresolved, loaded.moved)


def check(snapshot: Snapshot, line: str) -> None:
    if line.startswith("unresolved "):
        wanted = line.removeprefix("unresolved ")
        found = [f"{u.cause}: {u.what}: {u.why}" for u in snapshot.unresolved]
        assert any(wanted in text for text in found), f"{line}; unresolved are {found}"
        return
    asked = _LETS.fullmatch(line)
    if asked is not None:
        check_trust(snapshot, line, *asked.groups())
        return
    stated = _HAS.fullmatch(line)
    if stated is not None:
        check_token(snapshot, line, *stated.groups())
        return
    becomes = _BECOMES.fullmatch(line)
    if becomes is not None:
        check_entry(snapshot, line, *becomes.groups())
        return
    parsed = _MAY.fullmatch(line)
    assert parsed is not None, f"`{line}` is no expectation"
    who, negation, action, resource = parsed.groups()
    key = IdentityKey(who)
    assert key in snapshot.identities, f"{who} is not among {list(snapshot.identities)}"
    platform = import_module(f"nhilint.platforms.{who.partition(':')[0]}")
    asked = import_module(f"{platform.__name__}.requests").parse_request(action, resource)
    permissions = permissions_of(snapshot, key, platform.DIMENSIONS)
    decision = decide(permissions, Request(action=asked.action, point=asked.point))
    assert decision.verdict in _VERDICTS[negation or ""], f"{line}: {decision}"


def check_trust(snapshot: Snapshot, line: str, who: str, word: str, principal: str, action: str, context: str) -> None:
    key = IdentityKey(who)
    assert key in snapshot.identities, f"{who} is not among {list(snapshot.identities)}"
    pairs = [pair.partition("=") for pair in (context or "").split(", ") if pair]
    keys = tuple(sorted((name.lower(), (value,)) for name, _, value in pairs))
    request = Request(action=action.lower(), point=(principal,), context=keys)
    decision = decide(trust_of(snapshot, key), request)
    assert decision.verdict in _VERDICTS["" if word == "lets" else "not "], f"{line}: {decision}"


def check_token(snapshot: Snapshot, line: str, who: str, negation: str | None, claim: str, value: str) -> None:
    assert who in snapshot.identities, f"{who} is not among {list(snapshot.identities)}"
    stated = [dict(token.claims).get(claim, ()) for token in snapshot.tokens if token.identity == who]
    met = any(matches(pattern, value) for patterns in stated for pattern in patterns)
    assert met != bool(negation), f"{line}: {[*map(list, stated)]}"


def check_entry(snapshot: Snapshot, line: str, who: str, target: str, technique: str) -> None:
    assert target in snapshot.identities, f"{target} is not among {list(snapshot.identities)}"
    found = [a for a in snapshot.acceptances if a.identity == target and a.technique == technique]
    said = "nobody" if not found else "strangers" if any(not a.may for a in found) else "strangers perhaps"
    assert said == who, f"{line}: {found}"


@pytest.mark.parametrize("case", cases_in(Path(__file__).parent))
def test_case(case: Case) -> None:
    snapshot = snapshot_of(case.files)
    for line in case.expected:
        check(snapshot, line)
