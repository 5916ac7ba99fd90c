"""What the objects of Flux apply from a tree: charts with their values, folders with what is laid over them."""

from __future__ import annotations

import pytest

from nhilint.model.node import Map, Text
from nhilint.platforms.kubernetes import interpret
from tests.unit.sources.manifests.charts import chart, names, needs_engine, read

SYNC = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: 'https://example.com/fleet'}
---
"""


def release(name: str, spec: str, namespace: str = "apps") -> str:
    meta = f"{{name: {name}, namespace: {namespace}}}"
    return f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {meta}\nspec: {spec}\n"


def of(chart: str, more: str = "") -> str:
    source = "{kind: GitRepository, name: flux-system, namespace: flux-system}"
    return f"{{chart: {{spec: {{chart: {chart}, sourceRef: {source}}}}}{more}}}"


def kustomization(name: str, path: str, more: str = "") -> str:
    source = "{kind: GitRepository, name: flux-system}"
    meta = f"{{name: {name}, namespace: flux-system}}"
    return (
        f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {meta}\n"
        f"spec: {{path: {path}, sourceRef: {source}, prune: true{more}}}\n"
    )


def account(name: str, namespace: str = "") -> str:
    where = f"  namespace: {namespace}\n" if namespace else ""
    return f"apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n{where}"


@needs_engine
def test_a_release_of_a_chart_in_the_tree() -> None:
    values = ", releaseName: web, targetNamespace: prod, values: {suffix: live, rbac: false}"
    found = read({**chart("charts/app"), "clusters/live/web.yaml": release("x", of("./charts/app", values))})
    assert [name for name in names(found) if "HelmRelease" not in name] == ["charts/app ServiceAccount prod/web-live"]
    assert [a.what for a in found.assumed] == ["GitRepository `flux-system`"]


@needs_engine
@pytest.mark.parametrize(
    "more, name",
    [("", "apps/x-bot"), (", targetNamespace: prod", "prod/prod-x-bot"), (", releaseName: web", "apps/web-bot")],
)
def test_the_name_of_a_release(more: str, name: str) -> None:
    found = read({**chart("app"), "web.yaml": release("x", of("app", f"{more}, values: {{rbac: false}}"))})
    assert f"app ServiceAccount {name}" in names(found)


@needs_engine
def test_several_releases_of_a_chart_are_told_apart() -> None:
    files = {
        **chart("app"),
        "a.yaml": release("one", of("app", ", values: {rbac: false}")),
        "b.yaml": release("two", of("app", ", values: {rbac: false}")),
    }
    found = [name for name in names(read(files)) if "HelmRelease" not in name]
    assert found == ["app@one ServiceAccount apps/one-bot", "app@two ServiceAccount apps/two-bot"]


@needs_engine
def test_values_come_from_config_maps_in_order() -> None:
    config = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: v, namespace: apps}\n"
        "data:\n  values.yaml: |\n    suffix: far\n    rbac: false\n  one: near\n"
    )
    refs = "[{kind: ConfigMap, name: v}, {kind: ConfigMap, name: v, valuesKey: one, targetPath: suffix}]"
    files = {**chart("app"), "v.yaml": config, "web.yaml": release("x", of("app", f", valuesFrom: {refs}"))}
    assert "app ServiceAccount apps/x-near" in names(read(files))
    lost = read({**files, "web.yaml": release("x", of("app", ", valuesFrom: [{kind: Secret, name: s}]"))})
    assert [u.why for u in lost.unresolved] == [
        "some of its values come from Secret `s`, which this tree does not hold"
    ]
    optional = ", valuesFrom: [{kind: Secret, name: s, optional: true}]"
    assert read({**files, "web.yaml": release("x", of("app", optional))}).unresolved == ()


def test_a_chart_from_elsewhere_is_named() -> None:
    spec = "{chart: {spec: {chart: podinfo, version: 6.x, sourceRef: {kind: HelmRepository, name: pod}}}}"
    found = read({"a.yaml": release("x", spec), "b.yaml": release("y", "{chartRef: {kind: OCIRepository, name: far}}")})
    assert sorted(u.what for u in found.unresolved) == [
        "HelmRelease `apps/x` (chart `podinfo 6.x` of HelmRepository `pod`)",
        "HelmRelease `apps/y` (chart of OCIRepository `far`)",
    ]


def test_a_repository_that_is_not_the_clusters_own_is_elsewhere() -> None:
    other = SYNC.replace("name: flux-system", "name: other").replace("fleet", "other")
    text = kustomization("k", "./deploy", ", targetNamespace: prod").replace("name: flux-system}", "name: other}")
    found = read({"c/sync.yaml": SYNC + other + text, "deploy/a.yaml": account("bot")})
    assert ". ServiceAccount" not in str(names(found))
    assert "deploy ServiceAccount -/bot" in names(found)
    assert [u.what for u in found.unresolved] == [
        "Kustomization `flux-system/k` (`./deploy` of GitRepository `other` (https://example.com/other))"
    ]


def test_a_folder_with_a_namespace_and_variables() -> None:
    build = ", targetNamespace: prod, postBuild: {substitute: {who: bot, level: '3'}}"
    text = account("x-${who}") + "automountServiceAccountToken: ${flag:=false}\n"
    found = read({"c/k.yaml": kustomization("k", "./deploy", build), "deploy/a.yaml": text})
    assert "deploy ServiceAccount prod/x-bot" in names(found)
    body = next(d.body for d in found.documents if d.kind == "ServiceAccount")
    assert getattr(body.get("automountServiceAccountToken"), "value", None) is False


@pytest.mark.parametrize("source, known", [("ConfigMap", "x-far"), ("Secret", None)])
def test_variables_from_objects(source: str, known: str | None) -> None:
    config = f"apiVersion: v1\nkind: {source}\nmetadata: {{name: v, namespace: flux-system}}\ndata: {{who: far}}\n"
    build = f", postBuild: {{substituteFrom: [{{kind: {source}, name: v}}]}}"
    files = {
        "c/v.yaml": config,
        "c/k.yaml": kustomization("k", "./deploy", build),
        "deploy/a.yaml": account("x-${who}"),
    }
    body = next(d.body for d in read(files).documents if d.kind == "ServiceAccount")
    meta = body.get("metadata")
    assert isinstance(meta, Map)
    name = meta.get("name")
    if known is not None:
        assert getattr(name, "value", None) == known
    else:
        assert isinstance(name, Text)
        assert [getattr(part, "name", part) for part in name.parts] == ["x-", "who"]


def test_nothing_is_substituted_without_being_asked_for_or_where_it_is_forbidden() -> None:
    plain = read({"c/k.yaml": kustomization("k", "./deploy"), "deploy/a.yaml": account("x-${who}")})
    assert "deploy ServiceAccount -/x-${who}" in names(plain)
    spared = account("x-${who}") + "  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n"
    build = ", postBuild: {substitute: {who: bot}}"
    found = read({"c/k.yaml": kustomization("k", "./deploy", build), "deploy/a.yaml": spared})
    assert "deploy ServiceAccount -/x-${who}" in names(found)


def test_two_clusters_that_apply_a_folder_differently_are_two_environments() -> None:
    files = {
        "clusters/one/k.yaml": kustomization("k", "./deploy", ", postBuild: {substitute: {who: one}}"),
        "clusters/two/k.yaml": kustomization("k", "./deploy", ", postBuild: {substitute: {who: two}}"),
        "deploy/kustomization.yaml": "resources: [a.yaml]\n",
        "deploy/a.yaml": account("bot-${who}", "apps"),
    }
    found = [name for name in names(read(files)) if "ServiceAccount" in name]
    assert found == ["deploy@one ServiceAccount apps/bot-one", "deploy@two ServiceAccount apps/bot-two"]


@needs_engine
def test_what_is_changed_on_the_way_is_followed() -> None:
    patch = (
        "{patch: '[{op: add, path: /spec/values, value: {suffix: patched, rbac: false}}]', target: {kind: HelmRelease}}"
    )
    files = {
        **chart("charts/app"),
        "clusters/live/apps.yaml": kustomization("apps", "./apps", f", patches: [{patch}]"),
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": release("x", of("charts/app")),
    }
    found = [name for name in names(read(files)) if "ServiceAccount" in name]
    assert found == ["charts/app ServiceAccount apps/x-patched"]


def test_a_cluster_that_applies_itself_ends() -> None:
    build = ", targetNamespace: prod, postBuild: {substitute: {a: b}}"
    files = {
        "k.yaml": kustomization("k", "./", build),
        "l.yaml": kustomization("l", ".", build),
        "a.yaml": account("bot"),
    }
    found = read(files)
    assert any("ServiceAccount prod/bot" in name for name in names(found))


def test_artifacts_that_are_copied_from_the_repository() -> None:
    artifact = (
        "apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\nmetadata: {name: g}\n"
        "spec:\n  artifacts:\n  - name: apps\n    copy: [{from: '@repo/teams/apps/**', to: '@artifact/'}]\n"
    )
    text = kustomization("k", "./web", ", targetNamespace: prod").replace(
        "GitRepository, name: flux-system", "ExternalArtifact, name: apps"
    )
    found = read({"c/g.yaml": artifact, "c/k.yaml": text, "teams/apps/web/a.yaml": account("bot")})
    assert "teams/apps/web ServiceAccount prod/bot" in names(found)


def test_values_of_a_chart_are_no_account_of_the_release() -> None:
    spec = "{chartRef: {kind: OCIRepository, name: far}, values: {serviceAccount: x, pod: {serviceAccountName: y}}}"
    found = interpret(read({"a.yaml": release("x", spec)}).documents)
    assert found.workloads == ()
    runs = interpret(
        read({"a.yaml": release("x", spec.replace("{chartRef", "{serviceAccountName: bot, chartRef"))}).documents
    )
    assert [one.identity for one in runs.workloads] == ["kubernetes:serviceaccount/apps/bot"]
