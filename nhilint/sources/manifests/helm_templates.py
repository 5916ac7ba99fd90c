"""What can be told of templates by their text: what they require, whether they draw by lot, whether they matter here.

Renders nothing; knows no chart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nhilint.sources.manifests.files import WORDS

_LOT = re.compile(r"\b(?:rand(?:Alpha|Ascii|Numeric|Bytes|Int)\w*|uuidv4|now|shuffle|gen[A-Z]\w+|htpasswd|bcrypt)\b")
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_DEFINE = re.compile(r"\{\{-?\s*define\s+\"([^\"]+)\"")
_TAKES = re.compile(r"(?:include|template)\s+\"([^\"]+)\"")
_KIND = re.compile(r"^[\"']?kind[\"']?:(.*)$", re.MULTILINE)
_IDLE = frozenset(
    {
        "Certificate", "ConfigMap", "Endpoints", "Gateway", "GrafanaDashboard", "HTTPRoute", "HorizontalPodAutoscaler",
        "Ingress", "IngressClass", "Issuer", "LimitRange", "NetworkPolicy", "PersistentVolumeClaim",
        "PodDisruptionBudget", "PodMonitor", "PriorityClass", "PrometheusRule", "ResourceQuota", "Secret",
        "Service", "ServiceMonitor", "StorageClass", "VerticalPodAutoscaler",
    }
)  # fmt: skip
"""Kinds that bear no permission and run as nobody."""
_BYTES = tuple(word.encode() for word in WORDS)
_WORDS = r'"(?P<{0}>(?:\\.|[^"\\])*)"'
_VALUE = r"\$?\.Values\.(?P<{0}>\w+(?:\.\w+)*)"
_REQUIRED = re.compile(
    rf"required\s+{_WORDS.format('a')}[^{{}}]*?{_VALUE.format('x')}"
    rf"|{_VALUE.format('y')}[^{{}}|]*\|\s*required\s+{_WORDS.format('b')}"
)


def required(template: str) -> Iterator[tuple[str, str]]:
    """What a template says when a value is missing, and the path of the value."""
    for match in _REQUIRED.finditer(template):
        words = match["a"] if match["a"] is not None else match["b"]
        yield words.replace('\\"', '"'), match["x"] or match["y"]


def idle(content: bytes) -> bool:
    """Whether a template gives only objects that bear no permission, and has no part that others take in."""
    if any(word in content for word in _BYTES):
        return False
    text = content.decode("utf-8", "replace")
    kinds = [match[1].partition("#")[0].strip().strip("\"'") for match in _KIND.finditer(text)]
    return bool(kinds) and all(kind in _IDLE for kind in kinds) and _DEFINE.search(text) is None


def draws(templates: Iterable[bytes]) -> bool:
    """Whether what these templates give may differ from one time to the next."""
    bodies: dict[str, str] = {}
    own: list[str] = []
    for content in templates:
        text = content.decode("utf-8", "replace")
        cuts = [*_DEFINE.finditer(text)]
        own.append(text[: cuts[0].start()] if cuts else text)
        for cut, following in zip(cuts, [*cuts[1:], None], strict=False):
            bodies[cut[1]] = text[cut.start() : following.start() if following is not None else len(text)]
    named = {name: (_by_lot(body), set(_TAKES.findall(body))) for name, body in bodies.items()}
    chance = {name for name, (by_lot, _) in named.items() if by_lot}
    while wider := {name for name, (_, taken) in named.items() if taken & chance} - chance:
        chance |= wider
    return any(_by_lot(text) or chance & set(_TAKES.findall(text)) for text in own)


def _by_lot(text: str) -> bool:
    return any(_LOT.search(action[0]) for action in _ACTION.finditer(text))
