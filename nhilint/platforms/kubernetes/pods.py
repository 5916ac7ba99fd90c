"""What the specification of a Pod says: its service account, whether it gets a token, and how it reaches its node.

Knows no bindings and no other objects. Fields are read as manifests spell them and as Terraform does (`host_pid`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nhilint.model.document import Document
from nhilint.model.facts import Escape
from nhilint.model.node import Choice, Map, Node, Scalar, Sequence
from nhilint.model.span import Span
from nhilint.platforms.kubernetes.text import strings, text

_SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TEMPLATES = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
"""Where the specification stands; of every other kind in `spec.template.spec`."""
_PLURAL = {"containers": "container", "initContainers": "init_container", "volumes": "volume"}
_PLURAL |= {"volumeMounts": "volume_mount", "sources": "sources"}
_ROOT = "a process of the container is root"

_CAPABILITIES = {
    "ALL": "has all capabilities",
    "SYS_ADMIN": "has the capability SYS_ADMIN",
    "SYS_MODULE": "has the capability SYS_MODULE, with which it loads modules into the kernel",
    "DAC_READ_SEARCH": "has the capability DAC_READ_SEARCH, with which it opens any file of the node",
}
_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock")
_SOCKET_FOLDERS = ("/run", "/var/run", "/run/containerd", "/var/run/containerd", "/run/crio", "/var/run/crio")
_READ = (
    *("/", "/etc", "/etc/kubernetes", "/etc/kubernetes/pki", "/etc/kubernetes/admin.conf", "/root", "/root/.ssh"),
    *("/var", "/var/lib", "/var/lib/kubelet", "/var/lib/kubelet/pods", "/var/lib/kubelet/pki", "/var/lib/etcd"),
)
"""Where credentials lie: of the node, of other Pods, of the control plane. A mount of one is enough to read them."""
_WRITE = (
    *(
        "/bin",
        "/sbin",
        "/usr",
        "/usr/bin",
        "/usr/sbin",
        "/usr/local",
        "/usr/local/bin",
        "/lib",
        "/opt/cni/bin",
        "/boot",
    ),
    *("/etc/cni", "/etc/cni/net.d", "/etc/cron.d", "/etc/crontab", "/etc/systemd", "/etc/systemd/system"),
    *("/etc/kubernetes/manifests", "/home", "/var/spool/cron", "/proc", "/proc/sys", "/proc/sys/kernel", "/sys"),
    *("/opt", "/opt/cni", "/lib/systemd", "/usr/lib", "/usr/lib/systemd"),
)
"""What the node runs, or takes as its settings: who writes there has code run by it."""
_LOGS = ("/var/log", "/var/log/pods", "/var/log/containers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """One specification."""

    spec: Map

    @property
    def token(self) -> bool | None:
        """Whether it says that it gets a token of its service account; None: it leaves that to the account."""
        written = _truth(field(self.spec, "automountServiceAccountToken"))
        return True if any(self._projected()) else written

    def _projected(self) -> Iterator[Node]:
        for volume in items(self.spec, "volumes"):
            projected = one(field(volume, "projected"))
            for source in items(projected, "sources") if projected is not None else ():
                found = field(source, "serviceAccountToken")
                if found is not None:
                    yield found

    def escapes(self) -> Iterator[Escape]:
        """Each way to the node once, the first container that has it."""
        found: dict[str, Escape] = {}
        for escape in self._all():
            known = found.get(escape.technique)
            if known is None or (known.may and not escape.may):
                found[escape.technique] = escape
        yield from found.values()

    def _all(self) -> Iterator[Escape]:
        volumes = {text(field(volume, "name")): volume for volume in items(self.spec, "volumes")}
        host_pid = _truth(field(self.spec, "hostPID")) is True
        own_users = _truth(field(self.spec, "hostUsers")) is False
        for kind in ("containers", "initContainers"):
            for container in items(self.spec, kind):
                may = () if _may_be_root(container, self.spec) else (_ROOT,)
                ways = [*_mounts(container, volumes)]
                if not own_users:
                    ways += _rights(container, host_pid)
                yield from (replace(escape, may=(*escape.may, *may)) for escape in ways)


def pod_of(document: Document) -> Pod | None:
    """The specification of the Pods that an object makes; None when there is none to be read."""
    node: Node | None = document.body
    for name in _TEMPLATES.get(document.kind, ("spec", "template", "spec")):
        node = one(field(node, name)) if isinstance(node, Map) else None
    return Pod(spec=node) if isinstance(node, Map) else None


def field(node: Map, name: str) -> Node | None:
    """A field by its name in manifests, or as Terraform writes it."""
    found = node.get(name)
    return found if found is not None else node.get(_SNAKE.sub("_", name).lower())


def one(node: Node | None) -> Map | None:
    """A block of which there is one."""
    if isinstance(node, Sequence) and len(node.items) == 1:
        node = node.items[0]
    return node if isinstance(node, Map) else None


def items(node: Map, name: str) -> Iterator[Map]:
    """The objects of a list, those of an undecided choice with all its options."""
    found = field(node, name) or node.get(_PLURAL.get(name, name))
    for item in found.items if isinstance(found, Sequence) else (found,):
        for option in item.options if isinstance(item, Choice) else (item,):
            if isinstance(option, Map):
                yield option


def _truth(node: Node | None) -> bool | None:
    match node:
        case Scalar(value=bool()):
            return node.value is True
        case Scalar(value="true" | "false"):
            return node.value == "true"
        case _:
            return None


def _flag(node: Node | None) -> tuple[bool, tuple[str, ...]]:
    """Whether it may be true, and on what that rests."""
    if isinstance(node, Choice):
        return any(_truth(option) for option in node.options), (f"`{node.condition}` decides so",)
    return _truth(node) is True, ()


def _may_be_root(container: Map, spec: Map) -> bool:
    """False when the specification says that its processes are not root."""
    for holder in (container, spec):
        context = one(field(holder, "securityContext"))
        if context is None:
            continue
        user = field(context, "runAsUser")
        if isinstance(user, Scalar) and user.value is not None:
            return text(user) == "0"
        if _truth(field(context, "runAsNonRoot")) is not None:
            return _truth(field(context, "runAsNonRoot")) is False
    return True


def _rights(container: Map, host_pid: bool) -> Iterator[Escape]:
    context = one(field(container, "securityContext"))
    if context is None:
        return
    span = context.span
    privileged, may = _flag(field(context, "privileged"))
    if privileged:
        yield _node("container-privileged", "runs a privileged container, which has its node", span, may)
    windows = one(field(context, "windowsOptions"))
    if windows is not None and _truth(field(windows, "hostProcess")):
        yield _node("container-privileged", "runs as a process of its node", span)
    capabilities = one(field(context, "capabilities"))
    added = {name.removeprefix("CAP_") for name in strings(field(capabilities, "add"))} if capabilities else set()
    for name, why in _CAPABILITIES.items():
        if name in added:
            yield _node("container-capability", why, span)
    if host_pid and "SYS_PTRACE" in added:
        yield _node("container-capability", "may trace the processes of its node", span)


def _mounts(container: Map, volumes: dict[str, Map]) -> Iterator[Escape]:
    for mount in items(container, "volumeMounts"):
        volume = volumes.get(text(field(mount, "name")))
        host = one(field(volume, "hostPath")) if volume is not None else None
        if host is None:
            continue
        path = posixpath.normpath(posixpath.join(text(field(host, "path")), text(field(mount, "subPath"))))
        read_only = _truth(field(mount, "readOnly")) is True
        shown = f"`{path}` of its node"
        if path.endswith(_SOCKETS) or path in _SOCKET_FOLDERS:
            yield _node("container-socket", f"mounts {shown}, where the container runtime listens", mount.span)
        elif path in _READ:
            why = f"mounts {shown}, where credentials lie" if read_only else f"may write to {shown}"
            yield _node("container-host-path", why, mount.span)
        elif not read_only and path in _WRITE:
            yield _node("container-host-path", f"may write to {shown}, which the node itself uses", mount.span)
        elif not read_only and path in _LOGS:
            may = ("the kubelet follows the links that it puts there, when somebody reads logs",)
            yield _node("container-host-logs", f"may write to {shown}", mount.span, may)


def _node(technique: str, why: str, span: Span, may: tuple[str, ...] = ()) -> Escape:
    return Escape(goal="node", technique=technique, why=why, span=span, may=may)
