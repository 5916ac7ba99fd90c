"""A module model says what the real module says: the same identities, grants, trusts and attachments, up to places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.corpus import model_pairs
from tests.corpus.model_pairs import Held

pytestmark = pytest.mark.corpus
HELD = list(model_pairs.held_models())
if not HELD:
    pytest.skip("NHILINT_CORPUS names no folder with the modules", allow_module_level=True)


def differences(real: Any, model: Any, at: str = "") -> list[str]:
    """Where two plain values differ, shortly."""
    if isinstance(real, dict) and isinstance(model, dict):
        found = [f"{at}.{key}: only real" for key in real.keys() - model.keys()]
        found += [f"{at}.{key}: only model" for key in model.keys() - real.keys()]
        return found + [row for key in real.keys() & model.keys() for row in differences(real[key], model[key], f"{at}.{key}")]
    if isinstance(real, list) and isinstance(model, list) and len(real) == len(model):
        return [row for i, (a, b) in enumerate(zip(real, model, strict=True)) for row in differences(a, b, f"{at}[{i}]")]
    return [] if real == model else [f"{at}:\n  real:  {real!r:.600}\n  model: {model!r:.600}"]


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.name)
def test_the_calls_written_for_it(held: Held) -> None:
    found, count = [], 0
    for name, around, arguments in model_pairs.cases(held):
        real, model = model_pairs.both(held, name, around, arguments)
        found += differences(real, model, name)
        assert any(real[part] for part in ("identities", "grants", "policies")) or "none" in name, name
        count += 1
    assert count >= 5, f"{count} calls are too few"
    assert not found, "\n".join(found)


@pytest.mark.parametrize("held", [held for held in HELD if held.since], ids=lambda held: held.name)
def test_the_first_version_that_gives_the_same(held: Held) -> None:
    found, older = [], replace(held, tag=held.since)
    declared = model_pairs.asked_for(older)
    for name, around, arguments in model_pairs.cases(held):
        # A call that asks for a later input can not be one of the older version.
        if model_pairs.given(arguments) <= declared:
            found += differences(*model_pairs.both(older, name, around, arguments), name)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.name)
def test_the_examples_of_the_library(held: Held) -> None:
    found = []
    for folder, real, model in model_pairs.examples(held):
        found += differences(model_pairs.facts(real, folder), model_pairs.facts(model, folder), folder)
    assert not found, "\n".join(found)
