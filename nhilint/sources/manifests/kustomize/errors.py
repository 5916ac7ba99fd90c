"""What a kustomization can not be rendered for; always with the place that says it."""

from __future__ import annotations

from nhilint.model.errors import NhilintError


class KustomizeError(NhilintError):
    """A step of a kustomization that can not be done."""
