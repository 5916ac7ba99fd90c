"""The table of functions against `terraform metadata functions`: the same names, and the same parameters."""

import json
import shutil
import subprocess

import pytest

from nhilint.sources.terraform.functions import table
from nhilint.sources.terraform.signatures import FURTHER, SIGNATURES, Parameter, read, signature
from nhilint.sources.terraform.typed import Type

TERRAFORM = shutil.which("terraform")
SPECIAL = {"try", "can"}


def test_every_function_with_a_signature_is_implemented() -> None:
    assert set(table()) | SPECIAL == set(SIGNATURES) | set(FURTHER)


def as_type(written: object) -> Type:
    if isinstance(written, str):
        return read("any" if written == "dynamic" else written)
    assert isinstance(written, list)
    return Type(written[0], as_type(written[1]))


@pytest.mark.skipif(TERRAFORM is None, reason="the `terraform` binary is not installed")
def test_the_signatures_are_those_of_terraform() -> None:
    done = subprocess.run(
        [str(TERRAFORM), "metadata", "functions", "-json"], capture_output=True, text=True, check=True
    )
    real = json.loads(done.stdout)["function_signatures"]
    names = {name for name in real if "::" not in name}
    assert names == set(SIGNATURES)
    for name in names:
        found = [*real[name].get("parameters", []), *filter(None, [real[name].get("variadic_parameter")])]
        parameters = tuple(
            Parameter(as_type(one["type"]), one.get("is_nullable", False), one is real[name].get("variadic_parameter"))
            for one in found
        )
        assert signature(name) == parameters, name
