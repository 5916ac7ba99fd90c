"""Known ways from Kubernetes permissions to more power, and the words that their needs use for an identity.

The rows are in `data/kubernetes_techniques.toml`. Points are (verb, group, resource, name, namespace); an empty
namespace is cluster scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from nhilint.algebra.values import Condition, literal
from nhilint.data.techniques import technique_rows
from nhilint.model.facts import Identity
from nhilint.model.technique import Technique, read_techniques
from nhilint.platforms.kubernetes.rules import GROUP

ADMIN: tuple[tuple[str, tuple[str, ...]], ...] = (("*", ("*", GROUP + "*", "*", "*", "*")),)


@cache
def techniques() -> tuple[Technique, ...]:
    """The table."""
    return read_techniques(technique_rows("kubernetes"), str)


def variables(identity: Identity) -> Mapping[str, str]:
    """`name`, and of what is in a namespace its `namespace`."""
    if identity.kind not in ("service_account", "role"):
        return {"name": literal(identity.name)}
    namespace, _, name = identity.name.partition("/")
    return {"name": literal(name), "namespace": literal(namespace)}


def caller(identity: Identity) -> tuple[Condition, ...]:
    """Nothing: RBAC has no conditions."""
    return ()


def chosen(key: str) -> bool:
    """There are no condition keys."""
    return False
