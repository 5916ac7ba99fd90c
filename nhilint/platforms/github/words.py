"""GitHub's words for permissions of a token and for secrets: actions, resources, levels.

Actions are `scope:level` on a repository, and `secrets:read` on `secret/NAME` or `environment/ENVIRONMENT/secret/NAME`.
A workflow's token is about the repository of the tree, whatever that is called; others are `repository/OWNER/NAME`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nhilint.algebra.glob import matches
from nhilint.algebra.values import Request, display
from nhilint.data.github import actions, date
from nhilint.model.spellings import READ_SECRET as READ_SECRET
from nhilint.model.spellings import THIS as THIS

DIMENSIONS = ("resource",)
LEVELS = ("Permissions management", "Write", "Read")
CODE = "contents:write"
EDIT_WORKFLOWS = "workflows:write"
"""No permission of the token either: only tokens of apps and people have it."""
_SHOWN_THIS = "this repository"


class _Scopes:
    """The vocabulary: what a token can be given, and the reading of a secret."""

    @property
    def date(self) -> str:
        return date()

    def expand(self, pattern: str) -> Sequence[str]:
        if "*" not in pattern and "?" not in pattern:
            return (pattern,) if pattern in self.all() else ()
        return tuple(name for name in self.all() if matches(pattern, name))

    def spell(self, action: str) -> str:
        return action

    def all(self) -> Sequence[str]:
        return (*actions(), EDIT_WORKFLOWS, READ_SECRET)


SCOPES = _Scopes()


def shown(resource: str) -> str:
    """A resource for people."""
    return _SHOWN_THIS if resource == THIS else display(resource).removeprefix("repository/")


def parsed(resource: str) -> str:
    """What people write for a resource, as it is compared."""
    if resource in (_SHOWN_THIS, ".", "repository", "this", display(THIS)):
        return THIS
    known = resource.startswith(("repository/", "secret/", "environment/"))
    return resource if known else f"repository/{resource}"


def level(action: str) -> str:
    """The access level of an action."""
    return "Read" if action.endswith(":read") else "Write"


def levels(names: Iterable[str]) -> list[str]:
    """The levels of several actions, worst first."""
    found = {level(name) for name in names}
    return [name for name in LEVELS if name in found]


def fill(dimension: str, pattern: str, about: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Readable strings of a pattern; each has to be verified before it is used."""
    return (pattern.replace("*", "EXAMPLE" if pattern.startswith(("secret/", "environment/")) else "example"),)


def describe_request(request: Request) -> Mapping[str, object]:
    """A request: permission, resource."""
    return {"action": request.action, "resource": shown(request.point[0]), "context": {}}
