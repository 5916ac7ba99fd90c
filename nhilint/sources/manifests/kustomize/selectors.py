"""Which objects a target means: by patterns of kind, name and namespace, by labels and by annotations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from nhilint.model.node import Map
from nhilint.model.node import scalar_text as text
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.resources import Id, Resource

MAX_SELECTOR = 4_000
_PLAIN = re.compile(r"[A-Za-z0-9_/:@-]*")
_SET = re.compile(r"\s*(?P<key>[^\s!=,()]+)\s+(?P<not>notin|in)\s*\((?P<values>[^()]*)\)\s*")
_EQUAL = re.compile(r"\s*(?P<key>[^\s!=,()]+)\s*(?P<op>==|=|!=)\s*(?P<value>[^\s!=,()]*)\s*")
_EXISTS = re.compile(r"\s*(?P<not>!?)\s*(?P<key>[^\s!=,()]+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """What an object has to be; what is empty holds for all."""

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    labels: str = ""
    annotations: str = ""

    def selects(self, one: Resource) -> bool:
        """Whether a patch with this target applies: patterns are regular expressions for the whole word."""
        now, first = one.id, one.original
        return (
            (matches(self.namespace, first.namespace) or matches(self.namespace, now.namespace))
            and (matches(self.name, first.name) or matches(self.name, now.name))
            and matches(self.group, now.group)
            and matches(self.version, now.version)
            and matches(self.kind, now.kind)
            and self.labelled(one)
        )

    def labelled(self, one: Resource) -> bool:
        """Whether labels and annotations are as they are asked for."""
        return fits(self.labels, one.labels) and fits(self.annotations, one.annotations)

    def names(self, one: Id) -> bool:
        """Whether an object is meant word for word, as in replacements."""
        return all(
            not mine or mine == other
            for mine, other in (
                (self.group, one.group),
                (self.version, one.version),
                (self.kind, one.kind),
                (self.name, one.name),
                (self.namespace, one.namespace),
            )
        )

    @property
    def empty(self) -> bool:
        """Whether it names nothing but labels and annotations."""
        return not any((self.group, self.version, self.kind, self.name, self.namespace))


def read_selector(node: Map) -> Selector:
    """A `target`, `select` or `source`."""
    return Selector(
        group=text(node.get("group")),
        version=text(node.get("version")),
        kind=text(node.get("kind")),
        name=text(node.get("name")),
        namespace=text(node.get("namespace")),
        labels=text(node.get("labelSelector")),
        annotations=text(node.get("annotationSelector")),
    )


def matches(pattern: str, word: str) -> bool:
    """Whether a whole word is one of a pattern; an empty pattern takes all."""
    if not pattern or pattern == word:
        return True
    if _PLAIN.fullmatch(pattern):
        return False
    return _matches(f"^(?:{pattern})$", word)


def search(pattern: str, word: str) -> bool:
    """Whether a pattern is found anywhere in a word."""
    return pattern in word if _PLAIN.fullmatch(pattern) else _matches(pattern, word)


@lru_cache(maxsize=4096)
def _matches(pattern: str, word: str) -> bool:
    # A hostile pattern must not cost more than its length: Python's own matcher goes back.
    from nhilint.algebra.regex_match import compiled
    from nhilint.algebra.regex_match import search as find
    from nhilint.algebra.regex_syntax import InvalidPattern, UnknownPattern

    try:
        return find(compiled(pattern), word, 0) is not None
    except (InvalidPattern, UnknownPattern) as error:
        raise KustomizeError(f"the pattern `{pattern}` can not be read: {error}") from None


def fits(selector: str, values: Mapping[str, str]) -> bool:
    """Whether labels are as a label selector asks."""
    return all(_holds(piece, values) for piece in _pieces(selector))


def _pieces(selector: str) -> list[str]:
    """The requirements: cut at commas outside of parentheses."""
    if len(selector) > MAX_SELECTOR:
        raise KustomizeError(f"a selector has more than {MAX_SELECTOR} characters")
    return [piece for piece in re.split(r",(?![^(]*\))", selector) if piece.strip()]


def _holds(piece: str, values: Mapping[str, str]) -> bool:
    if found := _SET.fullmatch(piece):
        among = values.get(found["key"]) in {value.strip() for value in found["values"].split(",")}
        return among != (found["not"] == "notin")
    if found := _EQUAL.fullmatch(piece):
        return (values.get(found["key"]) == found["value"]) != (found["op"] == "!=")
    if found := _EXISTS.fullmatch(piece):
        return (found["key"] in values) != bool(found["not"])
    raise KustomizeError(f"the selector `{piece}` can not be read")
