"""What a caller may ask of the sources; values only, so that every source can import it without a cycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nhilint.model.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class RootOptions:
    """One root module in one environment."""

    path: str
    """Its folder inside the tree."""
    environment: str = ""
    """What tells it apart from the same folder with other inputs; empty: there is only one."""
    workspace: str = ""
    """What `terraform.workspace` gives; empty: the environment."""
    var_files: tuple[str, ...] = ()
    """Variable files inside the tree, or relative to `path`; the last one wins."""
    variables: str = ""
    """Values of single variables as a JSON object; they win over files."""
    settings: str = ""
    """The file that says all this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryOptions:
    """What the settings say of the GitHub repository; the tree itself does not."""

    repository: str = ""
    """`owner/name`."""
    owner_id: str = ""
    repository_id: str = ""
    default_branch: str = ""
    default_permissions: str = ""
    """`read` or `write`: what a job's token has where its workflow does not say; empty: not known."""
    protected_environments: tuple[str, ...] = ()
    """Environments whose protection rules make a person approve, or limit the branches."""
    assumed: bool = False
    """Whether the name is that of the remote `origin`, and not said by the settings."""
    distrust_tags: bool = False
    """Whether whoever can move the tag or branch of somebody else's action counts as an outsider who gets in."""
    source: str = ""
    """The file that says all this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOptions:
    """One release of a Helm chart."""

    chart: str
    """The folder of the chart inside the tree."""
    name: str = ""
    """Empty: the chart's own name."""
    namespace: str = ""
    """Empty: whoever installs it chooses."""
    values: tuple[str, ...] = ()
    """Values files inside the tree, or relative to `chart`; the last one wins."""
    environment: str = ""
    """What tells it apart from other releases of the same chart."""
    settings: str = ""
    """The file that says all this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Which parts of a tree are read, and with which inputs."""

    paths: tuple[str, ...] = ()
    """Only these files or folders (inside the tree); empty: everything."""
    roots: tuple[str, ...] = ()
    """Folders that are root modules, whoever calls them; empty: the folders that nobody calls."""
    var_files: tuple[str, ...] = ()
    """Terraform variable files inside the tree, in order; the last one wins."""
    environment: str = ""
    """Only this environment of the declared roots; for the others the name of the Terraform workspace, which is not
    known when it is empty: then what hangs on it is read for each."""
    declared: tuple[RootOptions, ...] = ()
    """Root modules with inputs of their own; several of one folder are several environments."""
    releases: tuple[ReleaseOptions, ...] = ()
    """Releases of Helm charts, in place of one with the chart's own values."""
    modules: tuple[tuple[str, str], ...] = ()
    """Module addresses, and the folders of the tree that hold those modules."""
    vendor: str = ""
    """A folder that holds modules of the registry by their addresses."""
    partition: str = "aws"
    """AWS partition that ARNs are written with."""
    repository: RepositoryOptions = field(default_factory=RepositoryOptions)
    inputs: Mapping[str, Node] = field(default_factory=dict)
    """Values of the root modules' variables; they win over variable files."""
    known: Callable[[str, str], Node | None] | None = None
    """What is known from elsewhere (a plan) of an instance's attribute, by address and name; None: nothing."""


class Cache(Protocol):
    """Parsed files by content; what `sources.cache.ParseCache` offers."""

    def get(self, digest: str, language: str) -> object | None:
        """What was stored, or None."""
        ...

    def put(self, digest: str, language: str, value: object) -> None:
        """Keep `value` for equal bytes in the same language."""
        ...

    def find(self, key: str, holds: Callable[[Any], bool]) -> object | None:
        """What is known under a key where its condition holds; None when there is nothing."""
        ...

    def add(self, key: str, condition: object, value: object) -> None:
        """Keep one more state."""
        ...
