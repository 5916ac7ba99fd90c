"""Settings files: where they are found, and what they may say (the rest is held in tests/e2e)."""

from __future__ import annotations

import pytest

from nhilint.app.settings import Settings, SettingsError, read_settings
from nhilint.sources.memory import MemoryTree


def read(**files: str) -> Settings:
    return read_settings(
        MemoryTree({name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()})
    )


def test_defaults() -> None:
    assert read() == Settings()
    assert read(pyproject_dot_toml="[tool.ruff]\n") == Settings()


def test_every_key() -> None:
    text = 'fail_on = "low"\npaths = ["a"]\n[rules]\ndisabled = ["NHI101"]\n[catalog]\npaths = ["c"]\nrequired = true\n'
    text += '[terraform]\nroots = ["r"]\nvar_files = ["v"]\npartition = "aws-cn"\n'
    found = read(nhilint_dot_toml=text)
    assert found.fail_on == "low"
    assert (found.paths, found.disabled, found.catalog_paths) == (("a",), ("NHI101",), ("c",))
    assert found.catalog_required is True
    assert (found.roots, found.var_files, found.partition) == (("r",), ("v",), "aws-cn")


def test_the_nearest_place_wins() -> None:
    assert (
        read(nhilint_dot_toml='fail_on = "low"', pyproject_dot_toml='[tool.nhilint]\nfail_on = "critical"').fail_on
        == "low"
    )
    assert read(pyproject_dot_toml='[tool.nhilint]\nfail_on = "critical"').fail_on == "critical"


@pytest.mark.parametrize("text", ["x = 1", "fail_on = 1", "[rules]\nx = 1", "[a.b]\nc = 1"])
def test_mistakes(text: str) -> None:
    with pytest.raises(SettingsError):
        read(nhilint_dot_toml=text)
