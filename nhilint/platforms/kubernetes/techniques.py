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
from nhilint.platforms.kubernetes.subjects import account_of_user

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
    # Where bindings choose the namespace of an account, the user of that one is the last of its names.
    known = [found[0] for alias in identity.aliases if (found := account_of_user(alias))]
    return {"name": literal(name), "namespace": literal(known[-1] if known else namespace)}


def caller(identity: Identity) -> tuple[Condition, ...]:
    """Nothing: RBAC has no conditions."""
    return ()


def chosen(key: str) -> bool:
    """There are no condition keys."""
    return False
