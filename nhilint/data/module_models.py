"""The texts of the module models that ship with the package; knows where they lie, not what they say."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class ModelText(NamedTuple):
    """One model as it stands in its file."""

    name: str
    """Place below `nhilint/data/modules`: `terraform-aws-modules/iam/aws/iam-role/6.0.0.hcl`."""
    text: str


@cache
def model_texts(registry: str, submodule: str) -> tuple[ModelText, ...]:
    """The models of one module, oldest first; none for a module without a model.

    `registry` is `namespace/name/provider`, `submodule` the folder below `modules/`, empty for the module itself.
    """
    from importlib.resources import files

    parts = [*registry.split("/"), submodule or "root"]
    if not all(part and part.strip(".") and "\\" not in part for part in parts) or "/" in submodule:
        return ()
    folder = files("nhilint.data") / "modules"
    for part in parts:
        folder = folder / part
        if not folder.is_dir():
            return ()
    texts = [(one.name, one.read_text(encoding="utf-8")) for one in folder.iterdir() if one.name.endswith(".hcl")]
    ordered = sorted(texts, key=lambda text: [int(n) for n in text[0].removesuffix(".hcl").split(".")])
    return tuple(ModelText("/".join([*parts, name]), text) for name, text in ordered)
