"""What the objects of Argo CD apply from a tree: charts, kustomizations, folders, and sets of applications."""

from __future__ import annotations

import pytest

from tests.unit.sources.manifests.charts import chart, names, needs_engine, read
from tests.unit.sources.manifests.test_flux import account

REPOSITORY = "repoURL: 'https://example.com/fleet'"


def application(name: str, source: str, namespace: str = "prod") -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\n"
        f"spec: {{destination: {{namespace: {namespace}}}, {source}}}\n"
    )


def one(path: str, more: str = "") -> str:
    return f"source: {{{REPOSITORY}, path: {path}{more}}}"


def rendered(files: dict[str, str]) -> list[str]:
    return [name for name in names(read(files)) if "Application" not in name]


@needs_engine
def test_a_chart_with_values_of_every_kind() -> None:
    helm = (
        ", helm: {releaseName: web, valueFiles: [live.yaml], values: 'a: {x: 1}', valuesObject: {b: {y: 2}},"
        " parameters: [{name: rbac, value: 'false'}, {name: b.z, value: '3', forceString: true}]}"
    )
    text = account("{{ .Values.a.x }}-{{ .Values.b.y }}-{{ kindOf .Values.b.z }}")
    files = chart("charts/app", templates__more_dot_yaml=text)
    found = rendered(
        {**files, "charts/app/live.yaml": "suffix: live\n", "apps/web.yaml": application("x", one("charts/app", helm))}
    )
    assert found == ["charts/app ServiceAccount prod/1-2-string", "charts/app ServiceAccount prod/web-live"]


@needs_engine
def test_values_files_of_another_source_and_of_the_top() -> None:
    sources = (
        f"sources: [{{{REPOSITORY}, path: app, "
        "helm: {valueFiles: [$values/env/live.yaml, /env/more.yaml, none.yaml]}},"
        f" {{{REPOSITORY}, ref: values}}]"
    )
    files = {
        **chart("app"),
        "env/live.yaml": "suffix: live\n",
        "env/more.yaml": "rbac: false\n",
        "a.yaml": application("x", sources),
    }
    found = read(files)
    assert "app ServiceAccount prod/x-live" in names(found)
    assert [u.why for u in found.unresolved] == ["its values file `none.yaml` is not in this tree"]


def test_a_kustomization_with_changes() -> None:
    more = ", kustomize: {namePrefix: a-, namespace: other}"
    files = {
        "k/kustomization.yaml": "resources: [a.yaml]\n",
        "k/a.yaml": account("bot"),
        "apps/a.yaml": application("x", one("k", more)),
    }
    assert rendered(files) == ["k ServiceAccount other/a-bot"]


def test_a_folder_is_read_as_far_as_it_says() -> None:
    files = {
        "f/a.yaml": account("top"),
        "f/b.yaml": account("written", "own"),
        "f/skip.yaml": account("skipped"),
        "f/g/c.yaml": account("below"),
    }
    flat = rendered({**files, "apps/a.yaml": application("x", one("f", ", directory: {exclude: '{skip,other}.yaml'}"))})
    assert flat == [
        "f ServiceAccount -/skipped",
        "f ServiceAccount own/written",
        "f ServiceAccount prod/top",
        "f/g ServiceAccount -/below",
    ]
    deep = rendered({**files, "apps/a.yaml": application("x", one("f", ", directory: {recurse: true}"))})
    assert "f ServiceAccount prod/below" in deep


@pytest.mark.parametrize(
    "source, what",
    [
        (
            f"source: {{{REPOSITORY}, chart: redis, targetRevision: 1.2.3}}",
            "chart `redis 1.2.3` of `https://example.com/fleet`",
        ),
        (one("nowhere"), "`nowhere` of `https://example.com/fleet`"),
        (one("'.'"), "`.` of `https://example.com/fleet`"),
        (one("../x"), "`../x` of `https://example.com/fleet`"),
    ],
)
def test_what_is_elsewhere_is_named(source: str, what: str) -> None:
    found = read({"apps/a.yaml": application("x", source)})
    assert [u.what for u in found.unresolved] == [f"Application `argocd/x` ({what})"]


@needs_engine
def test_an_application_of_applications() -> None:
    template = (
        "{{ range .Values.apps }}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        "metadata: {name: '{{ . }}', namespace: argocd}\nspec:\n  destination: {namespace: 'ns-{{ . }}'}\n"
        "  source: {repoURL: 'https://example.com/fleet', path: 'f/{{ . }}'}\n{{ end }}\n"
    )
    files = {
        "root/Chart.yaml": "apiVersion: v2\nname: root\nversion: 1.0.0\n",
        "root/values.yaml": "apps: [one, two]\n",
        "root/templates/apps.yaml": template,
        "f/one/a.yaml": account("bot"),
        "f/two/a.yaml": account("bot"),
    }
    assert rendered(files) == ["f/one ServiceAccount ns-one/bot", "f/two ServiceAccount ns-two/bot"]


def application_set(generators: str, template: str, go: bool = False) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: s, namespace: argocd}\nspec:\n"
        f"  goTemplate: {str(go).lower()}\n  generators: {generators}\n  template: {template}\n"
    )


FILES = {f"f/{name}/a.yaml": account("bot") for name in ("one", "two", "off")}


def template(name: str, path: str, namespace: str) -> str:
    source = f"{{{REPOSITORY}, path: '{path}'}}"
    return f"{{metadata: {{name: '{name}'}}, spec: {{source: {source}, destination: {{namespace: '{namespace}'}}}}}}"


@pytest.mark.parametrize(
    "generators, text, go",
    [
        ("[{list: {elements: [{n: one}, {n: two}]}}]", template("a-{{n}}", "f/{{n}}", "ns-{{n}}"), False),
        ("[{list: {elements: [{n: one}, {n: two}]}}]", template("a-{{.n}}", "f/{{ .n }}", "ns-{{.n}}"), True),
        (
            "[{git: {directories: [{path: f/*}, {path: f/off, exclude: true}]}}]",
            template("{{path.basename}}", "{{path}}", "ns-{{path[1]}}"),
            False,
        ),
        (
            "[{git: {directories: [{path: f/*}, {path: f/off, exclude: true}]}}]",
            template("x", "{{.path.path}}", "ns-{{ index .path.segments 1 }}"),
            True,
        ),
        ("[{git: {files: [{path: 'envs/**/c.json'}]}}]", template("x", "f/{{c.n}}", "ns-{{path.basename}}"), False),
        (
            "[{matrix: {generators: [{list: {elements: [{d: f}]}},"
            " {git: {directories: [{path: '{{d}}/[ot][nw]*'}]}}]}}]",
            template("x", "{{path}}", "ns-{{path.basename}}"),
            False,
        ),
        (
            "[{merge: {mergeKeys: [n], generators: [{list: {elements: [{n: one, s: x}, {n: two, s: two}]}},"
            " {list: {elements: [{n: one, s: one}]}}]}}]",
            template("x", "f/{{n}}", "ns-{{s}}"),
            False,
        ),
    ],
)
def test_sets_of_applications(generators: str, text: str, go: bool) -> None:
    envs = {"envs/one/c.json": '{"c": {"n": "one"}}', "envs/x/two/c.json": '{"c": {"n": "two"}}'}
    found = rendered({**FILES, **envs, "apps/s.yaml": application_set(generators, text, go)})
    assert [name for name in found if " prod/" in name or " ns-" in name][:2] == [
        "f/one ServiceAccount ns-one/bot",
        "f/two ServiceAccount ns-two/bot",
    ]


def test_what_a_set_does_not_know_is_said() -> None:
    found = read({**FILES, "s.yaml": application_set("[{clusters: {}}]", template("x", "f/{{name}}", "a"))})
    assert [u.why for u in found.unresolved] == ["its path `f/${name}` is not known"]
    known = read({**FILES, "s.yaml": application_set("[{clusters: {}}]", template("{{name}}", "f/one", "a"))})
    assert "f/one ServiceAccount a/bot" in names(known)
    other = read({**FILES, "s.yaml": application_set("[{pullRequest: {}}]", template("x", "f/one", "a"))})
    assert [u.why for u in other.unresolved] == ["what its generator `pullRequest` finds is not in this tree"]
