"""One file of an exception to a value, with everything that is wrong with it."""

from __future__ import annotations

from nhilint.catalog.files.conform import conform
from nhilint.catalog.files.fields import callers, permits, text
from nhilint.catalog.files.forms import EXCEPTION
from nhilint.catalog.model import PLATFORMS, Exemption, Problem
from nhilint.model.node import Map


def read_exemption(node: Map) -> tuple[Exemption, list[Problem]]:
    """The exception as far as it can be read; the key of its identity says which statements it may have."""
    word = text(node, "identity").partition(":")[0]
    platform = word if word in PLATFORMS else ""
    exemption = Exemption(
        id=text(node, "id"),
        identity=text(node, "identity"),
        platform=platform,
        allow=permits(node.get("allow"), platform) if platform else (),
        trust=callers(node.get("trust")),
        reason=text(node, "reason"),
        ticket=text(node, "ticket"),
        owner=text(node, "owner"),
        expires=text(node, "expires"),
        span=node.span,
    )
    return exemption, list(conform(node, EXCEPTION, "", platform))
