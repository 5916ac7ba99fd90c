"""The dialect of each platform, put together from what its package exports; loaded only when a snapshot needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module

from nhilint.algebra.compact import Part
from nhilint.algebra.universe import OPEN
from nhilint.model.dialect import Dialect
from nhilint.model.document import Document
from nhilint.model.facts import Facts

PLATFORMS = ("aws", "github", "kubernetes")
CLAIMS_ONLY = ("azure", "gcp")
"""Platforms of which only is read who lets whom in: they have no permissions, no techniques and no administrator."""


@cache
def dialect(platform: str) -> Dialect:
    """The dialect of a built-in platform; KeyError when there is none of that name."""
    if platform in CLAIMS_ONLY:
        return _without_permissions(platform)
    if platform not in PLATFORMS:
        raise KeyError(platform)
    package = import_module(f"nhilint.platforms.{platform}")
    techniques = import_module(f"nhilint.platforms.{platform}.techniques")
    describe: Callable[[Part], Mapping[str, object]] = import_module(f"nhilint.platforms.{platform}.entries").describe
    risk = import_module(f"nhilint.platforms.{platform}.risk")
    return Dialect(
        platform=platform,
        dimensions=package.DIMENSIONS,
        vocabulary=package.vocabulary(),
        fill=package.fill,
        describe=describe,
        aspects=risk.aspects,
        trust_aspects=risk.trust_aspects,
        guard=risk.guard,
        admin=techniques.ADMIN,
        administrator_becomes=getattr(package, "ADMINISTRATOR_BECOMES", ""),
        gives_nothing=getattr(package, "gives_nothing", None),
        axes=getattr(package, "AXES", ()),
        techniques=techniques.techniques(),
        always=getattr(package, "ALWAYS", frozenset()),
        signed=getattr(package, "SIGNED", frozenset()),
        signing=getattr(package, "SIGNING", frozenset()),
        segments=getattr(package, "SEGMENTS", None),
        normal=getattr(package, "normal", None),
        write=getattr(package, "write_document", None),
        catalogued=getattr(package, "CATALOGUED", True),
        variables=techniques.variables,
        caller=techniques.caller,
        chosen=techniques.chosen,
    )


def _without_permissions(platform: str) -> Dialect:
    return Dialect(
        platform=platform,
        dimensions=("resource",),
        vocabulary=OPEN,
        fill=None,
        describe=lambda part: {},
        aspects=lambda residue, held: iter(()),
        trust_aspects=lambda residue, held: iter(()),
        guard=lambda key: False,
        admin=(),
        catalogued=False,
    )


class Dialects(Mapping[str, Dialect]):
    """Every built-in dialect by platform name, each made when it is first asked for.

    Listed are the platforms that have permissions; the others are found by their name.
    """

    def __getitem__(self, platform: str) -> Dialect:
        return dialect(platform)

    def __iter__(self) -> Iterator[str]:
        return iter(PLATFORMS)

    def __len__(self) -> int:
        return len(PLATFORMS)


_CLUSTER = ("kube", "aws_eks_access_")
"""How the types of Terraform resources begin that say something of who may do what in a cluster."""


def platforms_of(documents: Sequence[Document]) -> tuple[str, ...]:
    """Every platform that the documents may say something about."""
    found = []
    if any(document.language == "terraform" for document in documents):
        found.append("aws")
    for platform, word in (("azure", "azure"), ("gcp", "google_")):
        if any(document.type.startswith(word) for document in documents):
            found.append(platform)
    if any(document.language == "kubernetes" or document.type.startswith(_CLUSTER) for document in documents):
        found.append("kubernetes")
    if any(document.language == "github" or document.type.startswith("github_") for document in documents):
        found.append("github")
    return tuple(found)


def interpret(documents: Sequence[Document]) -> tuple[Facts, ...]:
    """What every platform that has documents here says about them."""
    return tuple(import_module(f"nhilint.platforms.{name}").interpret(documents) for name in platforms_of(documents))
