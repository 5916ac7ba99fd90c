"""Charts that Terraform and kustomizations ask for."""

from __future__ import annotations

import json

import pytest

from nhilint.app.inputs import Asked, Side, load_side
from nhilint.app.settings import Settings
from nhilint.model.node import Map, Text
from nhilint.platforms.kubernetes import interpret
from nhilint.sources.memory import MemoryTree
from tests.unit.sources.manifests.charts import chart, names, needs_engine, read


def accounts(files: dict[str, str]) -> list[str]:
    return [name for name in names(read(files)) if " ServiceAccount " in name]


def release(body: str, head: str = "") -> str:
    return f'{head}resource "helm_release" "x" {{\n  name = "web"\n  {body}\n}}\n'


@needs_engine
@pytest.mark.parametrize("path", ['"../charts/app"', '"${path.module}/../charts/app"', '"./../charts/app/"'])
def test_a_release_of_terraform(path: str) -> None:
    body = (
        f'chart = {path}\n  namespace = "prod"\n'
        '  values = [file("${path.module}/live.yaml"), yamlencode({ rbac = true }),'
        " <<-EOT\n    suffix: heredoc\n  EOT\n  ]\n"
        '  set {\n    name = "rbac"\n    value = "false"\n  }'
    )
    files = {**chart("charts/app"), "infra/main.tf": release(body), "infra/live.yaml": "suffix: file\n"}
    assert accounts(files) == ["charts/app ServiceAccount prod/web-heredoc"]
    assert not any("own values" in a.why for a in read(files).assumed)


@needs_engine
def test_the_list_form_of_what_is_set_and_a_value_that_is_not_known() -> None:
    body = (
        'chart = "./charts/app"\n'
        '  set = [{ name = "rbac", value = "false" }, { name = "suffix", value = "a-${var.s}" }]'
    )
    found = read({**chart("charts/app"), "main.tf": release(body, 'variable "s" {}\n')})
    (account,) = [d for d in found.documents if d.kind == "ServiceAccount"]
    meta = account.body.get("metadata")
    assert isinstance(meta, Map)
    name = meta.get("name")
    assert isinstance(name, Text)
    assert [getattr(part, "name", part) for part in name.parts] == ["web-a-", "var.s"]


@needs_engine
def test_what_is_not_known_of_a_name_stays_a_symbol() -> None:
    body = 'chart = "./charts/app"\n  namespace = var.s'
    found = read({**chart("charts/app"), "main.tf": release(body, 'variable "s" {}\n')})
    (account,) = [d for d in found.documents if d.kind == "ServiceAccount"]
    meta = account.body.get("metadata")
    assert isinstance(meta, Map)
    assert isinstance(meta.get("namespace"), Text)


def test_a_release_of_a_chart_from_elsewhere_is_named() -> None:
    body = 'repository = "https://example.com"\n  chart = "redis"\n  version = "1.2.3"'
    found = read({"main.tf": release(body)})
    assert [u.what for u in found.unresolved] == ["`helm_release.x` (chart `redis 1.2.3` of `https://example.com`)"]


INFLATED = """helmCharts:
- name: app
  releaseName: web
  namespace: prod
  valuesFile: live.yaml
  valuesInline: {rbac: false}
"""


@needs_engine
def test_a_chart_in_a_kustomization() -> None:
    files = {
        **chart("over/charts/app"),
        "over/kustomization.yaml": INFLATED + "nameSuffix: -x\n",
        "over/live.yaml": "suffix: live\n",
    }
    assert accounts(files) == ["over ServiceAccount prod/web-live-x"]


@needs_engine
@pytest.mark.parametrize("merge, name", [("override", "web-inline"), ("merge", "web-live"), ("replace", "web-inline")])
def test_how_values_of_a_kustomization_are_laid_over_each_other(merge: str, name: str) -> None:
    text = INFLATED.replace("{rbac: false}", f"{{rbac: false, suffix: inline}}\n  valuesMerge: {merge}")
    files = {**chart("c/app"), "over/live.yaml": "suffix: live\n"}
    files["over/kustomization.yaml"] = "helmGlobals: {chartHome: ../c}\n" + text
    assert accounts(files) == [f"over ServiceAccount prod/{name}"]


def test_a_chart_of_a_kustomization_from_elsewhere_is_named() -> None:
    text = "helmCharts:\n- {name: redis, version: 1.2.3, repo: 'https://example.com'}\n"
    found = read({"over/kustomization.yaml": text})
    assert ["`redis`" in u.why and "https://example.com" in u.why for u in found.unresolved] == [True]


@needs_engine
def test_a_plan_installs_what_it_names_and_no_other_chart() -> None:
    manifest = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: text, namespace: prod}\n"
    after = {"name": "web", "namespace": "prod", "chart": "./charts/app", "values": ["suffix: live\nrbac: false\n"]}
    rows = [("helm_release", after), ("kubectl_manifest", {"yaml_body": manifest})]
    changes = [
        {
            "address": f"{kind}.x",
            "mode": "managed",
            "type": kind,
            "name": "x",
            "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": {}},
        }
        for kind, values in rows
    ]
    text = json.dumps(
        {
            "format_version": "1.2",
            "planned_values": {},
            "resource_changes": changes,
            "configuration": {"root_module": {}},
            "prior_state": {"values": {"root_module": {"resources": []}}},
        }
    )
    tree = MemoryTree({**chart("charts/app"), **chart("other"), "x.yaml": manifest.replace("text", "file")})
    loaded = load_side(Side(tree=tree, info={}, plan="p.json", plan_text=text), Asked(), Settings())
    found = interpret(loaded.documents)
    assert sorted(identity.name for identity in found.identities) == ["prod/text", "prod/web-live"]
