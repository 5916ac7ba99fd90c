"""Generated expressions: nhilint and the real Terraform give the same values, and know the same before apply.

`NHILINT_CASES` sets how many (10,000 for a full run), `NHILINT_SEED` which. What may differ is listed with its reason.
"""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Text, Unknown
from nhilint.sources.terraform.typed import Type, attribute_types, type_of
from nhilint.sources.terraform.values import Failure, SetValue, encoded_parts, known, number_text, plain
from tests.differential.terraform_arguments import CALLS
from tests.differential.terraform_generator import Case, Generator
from tests.differential.terraform_laboratory import TERRAFORM, Answers, Digits, Nhilint, ask_terraform

pytestmark = pytest.mark.skipif(
    not TERRAFORM,
    reason="the `terraform` binary is not installed, and no package of PyPI or npm that is pinned here holds it",
)
CASES = int(os.environ.get("NHILINT_CASES", "1000"))
SEED = int(os.environ.get("NHILINT_SEED", "4"))
BATCH = 2_000
STAYS_UNKNOWN = {
    "abspath": "depends on the machine",
    "base64gzip": "depends on the version of the compressor",
    "issensitive": "nhilint does not follow which values are sensitive",
    "p{Greek}": "scripts of Unicode are not known to nhilint",
    "Shift_JIS": "only the common character sets are known to nhilint",
    "IBM037": "only the common character sets are known to nhilint",
    "macintosh": "only the common character sets are known to nhilint",
    '"UTF-16"': "only the common character sets are known to nhilint",
    'cidrsubnets("::ffff:': "IPv4 addresses within IPv6 are not divided by nhilint",
}
"""Where an expression that Terraform computes may be unknown here."""


def generated(count: int, seed: int, *, unknown: float = 0.0) -> list[Case]:
    """Cases for every function, and about as many for the language itself."""
    source = Generator(seed, unknown=unknown)
    each = max(1, round(count * 0.6 / len(CALLS)))
    cases = [source.call(name) for name in sorted(CALLS) for _ in range(each)]
    return cases + [source.construct() for _ in range(max(0, count - len(cases)))]


def canonical(value: object) -> object:
    """Values of both sides in one spelling; numbers as Terraform writes them."""
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in value.items()}
    if isinstance(value, Digits):
        return ("number", "0" if value == "-0" else str(value))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    written = number_text(value)
    return ("number", "0" if written == "-0" else written)


def close(ours: object, theirs: object) -> bool:
    """Whether two numbers differ at most in the last places of a 64-bit float."""
    one, other = float(number_text(ours)) if isinstance(ours, (int, float)) else ours, theirs
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other) == 1:
        return close(ours[0], other[0])  # type: ignore[index]
    return isinstance(one, float) and isinstance(other, Digits) and abs(one - float(other)) <= 1e-14 * abs(one)


def all_close(ours: object, theirs: object) -> bool:
    """Equal but for the last places of numbers."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(all_close, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(all_close(ours[key], theirs[key]) for key in ours)
    return canonical(ours) == canonical(theirs) or close(ours, theirs)


def terraform_type(kind: Type) -> object:
    """A type as Terraform's JSON writes it."""
    if kind.kind in ("list", "set", "map"):
        return [kind.kind, terraform_type(kind.inner)]
    if kind.kind == "tuple":
        return ["tuple", [terraform_type(item) for item in kind.items]]
    if kind.kind == "object":
        return ["object", {name: terraform_type(part) for name, part in attribute_types(kind).items()}]
    return "dynamic" if kind.kind == "any" else kind.kind


def same_type(ours: object, theirs: object) -> bool:
    """Equal types; where nhilint does not say one (a module's outputs, a literal null) any will do."""
    if ours == "dynamic" or ours == theirs:
        return True
    if not isinstance(ours, list) or not isinstance(theirs, list) or ours[0] != theirs[0]:
        return False
    if ours[0] == "tuple":
        return len(ours[1]) == len(theirs[1]) and all(map(same_type, ours[1], theirs[1]))
    if ours[0] == "object":
        return ours[1].keys() == theirs[1].keys() and all(same_type(ours[1][k], theirs[1][k]) for k in ours[1])
    return same_type(ours[1], theirs[1])


def verdict(case: Case, index: int, answers: Answers, ours: Node | Failure) -> str:
    """Empty where both agree, `explained: …` where the difference has a named reason, otherwise the difference."""
    if index in answers.rejected:
        explained = "infinity" in answers.rejected[index]
        return "explained: Terraform can not store infinity" if explained else f"rejected: {answers.rejected[index]}"
    theirs = answers.values[index]
    if isinstance(ours, Failure):
        return f"nhilint fails: {ours.message}; terraform: {theirs!r}"
    if not known(ours):
        reason = next((why for word, why in STAYS_UNKNOWN.items() if word in case.expression), "")
        return f"explained: {reason}" if reason else f"nhilint does not know it; terraform: {theirs!r}"
    if canonical(plain(ours)) == canonical(theirs):
        said = terraform_type(type_of(ours))
        if same_type(said, answers.types[index]):
            return ""
        return f"type: nhilint {said!r}; terraform {answers.types[index]!r}"
    if theirs is None and "format" in case.expression and "null" in case.expression:
        return "explained: Terraform leaves a format of an untyped null unknown even after apply"
    if case.subject in ("log", "pow") and close(plain(ours), theirs):
        return "explained: the last place of a floating point logarithm or power"
    if "length(" in case.expression and all_close(plain(ours), theirs):
        return "explained: whole numbers from functions have 64 bits in Terraform, and so has what is divided by them"
    if theirs == "failed" and re.search(r"&&|\|\|", case.expression):
        return "explained: before Terraform 1.12 `&&` and `||` evaluate both sides always"
    if case.subject == "element" and theirs == "failed" and re.search(r"-\d+\)+$", case.expression):
        return (
            "explained: a negative index of `element` is an error before Terraform 1.12 and counts from the end since"
        )
    return f"nhilint: {plain(ours)!r}; terraform: {theirs!r}"


def report(title: str, cases: list[Case], verdicts: list[str]) -> list[str]:
    """Print the figures; the differences without an explanation."""
    counts = Counter(one for one in verdicts if one.startswith("explained"))
    wrong = [f"{c.expression}\n    {v}" for c, v in zip(cases, verdicts, strict=True) if v and v not in counts]
    print(f"{title}: {len(cases)} cases, seed {SEED}, {len(wrong)} differ without a reason")
    for reason, count in counts.most_common():
        print(f"    {count:5d} {reason}")
    return wrong


def test_known_values_agree(tmp_path: Path) -> None:
    cases = generated(CASES, SEED)
    verdicts: list[str] = []
    for start in range(0, len(cases), BATCH):
        part = cases[start : start + BATCH]
        folder = tmp_path / str(start)
        folder.mkdir()
        answers = ask_terraform(folder, [f'try([{one.expression}], "failed")' for one in part], plan=False)
        nhilint = Nhilint(folder)
        verdicts += [verdict(case, i, answers, nhilint.answer(i)) for i, case in enumerate(part)]
    wrong = report("known values", cases, verdicts)
    assert not wrong, "\n".join(wrong[:40])


def admits(node: Node, value: object) -> bool:
    """Whether a value that is known in part may be the one that Terraform applied."""
    if isinstance(node, Unknown):
        return True
    if isinstance(node, Choice):
        return any(admits(option, value) for option in node.options)
    if isinstance(node, Scalar):
        return canonical(node.value) == canonical(value)
    if isinstance(node, (Text, Encoded)):
        parts = node.parts if isinstance(node, Text) else encoded_parts(node)
        pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in parts)
        return (len(parts) == 1 and not isinstance(parts[0], str)) or (
            isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None
        )
    if isinstance(node, Map):
        if node.open or not isinstance(value, dict):
            return bool(node.open)
        return node.entries.keys() == value.keys() and all(admits(node.entries[key], value[key]) for key in value)
    if node.open or not isinstance(value, list):
        return bool(node.open)
    if isinstance(node, SetValue):
        return all(any(admits(item, one) for item in node.items) for one in value)
    return len(node.items) == len(value) and all(map(admits, node.items, value))


def partial_verdict(case: Case, index: int, answers: Answers, ours: Node | Failure) -> str:
    """What nhilint says of an expression with unknown parts, against the plan and against what was applied."""
    if index in answers.rejected:
        return ""
    if isinstance(ours, Failure):
        return f"nhilint fails: {ours.message}; terraform applies {answers.values[index]!r}"
    if not admits(ours, answers.values[index]):
        return f"nhilint says {ours!r}; terraform applies {answers.values[index]!r}"
    if answers.planned[index] is False and not known(ours):
        reason = next((why for word, why in STAYS_UNKNOWN.items() if word in case.expression), "")
        return f"explained: {reason}" if reason else f"terraform plans {answers.before[index]!r}; nhilint: {ours!r}"
    return ""
