"""What the permissions of an identity are written in besides itself: managed policies, groups, boundaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from nhilint.algebra.values import display
from nhilint.model.facts import Carrier, Identity, IdentityKey, Layer
from nhilint.model.span import Span

_THEIRS = "iam::aws:policy/"


@dataclass(slots=True)
class Carriers:
    """What is collected while policies are attached."""

    found: list[Carrier] = field(default_factory=list)

    def policy(self, arn: str, holder: IdentityKey, span: Span, layer: Layer, may: tuple[str, ...]) -> None:
        """An attached managed policy, or a boundary. One of AWS's own has no word, because nobody can rewrite it."""
        theirs = _THEIRS in display(arn)
        if theirs and layer != "boundary":
            return
        self.found.append(
            Carrier(
                identity=holder,
                kind="boundary" if layer == "boundary" else "managed policy",
                name=display(arn).rpartition("/")[2],
                span=span,
                variables=() if theirs else (("arn", arn),),
                may=may,
            )
        )

    def group(self, group: Identity, arn: str, members: Iterable[IdentityKey], span: Span) -> None:
        """A group, for itself and for each member; its policies hold the members' permissions as well."""
        own = Carrier(identity=group.key, kind="group", name=group.name, span=span, variables=(("arn", arn),))
        policies = [one for one in self.found if one.identity == group.key and one.kind == "managed policy"]
        for member in members:
            self.found.append(replace(own, identity=member))
            self.found.extend(replace(one, identity=member, kind="group policy") for one in policies)
        self.found.append(own)
