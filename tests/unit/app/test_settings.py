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


def test_roots_and_modules() -> None:
    text = (
        '[terraform]\nvendor = "third_party"\nmodules = { "acme/iam/aws" = "vendor/iam" }\n'
        '[[terraform.root]]\npath = "infra"\nenvironment = "live"\nvar_files = ["live.tfvars"]\n'
        'variables = { debug = false, zones = ["a"] }\n'
        '[[terraform.root]]\npath = "infra"\nenvironment = "test"\nworkspace = "default"\n'
    )
    found = read_settings(MemoryTree({"nhilint.toml": text}))
    assert (found.vendor, found.modules) == ("third_party", (("acme/iam/aws", "vendor/iam"),))
    assert [(one.path, one.environment, one.workspace, one.var_files, one.variables) for one in found.declared] == [
        ("infra", "live", "", ("live.tfvars",), '{"debug": false, "zones": ["a"]}'),
        ("infra", "test", "default", (), ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text, message, help",
    [
        ('[[terraform.root]]\npth = "a"\n', "unknown key of `[[terraform.root]]` `pth`", "did you mean `path`?"),
        ('[[terraform.root]]\nenvironment = "a"\n', "a `[[terraform.root]]` has no `path`", ""),
        ("[[terraform.root]]\npath = 1\n", "the setting `terraform.root.path` must be a string", ""),
        ('[terraform.root]\npath = "a"\n', "`terraform.root` must be tables `[[terraform.root]]`", ""),
        (
            '[[terraform.root]]\npath = "a"\n[[terraform.root]]\npath = "a"\n',
            "the environment `` of `a` stands twice",
            None,
        ),
        ('[terraform.modules]\n"a/b/c" = 1\n', "the setting `terraform.modules.a/b/c` must be a string", ""),
        ('[terraform]\nvendors = "a"\n', "unknown setting `terraform.vendors`", "did you mean `terraform.vendor`?"),
    ],
)
def test_what_is_wrong_in_roots_is_said(text: str, message: str, help: str | None) -> None:
    with pytest.raises(SettingsError) as problem:
        read_settings(MemoryTree({"nhilint.toml": text}))
    assert problem.value.message == message
    assert help is None or problem.value.help == help


def test_releases() -> None:
    text = (
        '[[helm.release]]\nchart = "./charts/app/"\nname = "web"\nnamespace = "prod"\nvalues = ["live.yaml"]\n'
        'environment = "live"\n[[helm.release]]\nchart = "."\n'
    )
    found = read_settings(MemoryTree({"nhilint.toml": text})).releases
    assert [(one.chart, one.name, one.namespace, one.values, one.environment, one.settings) for one in found] == [
        ("charts/app", "web", "prod", ("live.yaml",), "live", "nhilint.toml"),
        ("", "", "", (), "", "nhilint.toml"),
    ]


@pytest.mark.parametrize(
    "text, message",
    [
        ('[[helm.release]]\nname = "a"\n', "a `[[helm.release]]` has no `chart`"),
        (
            '[[helm.release]]\nchart = "a"\nvalues = "b"\n',
            "the setting `helm.release.values` must be a list of strings",
        ),
        ('[[helm.release]]\nchart = "a"\nvalue = "b"\n', "unknown key of `[[helm.release]]` `value`"),
        ('[helm]\nrelease = "a"\n', "`helm.release` must be tables `[[helm.release]]`"),
    ],
)
def test_what_is_wrong_in_releases_is_said(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as problem:
        read_settings(MemoryTree({"nhilint.toml": text}))
    assert problem.value.message == message
