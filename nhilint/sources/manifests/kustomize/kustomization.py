"""A kustomization file: found in its folder, read, with the old names of its fields under the new ones."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nhilint.model.errors import NhilintError
from nhilint.model.node import Map, Node, Scalar, Sequence
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.files import KUSTOMIZATIONS, Files, ManifestError
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.values import is_null, items

FIELDS = frozenset(
    {
        "apiVersion",
        "kind",
        "metadata",
        "openapi",
        "namePrefix",
        "nameSuffix",
        "namespace",
        "commonLabels",
        "labels",
        "commonAnnotations",
        "patchesStrategicMerge",
        "patchesJson6902",
        "patches",
        "images",
        "imageTags",
        "replacements",
        "replicas",
        "vars",
        "sortOptions",
        "resources",
        "components",
        "crds",
        "bases",
        "configMapGenerator",
        "secretGenerator",
        "helmGlobals",
        "helmCharts",
        "helmChartInflationGenerator",
        "generatorOptions",
        "configurations",
        "generators",
        "transformers",
        "validators",
        "buildMetadata",
    }
)

_WORDS = frozenset({"apiVersion", "kind", "namePrefix", "nameSuffix", "namespace"})
_TABLES = frozenset(
    {"commonAnnotations", "commonLabels", "generatorOptions", "helmGlobals", "metadata", "openapi", "sortOptions"}
)
_NAMES = frozenset(
    {
        *("bases", "buildMetadata", "components", "configurations", "crds", "generators", "patchesStrategicMerge"),
        *("resources", "transformers", "validators"),
    }
)
"""Lists of strings; the others are lists of maps."""
_WITHIN = (
    "annotationSelector annotations behavior count create delimiter digest disableNameSuffixHash env envs fieldPath"
    " fieldPaths fieldref fields files group immutable includeSelectors includeTemplates index labelSelector literals"
    " name namespace newName newTag objref options pairs patch path reject select source target targets type version"
    " allowNameChange allowKindChange sourceValue"
)
_SPELLED = {name.lower(): name for name in (*FIELDS, *_WITHIN.split())}
_OWN_WORDS = frozenset({"annotations", "commonAnnotations", "commonLabels", "metadata", "pairs", "valuesInline"})
"""Below these, keys are the author's."""
_REMOTE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://|git::|[^/]*@[^/]*:|[^/]*\.(?:com|org|io|net|dev|cloud)/"
    r"|.*[?&](?:ref|version)=|.*\.git(?:/|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kustomization:
    """One kustomization."""

    folder: str
    path: str
    """The file; of one that somebody else makes up, the file that says so."""
    body: Map

    @property
    def component(self) -> bool:
        """Whether it changes what the kustomization that names it has."""
        return text(self.body.get("kind")) == "Component"

    @property
    def span(self) -> Span:
        """The file."""
        return self.body.span

    def names(self, *keys: str) -> Iterator[tuple[str, Span]]:
        """The strings of these lists, one after another."""
        for key in keys:
            for item in items(self.body.get(key)):
                if isinstance(item, Scalar) and text(item):
                    yield text(item), item.span

    def mistakes(self) -> Iterator[tuple[str, Span]]:
        """Fields that no kustomization has, and values of another type than the field takes."""
        for key, value in self.body.entries.items():
            if key not in FIELDS:
                yield f"no kustomization has the field `{key}`", value.span
            elif not is_null(value):
                wanted = _kind_of(key)
                if not isinstance(value, wanted):
                    yield f"`{key}` is another type of value", value.span
                elif isinstance(value, Sequence):
                    inner = Scalar if key in _NAMES else Map
                    places = [item.span for item in value.items if not isinstance(item, inner)]
                    yield from ((f"an element of `{key}` is another type of value", place) for place in places)


def _kind_of(key: str) -> type[Scalar] | type[Map] | type[Sequence]:
    if key in _WORDS:
        return Scalar
    return Map if key in _TABLES else Sequence


def load_kustomization(files: Files, folder: str) -> Kustomization:
    """The kustomization of a folder."""
    found = [path for name in KUSTOMIZATIONS if (path := posixpath.join(folder, name)) in files.entries]
    if not found:
        raise KustomizeError(f"the folder `{folder or '.'}` has no kustomization")
    path = found[0]
    if len(found) > 1:
        raise KustomizeError(f"the folder `{folder or '.'}` has several kustomizations", span=Span(path, 1))
    try:
        documents = files.nodes(path)
    except ManifestError as error:
        raise KustomizeError(error.message, span=error.span or Span(path, 1)) from None
    except NhilintError as error:
        raise KustomizeError(f"`{path}` can not be read: {error.message}", span=error.span) from None
    body = next((node for node in documents if isinstance(node, Map)), None)
    if body is None:
        raise KustomizeError(f"`{path}` says nothing", span=Span(path, 1))
    return Kustomization(folder=folder, path=path, body=_spelled(body))


def _spelled(node: Map) -> Map:
    """The map with its fields spelled as kustomize knows them: it does not mind capital letters."""
    entries: dict[str, Node] = {}
    for key, value in node.entries.items():
        name = _SPELLED.get(key.lower(), key)
        if name in _OWN_WORDS:
            entries[name] = value
        elif isinstance(value, Sequence):
            items = tuple(_spelled(item) if isinstance(item, Map) else item for item in value.items)
            entries[name] = replace(value, items=items)
        else:
            entries[name] = _spelled(value) if isinstance(value, Map) else value
    return replace(node, entries=entries)


def is_remote(name: str) -> bool:
    """Whether a name looks like an address and not like a path."""
    return _REMOTE.match(name) is not None
