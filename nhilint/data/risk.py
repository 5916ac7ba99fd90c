"""The tables of risk: sensitive classes with their sources, and the rule that makes a band of each part."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple


class Class(NamedTuple):
    """One class of power."""

    weight: str
    says: str
    """The words of a report, as a verb without its subject: "reads secrets"."""


class Scale(NamedTuple):
    """How parts make a band."""

    bands: tuple[str, ...]
    """From nothing to worst."""
    breadths: tuple[str, ...]
    """From little to much."""
    weights: Mapping[str, Mapping[str, str]]
    """Weight to breadth to band."""
    classes: Mapping[str, Class]
    """In the order they are said."""
    levels: Mapping[str, str]
    """Access level to weight."""
    future: Mapping[str, str]
    """How far a wildcard reaches (`verb`, `service`, `everything`) to weight."""
    loosened: Mapping[str, str]
    """What kind of limit went (`guard`, `other`, `denied`) to band."""
    trust: Mapping[str, str]
    """Who was let in to band."""

    def worst(self, *bands: str) -> str:
        """The highest of the bands; the lowest there is without any."""
        return max(bands, key=self.bands.index, default=self.bands[0])

    def widest(self, *breadths: str) -> str:
        """The widest of one or more breadths."""
        return max(breadths, key=self.breadths.index)

    def narrowest(self, *breadths: str) -> str:
        """The narrowest of one or more breadths."""
        return min(breadths, key=self.breadths.index)


class AwsClass(NamedTuple):
    """Action patterns that give one class of power; `service` only for what a role is passed to."""

    name: str
    source: str
    actions: tuple[str, ...]
    """As the vendor spells them."""
    service: str = ""


class Narrowing(NamedTuple):
    """Condition keys that limit which resources a wide pattern reaches."""

    to: str
    """The breadth that is left at most."""
    source: str
    keys: tuple[str, ...]
    """Globs of lower-case keys."""


class Harmless(NamedTuple):
    """Where a class has no meaning."""

    name: str
    source: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    """As in a policy: globs, and `${…}` for policy variables."""


class AwsRisk(NamedTuple):
    """What is sensitive in AWS."""

    classes: tuple[AwsClass, ...]
    launchers: tuple[AwsClass, ...]
    crossing: frozenset[str]
    """Service prefixes whose resources another account can open."""
    telemetry: tuple[str, ...]
    """Actions that write logs, metrics and traces."""
    harmless: tuple[Harmless, ...]
    narrowing: tuple[Narrowing, ...]
    guards: tuple[str, ...]
    """Globs of lower-case condition keys."""


class KubernetesClass(NamedTuple):
    """Requests that give one class of power: any verb on any resource."""

    name: str
    source: str
    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]


class GithubClass(NamedTuple):
    """Permissions of a workflow's token that give one class of power."""

    name: str
    source: str
    actions: tuple[str, ...]


@cache
def scale() -> Scale:
    """The rule of the bands."""
    table = _read("risk.toml")
    weights = {name: {b: row[b] for b in table["breadths"]} for name, row in table["weights"].items()}
    return Scale(
        bands=tuple(table["bands"]),
        breadths=tuple(table["breadths"]),
        weights=weights,
        classes={name: Class(row["weight"], row["says"]) for name, row in table["classes"].items()},
        levels=table["levels"],
        future=table["future"],
        loosened=_without_why(table["loosened"]),
        trust=_without_why(table["trust"]),
    )


@cache
def aws_risk() -> AwsRisk:
    """The sensitive classes of AWS and what makes a grant on it wide or narrow."""
    table = _read("aws_risk.toml")
    return AwsRisk(
        classes=tuple(AwsClass(r["name"], r["source"], tuple(r["actions"])) for r in table["class"]),
        launchers=tuple(
            AwsClass("compute-with-role", r["source"], tuple(r["actions"]), r["service"]) for r in table["launcher"]
        ),
        crossing=frozenset(table["crossing"]["services"]),
        telemetry=tuple(table["telemetry"]["actions"]),
        harmless=tuple(
            Harmless(r["class"], r["source"], tuple(r["actions"]), tuple(r["resources"])) for r in table["harmless"]
        ),
        narrowing=tuple(Narrowing(r["to"], r["source"], tuple(r["keys"])) for r in table["narrowing"]),
        guards=tuple(table["guards"]["keys"]),
    )


@cache
def kubernetes_risk() -> tuple[KubernetesClass, ...]:
    """The sensitive classes of Kubernetes."""
    return tuple(
        KubernetesClass(r["name"], r["source"], r["group"], tuple(r["resources"]), tuple(r["verbs"]))
        for r in _read("kubernetes_risk.toml")["class"]
    )


@cache
def github_risk() -> tuple[GithubClass, ...]:
    """The sensitive classes of GitHub."""
    rows = _read("github_risk.toml")["class"]
    return tuple(GithubClass(r["name"], r["source"], tuple(r["actions"])) for r in rows)


def _without_why(row: Mapping[str, str]) -> Mapping[str, str]:
    return {name: band for name, band in row.items() if name != "why"}


def _read(name: str) -> dict[str, Any]:
    import tomllib
    from importlib.resources import files

    return tomllib.loads((files("nhilint.data") / name).read_text(encoding="utf-8"))
