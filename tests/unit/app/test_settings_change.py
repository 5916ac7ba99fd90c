"""Settings that differ, and whether less blocks under those of head."""

from __future__ import annotations

import pytest

from nhilint.app.judge import compare_settings
from nhilint.app.settings import Settings
from nhilint.sources.options import RepositoryOptions, RootOptions

SECRET = RootOptions(path="infra", environment="prod", variables='{"password": "hunter2"}')


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        ({}, {"fail_on": "critical"}, ("fail_on", "loosened", "high", "critical")),
        ({}, {"fail_on": "low"}, ("fail_on", "tightened", "high", "low")),
        ({}, {"catalog_required": False}, ("catalog.required", "loosened", "not set", "false")),
        ({"catalog_required": True}, {}, ("catalog.required", "loosened", "true", "not set")),
        ({"catalog_required": False}, {}, ("catalog.required", "tightened", "false", "not set")),
        ({"disabled": ("NHI101",)}, {}, ("rules.disabled", "tightened", "NHI101", "none")),
        (
            {"disabled": ("NHI101",)},
            {"disabled": ("NHI202",)},
            ("rules.disabled", "changed", "NHI101", "NHI202"),
        ),
        ({}, {"paths": ("infra",)}, ("paths", "loosened", "none", "infra")),
        ({"paths": ("infra",)}, {}, ("paths", "tightened", "infra", "none")),
        ({}, {"modules": (("a/b", "c"),)}, ("terraform.modules", "changed", "none", "a/b = c")),
        ({}, {"declared": (SECRET,)}, ("terraform.root", "changed", "none", "infra prod")),
        (
            {"repository": RepositoryOptions(distrust_tags=True)},
            {},
            ("github.distrust_tags", "loosened", "true", "false"),
        ),
    ],
)
def test_one_difference(base: dict[str, object], head: dict[str, object], expected: tuple[str, ...]) -> None:
    (row,) = compare_settings(Settings(**base), Settings(**head))  # type: ignore[arg-type]
    assert (row["setting"], row["direction"], row["base"], row["head"]) == expected


def test_the_file_they_stand_in_is_no_difference() -> None:
    assert list(compare_settings(Settings(source="nhilint.toml"), Settings(source="pyproject.toml"))) == []


def test_values_of_variables_are_not_shown() -> None:
    (row,) = compare_settings(Settings(), Settings(declared=(SECRET,)))
    assert "hunter2" not in str(row)
