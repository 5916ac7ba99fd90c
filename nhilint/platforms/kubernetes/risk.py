"""What a gain means in Kubernetes, as aspects: classes of power and access levels, each with its breadth.

The ladder is one name < one type in a namespace, or a whole namespace < one type in the cluster < the whole cluster; it
stands on the shared words `one`, `prefix`, `type` and `account`.
"""

from __future__ import annotations

from collections.abc import Iterator

from nhilint.algebra.glob import matches
from nhilint.algebra.values import Residue, display
from nhilint.data.kubernetes import resources
from nhilint.data.risk import kubernetes_risk, scale
from nhilint.model.risk import Aspect, Held
from nhilint.platforms.kubernetes.rules import GROUP, URLS
from nhilint.platforms.kubernetes.words import level, qualified


def aspects(residue: Residue, held: Held) -> Iterator[Aspect]:
    """Everything there is to say about one part of a gain; `held` is of no interest."""
    verb, group, resource, name, namespace = residue.scopes
    reach, where = _breadth(group, resource, name, namespace)
    shown = display(verb)
    found = sensitive(verb, group, resource, namespace)
    for label in scale().classes:
        if label in found:
            yield Aspect(kind="class", name=label, breadth=reach, actions=(_verbs(shown),), where=where)
    yield Aspect(kind="level", name=level(verb, group, resource), breadth=reach, actions=(_verbs(shown),), where=where)
    if verb == "*" or resource == "*" or group == f"{GROUP}*":
        everything = verb == "*" and resource == "*" and group == f"{GROUP}*"
        name = "everything" if everything else "service" if resource == "*" else "verb"
        yield Aspect(kind="future", name=name, breadth=reach, actions=(_verbs(shown),), where=where)


def trust_aspects(residue: Residue, held: Held) -> Iterator[Aspect]:
    """Kubernetes facts know no trust of their own."""
    return iter(())


def guard(key: str) -> bool:
    """Rules have no conditions."""
    return False


def sensitive(verb: str, group: str, resource: str, namespace: str) -> tuple[str, ...]:
    """The classes of power that the patterns of a rule give where it holds, in the order of the tables."""
    if group == URLS:
        return ()
    found = {
        row.name
        for row in kubernetes_risk()
        if matches(group, GROUP + row.group)
        and any(matches(verb, known) for known in row.verbs)
        and any(matches(resource, known) and _reachable(row.group, known, namespace) for known in row.resources)
    }
    return tuple(label for label in scale().classes if label in found)


def _reachable(group: str, resource: str, namespace: str) -> bool:
    """Whether a rule that holds in the namespace reaches the resource: what belongs to the cluster needs all of it.

    A Namespace is authorized in itself.
    """
    if namespace in ("*", "") or (group, resource) == ("", "namespaces"):
        return True
    row = resources().get((group, resource))
    return row is not None and row.namespaced


def _verbs(shown: str) -> str:
    return "every verb" if shown == "*" else shown


def _breadth(group: str, resource: str, name: str, namespace: str) -> tuple[str, str]:
    word = qualified(group, resource)
    if resource == "*":
        word = "everything" if group == f"{GROUP}*" else f"everything of {display(group)[2:] or 'the core API'}"
    row = resources().get((group.removeprefix(GROUP), display(resource).partition("/")[0]))
    spread = namespace == "*" and not (row is not None and not row.namespaced)
    place = (
        " in every namespace" if spread else f" in namespace {display(namespace)}" if namespace not in ("*", "") else ""
    )
    if name != "*":
        shown = f"{word} `{display(name)}`{place}" if name else f"{word}{place}"
        return ("prefix" if spread else "one"), shown
    if namespace not in ("*", ""):
        return "prefix", f"{word}{place}"
    if resource == "*":
        return "account", f"{word} in the cluster"
    return "type", f"{word}{place}" if spread else f"{word} of the cluster"
