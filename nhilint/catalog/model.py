"""What a catalog is made of, as values: roles with parameters, limits and tests; exceptions; what is wrong.

A parameter is written `<name>` inside a pattern: angle brackets occur neither in ARNs nor in policy variables
(`${…}`) nor in Terraform. What is read from files is read by `read`; nothing here knows YAML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nhilint.model.errors import NhilintError
from nhilint.model.span import Span

API_VERSION = "nhilint.dev/v1"
PLATFORMS = ("aws", "github", "kubernetes")
PARAMETER = re.compile(r"<([a-z][a-z0-9_-]*)>")

Status = Literal["draft", "approved", "deprecated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a file of the catalog."""

    message: str
    span: Span
    help: str = ""
    severity: Literal["error", "warning"] = "error"
    code: str = ""
    """The kind of mistake, in stable words: `unknown-action`."""


class CatalogError(NhilintError):
    """Files that can not be used; `problems` holds all of them, the message tells the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more: `nhilint catalog lint` lists them)" if len(problems) > 1 else ""
        super().__init__(first.message + more, span=first.span, help=first.help)
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A part of the role that its user chooses."""

    name: str
    description: str = ""
    pattern: str = ""
    """Regular expression that a whole value must match; empty: any value without wildcards."""
    enum: tuple[str, ...] = ()
    same: str = ""
    """What of the identity the value has to be: `repository` (that of the tree), `owner` (of that repository),
    `namespace`, `name`; empty: its user chooses."""
    many: bool = False
    """Whether it may be bound to several values at once."""
    unknown: bool = False
    """Whether a value that only Terraform's plan knows may be bound without looking at `pattern`."""
    examples: tuple[str, ...] = ()
    span: Span | None = None


Clause = tuple[str, str, tuple[str, ...]]
"""(operator with qualifier and `IfExists`, key, values), as in a policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One statement of a role.

    AWS: `actions`, `resources`. Kubernetes: `verbs`, `groups`, `resources`, `names`, `namespaces`, or `urls`. GitHub:
    `permissions` (`scope:level`), `secrets`, `environments` (of the secrets).
    """

    fields: Mapping[str, tuple[str, ...]]
    conditions: tuple[Clause, ...] = ()
    why: str = ""
    span: Span


Issuer = Literal["github", "kubernetes", "oidc", "aws", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPermit:
    """One kind of caller that may have the role; its fields are ANDed, the values of a field ORed, all are globs.

    `github`: `repository`, `branch`, `tag`, `environment`, `event`, `workflow`. `kubernetes`: `namespace`,
    `service_account`, `issuer`. `oidc`: `issuer`, `audience`, and claims under their own names. `aws`: `account`,
    `principal` (ARNs), `external_id`. `service`: `name`.
    """

    issuer: Issuer
    fields: Mapping[str, tuple[str, ...]]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """Limits that an identity keeps besides its permissions and its trust."""

    max_session: int = 0
    """Seconds that a session may last; 0: not limited."""
    boundaries: tuple[str, ...] = ()
    """Globs of ARNs; the identity has a permission boundary that one of them names (`*`: any). Empty: none is asked."""
    conditions: tuple[Clause, ...] = ()
    """Added to every statement of the role: what is held without them is more than the role."""
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Tags or labels that the identity carries, with the globs of their values."""
    environments: tuple[str, ...] = ()
    """Globs of the environments that the identity may be of; empty: any."""
    static_keys: bool = True
    """Whether the identity may have credentials that do not expire by themselves."""
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """The terms of a role for emergencies."""

    max_duration: int
    """Seconds that one use may last."""
    notify: tuple[str, ...]
    """Who is told of every use."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An escalation technique that the role makes possible within its own parameters, and why that is its purpose."""

    technique: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A test of the role: with these bindings, this request, or this caller, must (not) be allowed."""

    allowed: bool
    bindings: Mapping[str, tuple[str, ...]]
    action: str = ""
    """AWS action, Kubernetes verb or GitHub permission (`contents:write`); empty: the test is about `caller`."""
    resource: str = ""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Condition keys of the request."""
    caller: TrustPermit | None = None
    why: str = ""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One preapproved role; what it `extends` is already taken in."""

    id: str
    title: str
    platform: str
    purpose: str
    owner: str
    status: Status
    access: str
    """`read`, `write` or `break-glass`; empty: not said."""
    approved_by: str = ""
    approved_on: str = ""
    ticket: str = ""
    expires: str = ""
    review: int = 0
    """Days after which somebody looks at it again; 0: not said."""
    replaced_by: str = ""
    """Of a deprecated role, the one to use."""
    extends: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Where the needs are documented that it answers: addresses of pages."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    allow: tuple[Permit, ...] = ()
    trust: tuple[TrustPermit, ...] | None = None
    """Who may have it; None: the role does not say, and nobody's trust is judged by it."""
    constraints: Constraints = field(default_factory=Constraints)
    break_glass: BreakGlass | None = None
    accepts: tuple[Accepted, ...] = ()
    tests: tuple[Probe, ...] = ()
    span: Span

    def usable(self, today: str) -> str:
        """Why the role approves nothing on that day; empty: it does."""
        if self.status != "approved":
            return f"it is {'a draft' if self.status == 'draft' else 'deprecated'}"
        if self.expires and self.expires < today:
            return f"its approval expired on {self.expires}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """An exception: what one identity may have outside every role, for a while."""

    id: str
    identity: str
    """Key of the identity."""
    platform: str
    allow: tuple[Permit, ...]
    trust: tuple[TrustPermit, ...] = ()
    reason: str
    ticket: str
    owner: str
    expires: str
    span: Span

    def usable(self, today: str) -> str:
        """Why it covers nothing on that day; empty: it does."""
        return f"the exception `{self.id}` expired on {self.expires}" if self.expires < today else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All roles by id, and all exceptions."""

    roles: Mapping[str, Role]
    exemptions: tuple[Exemption, ...] = ()
    own: bool = False
    """Whether it is the repository's own catalog, not the starter."""


EMPTY_CATALOG = Catalog(roles={})
