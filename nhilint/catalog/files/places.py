"""Where in the files of a catalog a key or a value stands, for problems that are found in what was read from them."""

from __future__ import annotations

from collections.abc import Iterable

from nhilint.catalog.files.conform import place_of
from nhilint.catalog.files.fields import scalars, under
from nhilint.model.node import Map, Node, Sequence, scalar_text
from nhilint.model.span import Span


class Places:
    """The maps of all files by where they stand: statements, callers, tests and roles carry that place."""

    def __init__(self, documents: Iterable[Map]) -> None:
        self._maps: dict[Span, Map] = {}
        for document in documents:
            self._add(document)
            # The first key of a file stands where the file does.
            self._maps[document.span] = document

    def _add(self, node: Node) -> None:
        if isinstance(node, Map):
            self._maps[node.span] = node
            for value in node.entries.values():
                self._add(value)
        elif isinstance(node, Sequence):
            for item in node.items:
                self._add(item)

    def key(self, span: Span, *route: str) -> Span:
        """The key at the end of a route below the map that stands there; as far as there is one."""
        node = self._maps.get(span)
        for key in route:
            if not isinstance(node, Map) or key not in node.entries:
                return span
            span, inner = place_of(node, key), node.entries[key]
            node = inner if isinstance(inner, Map) else None
        return span

    def value(self, span: Span, text: str, *route: str) -> Span:
        """The string among the values at the end of a route; of one that is not there, the end of the route."""
        for one in scalars(under(self._maps.get(span), *route)):
            if scalar_text(one) == text:
                return one.span
        return self.key(span, *route)
