"""Trust of a role whose identity is the caller itself: the service account of Kubernetes, the job of GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from nhilint.algebra.glob import GlobTooLarge, contains, overlaps
from nhilint.algebra.values import SYMBOL_OPEN, display, literal
from nhilint.catalog.compile import Bindings
from nhilint.catalog.model import TrustPermit
from nhilint.catalog.trust.caller_words import quoted, widened
from nhilint.catalog.trust.callers import filled
from nhilint.catalog.trust.subjects import Told, of_occasion
from nhilint.catalog.verdict import Held, Outsider
from nhilint.model.facts import Identity
from nhilint.model.spellings import REPOSITORY

Known = Mapping[str, tuple[str, ...]]
"""Field of a role to the globs one of which its value is in."""
_JOB = "workflow_job"
_ACCOUNT = "system:serviceaccount:"


def own_texts(identity: Identity) -> Iterator[Told]:
    """What an identity is, field by field."""
    issuer = identity.platform
    for one in _occasions(identity):
        for name, values in one.items():
            yield from ((issuer, name, value) for value in values)


def outside_itself(trust: Sequence[TrustPermit], bindings: Bindings, held: Held) -> tuple[tuple[Outsider, ...], str]:
    """The occasions on which an identity runs and the role does not permit, and the doubt."""
    identity = held.identity
    permits = tuple(_bound(trust, bindings))
    occasions = tuple(_occasions(identity))
    if not occasions and identity.kind == _JOB:
        return (), f"when and where {_named(identity)} runs is not known: nothing in this tree starts or calls it"
    if not occasions:
        return (Outsider(who=_named(identity), span=identity.span),), ""
    found: dict[str, None] = {}
    doubt = ""
    # An account has one name; where no namespace is written, it is one of several.
    rows = [occasions] if identity.kind == "service_account" else [(one,) for one in occasions]
    for names in rows:
        one = names[-1]
        answers = [_permitted(name, permit, identity.platform) for name in names for permit in permits]
        if True in answers:
            continue
        if None in answers:
            doubt = doubt or f"it can not be told whether {_words(one, identity)} is whom the role is for"
        else:
            found[_words(one, identity)] = None
    return tuple(Outsider(who=who, span=identity.span) for who in found), doubt


def caller_of(trust: Sequence[TrustPermit], bindings: Bindings, caller: TrustPermit) -> bool | None:
    """Whether one of the permits takes in a literal caller."""
    known = {name: tuple(map(literal, values)) for name, values in caller.fields.items()}
    answers = [
        _permitted(known, permit, caller.issuer) for permit in _bound(trust, bindings) if permit.issuer == caller.issuer
    ]
    return None if None in answers and True not in answers else True in answers


def _bound(trust: Sequence[TrustPermit], bindings: Bindings) -> Iterator[TrustPermit]:
    for permit in trust:
        fields = {name: filled(values, bindings) for name, values in permit.fields.items()}
        if all(fields.values()):
            yield replace(permit, fields=fields)


def _occasions(identity: Identity) -> Iterator[Known]:
    """What is known of the identity as a caller, once for each way in which it runs; none: it is no such caller."""
    if identity.platform == "kubernetes" and identity.kind == "service_account":
        # The user name has unknown strings as symbols, the name for people has not.
        users = [alias.removeprefix(_ACCOUNT) for alias in identity.aliases if alias.startswith(_ACCOUNT)]
        # Where no namespace is written but bindings choose one, the last name has it, and grants may speak of either.
        for user in users or [identity.name.replace("/", ":", 1)]:
            space, _, name = user.partition(":")
            yield {"namespace": (space,), "service_account": (name,)}
    for occasion in identity.occasions:
        known: dict[str, list[str]] = {}
        for _, name, text in of_occasion(occasion):
            known.setdefault(name, []).append(text)
        yield {name: tuple(values) for name, values in known.items()}


def _permitted(known: Known, permit: TrustPermit, issuer: str) -> bool | None:
    """Whether every value of every field is one that the permit names; None: it hangs on what is not known."""
    if permit.issuer != issuer:
        return False
    answers: list[bool | None] = []
    for name, globs in permit.fields.items():
        values = known.get(name)
        if name == "workflow":
            answers.append(any(_within(value, globs) is True for value in values or ()))
        elif not values:
            # A job that runs on no branch, in no environment, is not one of those that the role names.
            answers.append(None if name == "issuer" else False)
        else:
            told = [_within(value, globs) for value in values]
            answers.append(False if False in told else None if None in told else True)
    return False if False in answers else None if None in answers else True


@lru_cache(maxsize=65_536)
def _within(value: str, globs: tuple[str, ...]) -> bool | None:
    try:
        if any(contains(glob, value) for glob in globs):
            return True
        unknown = SYMBOL_OPEN in value or any(SYMBOL_OPEN in glob for glob in globs)
        return None if unknown and any(overlaps(widened(glob), widened(value)) for glob in globs) else False
    except GlobTooLarge:
        return None


def _named(identity: Identity) -> str:
    kinds = {
        "kubernetes_group": "everybody in the group `{}`",
        "kubernetes_user": "the user `{}`",
        "deploy_key": "whoever has the deploy key `{}`",
    }
    return kinds.get(identity.kind, "`{}`").format(display(identity.name))


def _words(known: Known, identity: Identity) -> str:
    """Who it is, after "the role does not trust"."""
    if identity.kind == "service_account":
        return f"the service account `{display(identity.name)}`"
    words = {"event": "on", "branch": "on branch", "tag": "on tag", "environment": "in environment"}
    said = [
        f"{word.replace('on ', 'on every ', 1)}" if known[name] == ("*",) else f"{word} {quoted(known[name])}"
        for name, word in words.items()
        if known.get(name)
    ]
    where = ""
    if repository := known.get("repository"):
        where = " of this repository" if repository[0] == REPOSITORY else f" of `{display(repository[0])}`"
    return " ".join((f"runs{where}", *said))
