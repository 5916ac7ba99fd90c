"""Callers that a role lets in without saying who they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nhilint.algebra.glob import contains
from nhilint.catalog.files.places import Places
from nhilint.catalog.model import Problem, Role, TrustPermit

_WHO: Mapping[str, tuple[tuple[str, ...], str]] = {
    "github": (("repository",), "any repository of GitHub"),
    "kubernetes": (("namespace", "service_account"), "any service account"),
    "oidc": (("issuer",), "a token of any issuer"),
    "aws": (("account", "principal"), "any account of AWS"),
    "service": (("name",), "any service of AWS"),
}
"""The fields of which one has to say something, and who is let in where none does."""
_ANYBODY = {"github": ("*/*",), "aws": ("arn:aws:iam::*:*", "arn:*")}
"""Globs that name everybody too, though they look as if they said something."""
_OIDC_FIELDS = frozenset({"issuer", "audience"})


def open_callers(role: Role, places: Places) -> Iterator[Problem]:
    """Each caller of a role that anybody could be. A role of GitHub is about jobs of one repository."""
    for caller in role.trust or ():
        if role.platform == caller.issuer == "github" or caller.span.path != role.span.path:
            continue
        who = _open(caller)
        if who:
            fields = " or ".join(f"`{name}`" for name in _WHO[caller.issuer][0])
            help = f"say which by {fields}" if who != _CLAIMS else "say which by a claim such as `sub`"
            span = places.key(caller.span, caller.issuer)
            yield Problem(code="open-trust", message=f"the role lets in {who}", span=span, help=help)


_CLAIMS = "every token of the issuer"


def _open(caller: TrustPermit) -> str:
    """Whom a caller stands for, if that is everybody of a kind."""
    names, who = _WHO[caller.issuer]
    if not any(_says(caller, name) for name in names):
        return who
    claims = caller.fields.keys() - _OIDC_FIELDS
    if caller.issuer == "oidc" and not any(_says(caller, name) for name in claims):
        return _CLAIMS
    return ""


def _says(caller: TrustPermit, name: str) -> bool:
    """Whether the field leaves anybody out."""
    every = ("*", *_ANYBODY.get(caller.issuer, ()))
    values = caller.fields.get(name, ())
    return bool(values) and not any(contains(value, glob) for value in values for glob in every)
