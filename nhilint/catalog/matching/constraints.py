"""Whether an identity keeps the limits of its role besides permissions and trust: session, boundary, tags, environment,
static keys. What is not known is a doubt, and no broken limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from nhilint.algebra.glob import GlobTooLarge, contains, overlaps
from nhilint.algebra.values import SYMBOL_OPEN, display, literal, symbol
from nhilint.catalog.model import PARAMETER, Constraints, Role
from nhilint.catalog.trust.caller_words import quoted, widened
from nhilint.catalog.trust.callers import filled
from nhilint.catalog.verdict import Broken, Held
from nhilint.model.facts import Identity

Bindings = Mapping[str, tuple[str, ...]]
Answer = tuple[str, str]
"""Why it is broken, and why that is not known; both empty: it is kept."""

_KEPT: Answer = ("", "")
_SESSIONS = ("iam_role", "permission_set")
_TAGS = ("environment", "env", "stage", "app.kubernetes.io/environment")
_FOLDERS = re.compile(r"(?:^|/)(?:environments?|envs?|overlays|stages|clusters)/([^/@#]+)")
_HIDDEN = re.compile(r"\$\{[^}]*\}")
_KINDS = {
    "access_key": "the access key",
    "deploy_key": "the deploy key",
    "login_profile": "the password for the console",
    "service_account_token": "the token in the Secret",
    "service_specific_credential": "the service credential",
}
"""Credentials that the tree makes, all of which live until somebody removes them."""


def limit_texts(role: Role, held: Held) -> Iterator[tuple[str, str]]:
    """(template, text) for every parameter of the role's limits: what it would have to be for the identity's own."""
    limits = role.constraints
    labels = {name.lower(): value for name, value in held.identity.labels}
    for name, templates in limits.tags.items():
        if name.lower() in labels:
            yield from _pairs(templates, (_pattern(labels[name.lower()]),))
    yield from _pairs(limits.environments, _environments(held.identity))
    yield from _pairs(limits.boundaries, (arn for arn, _ in held.identity.bounds))


def broken(role: Role, bindings: Bindings, held: Held) -> tuple[tuple[Broken, ...], str]:
    """The limits that the identity does not keep, and what keeps that from being known (empty: nothing)."""
    found = []
    doubt = ""
    for name, judge in _JUDGES.items():
        why, open_question = judge(role.constraints, bindings, held)
        if why:
            found.append(Broken(constraint=name, why=why, span=held.identity.span))
        doubt = doubt or open_question
    return tuple(found), doubt


def _pairs(templates: Iterable[str], texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    known = tuple(texts)
    for template in templates:
        if PARAMETER.search(template):
            yield from ((template, text) for text in known)


def _pattern(shown: str) -> str:
    """A label's value as the algebra has it: what stands as `${…}` there is not known."""
    parts = _HIDDEN.split(shown)
    unknown = _HIDDEN.findall(shown)
    names = [symbol(one[2:-1]) for one in unknown] + [""]
    return "".join(literal(part) + name for part, name in zip(parts, names, strict=True))


@lru_cache(maxsize=16_384)
def _named(globs: tuple[str, ...], text: str) -> bool | None:
    """Whether one of the globs names the text; None: it hangs on what is not known."""
    try:
        if any(contains(glob, text) for glob in globs):
            return True
        unknown = SYMBOL_OPEN in text or any(SYMBOL_OPEN in glob for glob in globs)
        return None if unknown and any(overlaps(widened(glob), widened(text)) for glob in globs) else False
    except GlobTooLarge:
        return None


def _session(limits: Constraints, _: Bindings, held: Held) -> Answer:
    identity = held.identity
    if not limits.max_session or identity.kind not in _SESSIONS:
        return _KEPT
    allowed = f"the role allows {_duration(limits.max_session)}"
    if not identity.sessions:
        return "", f"how long its sessions last is not in the tree, and {allowed}"
    for text in identity.sessions:
        if not text.isdigit():
            return "", f"its sessions last `{display(text)}` seconds, which is not known, and {allowed}"
    longest = max(map(int, identity.sessions))
    return (f"its sessions last {_duration(longest)}, and {allowed}", "") if longest > limits.max_session else _KEPT


def _duration(seconds: int) -> str:
    for size, word in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {word}" if count == 1 else f"{count} {word}s"
    return f"{seconds} seconds"


def _boundary(limits: Constraints, bindings: Bindings, held: Held) -> Answer:
    if not limits.boundaries:
        return _KEPT
    globs = filled(limits.boundaries, bindings)
    wanted = "one" if limits.boundaries == ("*",) else quoted(globs) if globs else "one that its parameters name"
    bounds = held.identity.bounds
    if not bounds:
        if held.boundaries:
            # One that is attached elsewhere, by a resource of its own.
            return _KEPT if limits.boundaries == ("*",) else ("", "which policy its boundary is, is not known")
        if held.identity.external:
            return "", "it is defined outside the tree, where it may have a permission boundary"
        return f"it has no permission boundary, and the role asks for {wanted}", ""
    sure = [arn for arn, may in bounds if not may]
    if not sure:
        reasons = " or ".join(f"`{reason}`" for _, may in bounds for reason in may)
        return "", f"whether it has a permission boundary depends on {reasons}"
    answers = [_boundary_named(globs, arn) for arn in sure]
    if False in answers:
        return f"its permission boundary is {quoted(sure)}, and the role asks for {wanted}", ""
    return (
        ("", f"whether its permission boundary {quoted(sure)} is {wanted} is not known") if None in answers else _KEPT
    )


def _boundary_named(globs: tuple[str, ...], arn: str) -> bool | None:
    """A glob without colons is one of names of policies."""
    if "*" in globs:
        return True
    names = tuple(glob for glob in globs if not glob.startswith("arn:"))
    arns = tuple(glob for glob in globs if glob.startswith("arn:"))
    answers = (_named(arns, arn), _named(names, arn.rpartition("/")[2]))
    return True if True in answers else None if None in answers else False


def _tags(limits: Constraints, bindings: Bindings, held: Held) -> Answer:
    labels = {name.lower(): value for name, value in held.identity.labels}
    missing: list[str] = []
    doubt = ""
    for name, templates in limits.tags.items():
        globs = filled(templates, bindings)
        wanted = "" if globs in (("*",), ()) else f" with the value {quoted(globs)}"
        value = labels.get(name.lower())
        if value is None:
            if held.identity.external:
                doubt = doubt or f"it is defined outside the tree, and its tag `{name}` is not known"
            else:
                missing.append(f"it has no tag `{name}`, and the role asks for one{wanted}")
            continue
        answer = _named(globs, _pattern(value))
        if answer is None:
            doubt = doubt or f"whether its tag `{name}`, `{value}`, is {quoted(globs)} is not known"
        elif not answer:
            missing.append(f"its tag `{name}` is `{value}`, and the role asks for {quoted(globs) or 'another one'}")
    return "; ".join(missing), doubt


def _environments(identity: Identity) -> tuple[str, ...]:
    """The environments that it is of: of its job, of its tag, or of the folder that it stands in."""
    if identity.occasions:
        rows = (dict(one).get("environment", ("",)) for one in identity.occasions)
        return tuple(dict.fromkeys(value for values in rows for value in values))
    labels = {name.lower(): value for name, value in identity.labels}
    tagged = next((labels[name] for name in _TAGS if labels.get(name)), "")
    if tagged:
        return (_pattern(tagged),)
    found = _FOLDERS.search(identity.realm) or _FOLDERS.search(identity.root)
    return (found[1],) if found else ()


def _environment(limits: Constraints, bindings: Bindings, held: Held) -> Answer:
    if not limits.environments:
        return _KEPT
    globs = filled(limits.environments, bindings)
    allowed = f"the role is for {quoted(globs)}" if globs else "no environment of the role is known"
    own = _environments(held.identity)
    if not own:
        return "", f"which environment it is of is not in the tree, and {allowed}"
    for name in own:
        if not name:
            return f"it runs in no environment, and {allowed}", ""
        answer = _named(globs, name)
        if answer is None:
            return "", f"whether its environment `{display(name)}` is {quoted(globs)} is not known"
        if not answer:
            return f"it is of the environment `{display(name)}`, and {allowed}", ""
    return _KEPT


def _static_keys(limits: Constraints, _: Bindings, held: Held) -> Answer:
    if limits.static_keys or not held.credentials:
        return _KEPT
    said = [f"{_KINDS.get(one.kind, one.kind)} `{display(one.name)}`" for one in held.credentials]
    return f"it has {' and '.join(said[:3])}, and the role forbids credentials that do not expire", ""


_JUDGES: Mapping[str, Callable[[Constraints, Bindings, Held], Answer]] = {
    "max_session": _session,
    "boundary": _boundary,
    "tags": _tags,
    "environments": _environment,
    "static_keys": _static_keys,
}
