"""Charts of a tree: what is rendered, with which values, and what is said of what is not."""

from __future__ import annotations

import pytest

from nhilint.model.node import Map, Scalar, Text
from nhilint.sources.cache import DiskCache, ParseCache
from nhilint.sources.manifests import helm_engine
from nhilint.sources.options import LoadOptions, ReleaseOptions
from tests.unit.sources.manifests.charts import bomb, chart, names, needs_engine, packed, read

SECRET = "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata: {name: s}\n"


@needs_engine
def test_a_chart_is_rendered_with_its_own_values() -> None:
    found = read(chart("charts/app"))
    assert names(found) == [
        "charts/app ClusterRole -/app",
        "charts/app ClusterRoleBinding -/app",
        "charts/app ServiceAccount -/app-bot",
    ]
    assert found.unresolved == ()
    assert [(a.what, a.span) for a in found.assumed] == [("chart `charts/app`", ("charts/app/Chart.yaml", 1, 1, 0, 0))]


@needs_engine
def test_places_are_lines_of_the_templates() -> None:
    found = {d.kind: d for d in read(chart("app")).documents}
    assert found["ServiceAccount"].span[:2] == ("app/templates/account.yaml", 1)
    assert found["ClusterRole"].span[:2] == ("app/templates/roles.yaml", 2)
    binding = found["ClusterRoleBinding"]
    assert binding.span[:2] == ("app/templates/roles.yaml", 11)
    subjects = binding.body.get("subjects")
    assert subjects is not None
    assert subjects.span.line == 17


@needs_engine
def test_releases_of_the_settings_stand_in_place_of_the_default() -> None:
    files = {**chart("app"), "app/live.yaml": "suffix: live\n", "env/test.yaml": "rbac: false\n"}
    releases = (
        ReleaseOptions(chart="app", name="web", namespace="prod", values=("live.yaml",), environment="live"),
        ReleaseOptions(chart="app", values=("env/test.yaml",), environment="test"),
    )
    found = read(files, LoadOptions(releases=releases))
    assert names(found) == [
        "app@live ClusterRole -/web",
        "app@live ClusterRoleBinding -/web",
        "app@live ServiceAccount prod/web-live",
        "app@test ServiceAccount -/app-bot",
    ]
    assert found.assumed == ()
    one = read(files, LoadOptions(releases=releases, environment="test"))
    assert names(one) == ["app@test ServiceAccount -/app-bot"]


@needs_engine
@pytest.mark.parametrize("path", ["values-live.yaml", "values.live.yml", "live.values.yaml", "values/live.yaml"])
def test_a_values_file_that_is_named_for_an_environment_is_one(path: str) -> None:
    found = read({**chart("app"), f"app/{path}": "suffix: live\n"})
    assert [name for name in names(found) if "ServiceAccount" in name] == [
        "app ServiceAccount -/app-bot",
        "app@live ServiceAccount -/app-live",
    ]


@needs_engine
def test_a_namespace_that_is_written_stays_and_one_that_is_known_is_filled_in() -> None:
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: fixed, namespace: default}\n"
    bare = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bare}\n"
    files = chart("app", templates__fixed_dot_yaml=account, templates__bare_dot_yaml=bare)
    assert "app ServiceAccount default/fixed" in names(read(files))
    assert "app ServiceAccount -/bare" in names(read(files))
    known = read(files, LoadOptions(releases=(ReleaseOptions(chart="app", namespace="prod"),)))
    assert "app ServiceAccount prod/bare" in names(known)
    assert "app ServiceAccount prod/app-bot" in names(known)
    assert "app ClusterRole -/app" in names(known)


@needs_engine
def test_charts_inside_a_chart() -> None:
    head = (
        "dependencies:\n- {name: sub, version: 1.0.0, condition: second.on, alias: second}\n"
        "- {name: near, repository: 'file://../near'}\n"
    )
    inner = {path.removeprefix("sub/"): text for path, text in chart("sub").items()}
    files = {
        **chart("app", head),
        "app/charts/sub-1.0.0.tgz": packed(inner),
        **chart("near"),
        **chart("app/charts/extra"),
    }
    found = read(files)
    roots = {(d.root, d.span.path) for d in found.documents if d.kind == "ServiceAccount"}
    assert roots == {
        ("app", "app/templates/account.yaml"),
        ("app", "app/charts/sub-1.0.0.tgz"),
        ("app", "near/templates/account.yaml"),
        ("app", "app/charts/extra/templates/account.yaml"),
        ("near", "near/templates/account.yaml"),
    }
    off = read({**files, "app/values.yaml": "suffix: x\nrbac: false\nsecond: {on: false}\n"})
    assert not any(d.span.path.endswith(".tgz") for d in off.documents)


@needs_engine
def test_a_dependency_outside_the_tree_is_named_and_one_of_the_tree_is_taken() -> None:
    head = (
        "dependencies:\n- {name: far, version: 9.x.x, repository: 'https://example.com'}\n"
        "- {name: other}\n- {name: off, condition: a.b}\n"
    )
    files = chart("app", head, values_dot_yaml="suffix: bot\nrbac: true\nresources: []\na: {b: false}\n")
    found = read({**files, **chart("x/other")})
    assert [(u.what, u.why) for u in found.unresolved] == [
        ("chart `app`", "it depends on `far 9.x.x`, which this tree does not hold")
    ]
    assert "app ServiceAccount -/app-bot" in names(found)
    assert any("taken to be `x/other`" in a.why for a in found.assumed)


@needs_engine
def test_values_that_a_chart_takes_over_from_one_inside_it() -> None:
    head = "dependencies:\n- name: sub\n  import-values: [data, {child: own, parent: here}]\n"
    sub = chart(
        "app/charts/sub", values_dot_yaml="suffix: s\nrbac: false\nexports: {data: {word: taken}}\nown: {x: 1}\n"
    )
    text = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: '{{ .Values.word }}-{{ .Values.here.x }}'}\n"
    found = read({**chart("app", head, templates__more_dot_yaml=text), **sub})
    assert "app ServiceAccount -/taken-1" in names(found)


@needs_engine
def test_a_template_that_fails_loses_no_other() -> None:
    files = chart(
        "app", templates__bad_dot_yaml='kind: Role\n{{ fail "not so" }}', templates__worse_dot_yaml="{{ if }}kind: Role"
    )
    found = read(files)
    assert len(found.documents) == 3
    assert len(found.unresolved) == 1
    assert found.unresolved[0].span.path in ("app/templates/bad.yaml", "app/templates/worse.yaml")
    assert "2 of its 4 templates can not be rendered" in found.unresolved[0].why


@needs_engine
def test_a_value_that_nobody_gives_is_a_symbol() -> None:
    text = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: x-{{ required "say who" .Values.who.name }}\n'
    values = "suffix: bot\nrbac: false\nwho: {}\n"
    found = read(chart("app", templates__more_dot_yaml=text, values_dot_yaml=values))
    assert found.unresolved == ()
    meta = next(d for d in found.documents if d.span.path.endswith("more.yaml")).body.get("metadata")
    assert isinstance(meta, Map)
    name = meta.get("name")
    assert isinstance(name, Text)
    assert [getattr(part, "name", part) for part in name.parts] == ["x-", ".Values.who.name"]
    assert any("`who.name`" in a.why for a in found.assumed)


@needs_engine
def test_what_is_drawn_by_lot_is_a_symbol() -> None:
    text = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: fixed, labels: {a: '{{ randAlphaNum 9 }}', b: b}}\n"
    files = chart("app", templates__more_dot_yaml=text)
    first, second = read(files), read(files)
    assert first.documents == second.documents
    assert "app ServiceAccount -/fixed" in names(first)


@needs_engine
def test_the_content_of_a_secret_is_not_kept() -> None:
    text = SECRET + "stringData: {token: hush-hush}\ndata: {{ .Values.no }}\n"
    found = read(
        chart("app", templates__more_dot_yaml=text, values_dot_yaml="suffix: a\nrbac: false\nno: {k: hush-hush}\n")
    )
    assert any(d.kind == "Secret" for d in found.documents)
    assert "hush-hush" not in repr(found)


@needs_engine
def test_output_is_cut_and_read_as_helm_does_it() -> None:
    text = (
        "{{ $x := 1 }}\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: one}\n"
        "---\n{{- if $x }}apiVersion: v1\n{{- end }}\nkind: ServiceAccount\nmetadata: {name: two, name: three}\n"
        "automountServiceAccountToken: no\n"
    )
    found = read(chart("app", templates__more_dot_yaml=text))
    assert found.unresolved == ()
    assert {"app ServiceAccount -/one", "app ServiceAccount -/three"} <= set(names(found))
    third = next(d for d in found.documents if "three" in repr(d.body))
    mount = third.body.get("automountServiceAccountToken")
    assert isinstance(mount, Scalar)
    assert mount.value is False


@needs_engine
def test_a_library_gives_nothing_and_a_chart_without_accounts_is_not_rendered() -> None:
    library = chart("lib", "type: library\n")
    dull = {
        "dull/Chart.yaml": "name: dull\nversion: 1.0.0\napiVersion: v2\n",
        "dull/templates/x.yaml": "kind: ConfigMap",
    }
    found = read({**library, **dull})
    assert (found.documents, found.unresolved, found.assumed) == ((), (), ())


def test_without_an_engine_there_is_one_word_for_each_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(helm_engine.SWITCH, "off")
    plain = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: plain}\n"
    found = read({**chart("a", templates__plain_dot_yaml=plain), **chart("b")})
    assert [(u.what, u.span[:2], u.cause) for u in found.unresolved] == [
        ("chart `a`", ("a/Chart.yaml", 1), "template"),
        ("chart `b`", ("b/Chart.yaml", 1), "template"),
    ]
    assert "nhilint[helm]" in found.unresolved[0].help
    assert [d.span.path for d in found.documents] == ["a/templates/plain.yaml"]


@needs_engine
def test_what_was_rendered_is_known_the_next_time(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    first = ParseCache(DiskCache(folder / "v"))
    rendered = read(chart("app"), cache=first)
    first.save()

    def refuse(*rest: object) -> None:
        raise AssertionError("it is rendered again")

    engine = type(helm_engine.open_engine())
    monkeypatch.setattr(engine, "render", refuse)
    assert read(chart("app"), cache=ParseCache(DiskCache(folder / "v"))).documents == rendered.documents
    with pytest.raises(AssertionError):
        read({**chart("app"), "app/values.yaml": "suffix: new\n"}, cache=ParseCache(DiskCache(folder / "v")))


# --- bad input -------------------------------------------------------------------------------------------------------


@needs_engine
@pytest.mark.parametrize(
    "template",
    [
        '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }} Role',
        '{{ define "y" }}{{ template "y" . }}{{ end }}{{ template "y" . }} Role',
    ],
)
def test_a_template_that_takes_itself_in(template: str) -> None:
    found = read({**chart("app", templates__loop_dot_yaml=template), **chart("fine")})
    assert [u.what for u in found.unresolved] == ["chart `app`"]
    assert found.unresolved[0].span.path == "app/templates/loop.yaml"
    assert len(found.documents) == 6


@needs_engine
@pytest.mark.parametrize(
    "template, seconds, why",
    [
        ("{{ range until 40000 }}{{ range until 40000 }}{{ end }}{{ end }} Role", 2.0, "does not end"),
        ('{{ repeat 900000000 "x" }} Role', 60.0, "too much memory"),
    ],
)
def test_a_template_that_does_not_end_or_takes_everything(
    template: str, seconds: float, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helm_engine, "SECONDS", seconds)
    found = read({**chart("app", templates__loop_dot_yaml=template), **chart("fine")})
    assert [u.what for u in found.unresolved] == ["chart `app`"]
    assert why in found.unresolved[0].why
    assert len(found.documents) == 3


@needs_engine
@pytest.mark.parametrize(
    "content, why",
    [
        (bomb(80 * 1024 * 1024), "unpacks to more than"),
        (packed({"../../etc/passwd": "x"}, top=""), "leads out of it"),
        (packed({"/etc/passwd": "x"}, top=""), "leads out of it"),
        (b"no archive", "is not a packed chart"),
        (packed({"values.yaml": "a: 1"}), "has no `Chart.yaml`"),
        (packed({"Chart.yaml": "- 1"}), "values are a map"),
    ],
)
def test_archives_that_are_no_charts(content: bytes, why: str) -> None:
    found = read({**chart("app"), "app/charts/sub.tgz": content, **chart("fine")})
    assert [u.what for u in found.unresolved] == ["chart `app`"]
    assert why in found.unresolved[0].why
    assert len(found.documents) == 3


@needs_engine
@pytest.mark.parametrize("values", ["- 1", "text", "a: [", "a: *no"])
def test_a_values_file_that_is_no_map(values: str) -> None:
    found = read({**chart("app"), "app/values-x.yaml": values})
    assert [u.what for u in found.unresolved] == ["chart `app@x`"]
    assert found.unresolved[0].span.path == "app/values-x.yaml"
    assert len(found.documents) == 3


@needs_engine
def test_what_a_template_asks_of_a_cluster_or_of_the_machine_is_empty() -> None:
    text = (
        'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: "a{{ (lookup "v1" "Secret" "x" "y").data }}'
        '{{ getHostByName "localhost" }}"}\n'
    )
    files = chart("app", templates__ask_dot_yaml=text, templates__env_dot_yaml='{{ env "HOME" }} Role')
    found = read(files)
    assert "app ServiceAccount -/a" in names(found)
    assert "127.0.0.1" not in repr(found)
    assert "`env`" in found.unresolved[0].why or '"env"' in found.unresolved[0].why


@needs_engine
def test_a_chart_for_other_versions_of_a_cluster_is_rendered() -> None:
    assert len(read(chart("app", 'kubeVersion: "<1.20.0-0"\n')).documents) == 3


@needs_engine
def test_charts_that_hold_each_other() -> None:
    left = chart("left", "dependencies:\n- {name: right, repository: 'file://../right'}\n")
    right = chart("right", "dependencies:\n- {name: left, repository: 'file://../left'}\n")
    found = read({**left, **right, **chart("fine")})
    assert {u.what for u in found.unresolved} == {"chart `left`", "chart `right`"}
    assert len(found.documents) == 3
