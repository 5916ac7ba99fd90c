"""The table of Kubernetes techniques: every row can be used, names real requests, and has its pages."""

from __future__ import annotations

import re

import pytest

from nhilint.algebra.values import display
from nhilint.data.kubernetes import resources
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.span import Span
from nhilint.model.technique import Need, Technique
from nhilint.platforms.kubernetes.techniques import techniques, variables

GOALS = {"administrator", "every-secret", "node", "custom-objects", "traffic"}
WORDS = {
    "": set(),
    "identity": {"target.name", "target.namespace"},
    "workload": {
        *("workload.name", "workload.namespace", "workload.pod", "workload.group", "workload.resource"),
        "workload.escape",
    },
}
AUTHORIZED = {
    ("", "users"),
    ("", "groups"),
    ("authentication.k8s.io", "users"),
    ("authentication.k8s.io", "serviceaccounts"),
    ("certificates.k8s.io", "signers"),
}
"""What is authorized and is no object."""
CUSTOM = {
    *(
        "argoproj.io",
        "tekton.dev",
        "triggers.tekton.dev",
        "serving.knative.dev",
        "sparkoperator.k8s.io",
        "kubeflow.org",
    ),
    *("monitoring.coreos.com", "serving.kserve.io", "ray.io", "batch.volcano.sh", "keda.sh", "apps.openshift.io"),
    *("kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "pkg.crossplane.io", "kubernetes.crossplane.io"),
    *("operators.coreos.com", "helm.cattle.io", "kyverno.io", "mutations.gatekeeper.sh"),
}
"""Groups of custom resources, of which this program has no table."""
VERBS = {"bind", "escalate", "impersonate", "approve"}
CONSTRAINED = re.compile(r"impersonate(-on)?:[a-z-]+(:\*)?")
EVERY = pytest.mark.parametrize("technique", techniques(), ids=lambda technique: technique.id)


def points(technique: Technique) -> list[tuple[Need, tuple[str, ...]]]:
    return [(need, point) for need in technique.needs for point in need.points]


@EVERY
def test_a_row_leads_somewhere_and_says_where_that_is_written(technique: Technique) -> None:
    assert technique.yields == "target" if technique.yields not in GOALS else True
    assert technique.yields != "target" or technique.target, "it leads to a target that it does not have"
    assert technique.unbounded_yields in GOALS
    assert bool(technique.unbounded) == bool(technique.any_target)
    assert technique.references
    assert all(reference.startswith("https://") for reference in technique.references)
    assert not technique.title.endswith(".")


@EVERY
def test_the_words_of_a_row_are_those_of_its_target(technique: Technique) -> None:
    used = {word for _, point in points(technique) for part in point for word in re.findall(r"{([^}]*)}", part)}
    assert used <= WORDS[technique.target]
    if technique.unbounded:
        assert used <= dict(technique.unbounded).keys()


@EVERY
def test_a_row_asks_for_what_the_api_has(technique: Technique) -> None:
    for need, (verb, group, resource, name, namespace) in points(technique):
        assert need.actions == ("*",)
        if "{" in resource or "impersonate-on" in verb:
            continue
        plain = group.removeprefix("g:")
        if plain in CUSTOM or CONSTRAINED.fullmatch(verb):
            continue
        row = resources().get((plain, resource))
        if row is None:
            assert (plain, resource) in AUTHORIZED
        assert verb in VERBS or (row is not None and verb in row.verbs), f"no request does {verb} on {resource}"
        if row is not None:
            assert row.namespaced == bool(namespace) or verb == "bind", f"{resource} and namespace `{namespace}`"
        assert not (verb == "create" and "/" not in resource and name), "a request to create has no name"


def test_a_wildcard_for_the_signers_of_a_domain_is_a_name() -> None:
    row = next(technique for technique in techniques() if technique.id == "csr-client")
    assert "kubernetes.io/*" in {display(point[3]) for _, point in points(row)}
    assert "kubernetes.io/*" not in {point[3] for _, point in points(row)}


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("service_account", "dev/bot", {"namespace": "dev", "name": "bot"}),
        ("kubernetes_user", "team/jane", {"name": "team/jane"}),
        ("kubernetes_group", "system:masters", {"name": "system:masters"}),
        ("role", "dev/r", {"namespace": "dev", "name": "r"}),
        ("cluster_role", "r", {"name": "r"}),
    ],
)
def test_the_words_of_an_identity(kind: str, name: str, expected: dict[str, str]) -> None:
    span = Span(path="a.yaml", line=1, column=1, end_line=1, end_column=1)
    identity = Identity(key=IdentityKey("x"), platform="kubernetes", kind=kind, name=name, span=span)
    assert variables(identity) == expected
