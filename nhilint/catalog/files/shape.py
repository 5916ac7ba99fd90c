"""The kinds of values that a file of the catalog is made of: the reader holds files against them, and the JSON Schemas
are written from them. Knows neither files nor what any field means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Union


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One string."""

    about: str
    pattern: str = ""
    """Regular expression of the whole; empty: any that is not empty."""
    form: str = ""
    """What the pattern asks for, in words."""
    values: tuple[str, ...] = ()
    """All that it can be; empty: that is open."""
    similar: tuple[str, ...] = ()
    """Words to find the nearest of when the pattern does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date, ISO."""

    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A span of time: a number with one of `units`."""

    about: str
    units: str = "smhd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """True or false."""

    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One string, or a list of at least one."""

    about: str
    empty: bool = False
    """Whether a string may be empty."""
    scalars: bool = False
    """Whether numbers and truth values are meant as they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Names of one's own choice, each with a value of the same kind."""

    about: str
    values: Shape
    keys: Text | None = None
    """What a name has to look like; None: anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields with fixed names."""

    about: str
    fields: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    """At least one of these has to be there."""
    apart: tuple[str, ...] = ()
    """Of these at the most one may be there."""
    help: str = ""
    """What to do when `any_of` is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A list of at least one."""

    about: str
    item: Shape
    what: str
    """One of them, with its article: "a statement"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A map of exactly one name, which says what its value is."""

    about: str
    choices: Mapping[str, Shape]
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """Words, or fields."""

    about: str
    words: Words
    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPlatform:
    """What depends on the platform that the file is about."""

    about: str
    shapes: Mapping[str, Shape]
    type: Literal["array", "object"] = "array"
    """Its type, which is the same on all."""


Shape = Union[Text, Day, Time, Flag, Words, Table, Group, Rows, One, Either, ByPlatform]
