"""Kustomizations of a tree: what is rendered, where its values stand, and what bad input does."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from nhilint.model.document import Document
from nhilint.model.node import Map, Scalar, Unknown
from nhilint.model.span import Span
from nhilint.sources.load import Loaded, load
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from tests.unit.sources.manifests.charts import needs_engine


def loaded(files: dict[str, Any], **options: Any) -> Loaded:
    texts = {path: text if isinstance(text, str) else json.dumps(text) for path, text in files.items()}
    return load(MemoryTree(texts), LoadOptions(**options))


def role(name: str = "r", **metadata: Any) -> dict[str, Any]:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    meta = {"name": name, **metadata}
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": meta, "rules": rules}


def names(result: Loaded) -> list[tuple[str, str]]:
    return sorted((d.root, said(d, "name")) for d in result.documents)


def said(document: Document, key: str) -> str:
    meta = document.body.get("metadata")
    node = meta.get(key) if isinstance(meta, Map) else None
    return str(node.value) if isinstance(node, Scalar) else ""


OVERLAYS = {
    "base/kustomization.yaml": {"resources": ["role.yaml"]},
    "base/role.yaml": role(),
    "overlays/dev/kustomization.yaml": {"resources": ["../../base"], "nameSuffix": "-dev"},
    "overlays/prod/kustomization.yaml": {"resources": ["../../base"], "nameSuffix": "-prod"},
    "tools/role.yaml": role("tool"),
}


def test_each_overlay_is_a_root_and_a_base_is_none() -> None:
    result = loaded(OVERLAYS)
    assert names(result) == [("overlays/dev", "r-dev"), ("overlays/prod", "r-prod"), ("tools", "tool")]
    assert not result.unresolved


@pytest.mark.parametrize(
    "environment, wanted",
    [
        ("prod", [("overlays/prod", "r-prod"), ("tools", "tool")]),
        ("other", [("overlays/dev", "r-dev"), ("overlays/prod", "r-prod"), ("tools", "tool")]),
    ],
)
def test_an_environment_is_the_name_of_an_overlay(environment: str, wanted: list[tuple[str, str]]) -> None:
    assert names(loaded(OVERLAYS, environment=environment)) == wanted


def test_an_environment_chooses_among_folders_of_one_name() -> None:
    overlays = [f"{app}/overlays/{place}" for app in ("a", "b") for place in ("dev", "prod")]
    files: dict[str, Any] = {"c/overlays/dev/kustomization.yaml": {"resources": ["../../role.yaml"]}}
    files["c/role.yaml"] = files["a/role.yaml"] = files["b/role.yaml"] = role()
    files |= {f"{folder}/kustomization.yaml": {"resources": ["../../role.yaml"]} for folder in overlays}
    found = loaded(files, environment="prod")
    assert [root for root, _ in names(found)] == ["a/overlays/prod", "b/overlays/prod"]


def test_paths_choose_what_is_rendered() -> None:
    assert names(loaded(OVERLAYS, paths=("overlays/dev",))) == [("overlays/dev", "r-dev")]
    assert names(loaded(OVERLAYS, paths=("base",))) == [("base", "r")]


def test_a_value_stands_where_it_was_written() -> None:
    files = {
        "base/kustomization.yaml": "resources: [role.yaml]\n",
        "base/role.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: r\nrules: []\n",
        "top/kustomization.yaml": "namespace: dev\nresources: [../base]\npatches:\n- path: patch.yaml\n"
        "- target: {kind: Role}\n  patch: |\n    - op: add\n      path: /rules/-\n      value:\n"
        "        verbs: [list]\n",
        "top/patch.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: r\n"
        "rules:\n- verbs: [get]\n",
    }
    (document,) = loaded(files).documents
    assert document.span.path == "base/role.yaml"
    places = [node.span for node in document.body.entries["rules"].items]  # type: ignore[union-attr]
    assert [(place.path, place.line) for place in places] == [("top/patch.yaml", 6), ("top/kustomization.yaml", 10)]
    meta = document.body.get("metadata")
    assert isinstance(meta, Map)
    assert meta.entries["namespace"].span[:2] == Span("top/kustomization.yaml", 1)[:2]


def test_what_a_secret_holds_is_not_kept() -> None:
    files = {
        "kustomization.yaml": {
            "secretGenerator": [{"name": "s", "literals": ["password=hunter2"], "files": ["key"]}],
            "resources": ["secret.yaml"],
        },
        "key": "BEGIN KEY",
        "secret.yaml": {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "t"},
            "stringData": {"a": "hunter2"},
        },
    }
    result = loaded(files)
    assert len(result.documents) == 2
    for document in result.documents:
        for key in ("data", "stringData"):
            table = document.body.get(key)
            assert table is None or all(isinstance(node, Unknown) for node in table.entries.values())  # type: ignore[union-attr]
    assert "hunter2" not in repr(result)
    assert "aHVudGVyMg" not in repr(result)


def test_ten_thousand_documents() -> None:
    text = "\n---\n".join(json.dumps(role(f"r{i}")) for i in range(10_000))
    start = time.process_time()
    result = loaded({"kustomization.yaml": {"resources": ["all.yaml"], "namePrefix": "p-"}, "all.yaml": text})
    assert len(result.documents) == 10_000
    assert said(result.documents[-1], "name") == "p-r9999"
    assert time.process_time() - start < 60


def test_an_anchor_bomb_is_said_and_the_rest_is_judged() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{after}: &{after} [*{before}, *{before}, *{before}, *{before}, *{before}, *{before}, *{before}]\n"
    files = {
        "kustomization.yaml": {"resources": ["bomb.yaml", "role.yaml"]},
        "bomb.yaml": "kind: Role\nmetadata: {name: b}\n" + bomb,
        "role.yaml": role(),
    }
    result = loaded(files)
    assert [name for _, name in names(result)] == ["r"]
    (problem,) = result.unresolved
    assert problem.span.path == "bomb.yaml"
    assert "nodes" in problem.why


def test_bases_that_double_are_bounded() -> None:
    files: dict[str, Any] = {"0/kustomization.yaml": {"resources": ["role.yaml"]}, "0/role.yaml": role()}
    for level in range(1, 30):
        for side in "ab":
            below = [f"../{level - 1}{end}" if level > 1 else "../0" for end in ("a", "b")][: 2 if level > 1 else 1]
            files[f"{level}{side}/kustomization.yaml"] = {"resources": below, "namePrefix": side}
    result = loaded(files)
    assert any("more than" in problem.why for problem in result.unresolved)
    assert ("0", "r") in names(result)


def test_a_long_chain_of_bases_is_said() -> None:
    files: dict[str, Any] = {f"{i}/kustomization.yaml": {"resources": [f"../{i + 1}"]} for i in range(200)}
    files["200/kustomization.yaml"] = {"resources": ["role.yaml"]}
    files["200/role.yaml"] = role()
    result = loaded(files)
    assert any("take in one another" in problem.why for problem in result.unresolved)
    assert [name for _, name in names(result)] == ["r"]


def test_a_transformer_of_kustomize_itself_writes_where_its_fields_say() -> None:
    fields = [{"path": "subjects/name", "kind": "RoleBinding"}]
    transformer = {"apiVersion": "builtin", "kind": "PrefixSuffixTransformer", "metadata": {"name": "t"}}
    transformer |= {"prefix": "p-", "suffix": "-s", "fieldSpecs": fields}
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "b"}}
    binding |= {"roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "User", "name": "u"}]}
    files = {
        "kustomization.yaml": {"resources": ["b.yaml"], "transformers": ["t.yaml"]},
        "b.yaml": binding,
        "t.yaml": transformer,
    }
    result = loaded(files)
    (subject,) = result.documents[0].body.entries["subjects"].items  # type: ignore[union-attr]
    assert subject.entries["name"].value == "p-u-s"
    assert said(result.documents[0], "name") == "b"
    assert not result.unresolved


def test_copies_of_copies_are_bounded() -> None:
    copies = [{"op": "copy", "from": "/rules", "path": f"/rules/0/{i}"} for i in range(60)]
    deep = [{"op": "copy", "from": "/rules/0", "path": "/rules/0/verbs/0"} for _ in range(2_000)]
    source = {"kind": "Role", "fieldPath": "rules"}
    target = {"select": {"kind": "Role"}, "options": {"create": True}}
    replacements = [{"source": source, "targets": [{**target, "fieldPaths": [f"rules.0.x{i}"]}]} for i in range(60)]
    words = {"select": {"kind": "Role"}, "fieldPaths": ["metadata.name"], "options": {"delimiter": "-", "index": 9}}
    growing = [{"source": {"kind": "Role"}, "targets": [words]} for _ in range(60)]
    for field in (
        {"patches": [{"target": {"kind": "Role"}, "patch": json.dumps(copies)}]},
        {"patches": [{"target": {"kind": "Role"}, "patch": json.dumps(deep)}]},
        {"replacements": replacements},
        {"replacements": growing},
    ):
        result = loaded({"kustomization.yaml": {"resources": ["role.yaml"], **field}, "role.yaml": role()})
        assert any("more than" in problem.why for problem in result.unresolved)
        assert len(result.documents) == 1


@pytest.mark.parametrize(
    "kustomization, why",
    [
        ({"resources": ["role.yaml"], "nonsense": 1}, "no kustomization has the field `nonsense`"),
        ({"resources": ["role.yaml", {}]}, "an element of `resources` is another type of value"),
        ({"resources": ["role.yaml"], "namespace": ["x"]}, "`namespace` is another type of value"),
        ({"resources": ["role.yaml"], "patches": [{"patch": "- op: remove\n  path: /nothing"}]}, "has a `target`"),
        (
            {
                "resources": ["role.yaml"],
                "patches": [{"patch": "- {op: remove, path: /x}", "target": {"kind": "Role"}}],
            },
            "`remove` at `/x`: there is no `x`",
        ),
        ({"resources": ["role.yaml"], "patches": [{"patch": "a: ["}]}, "the patch can not be read"),
        ({"resources": ["role.yaml"], "patches": [{"path": "../../../etc/passwd"}]}, "lies outside of the tree"),
        ({"resources": ["role.yaml"], "components": ["."]}, "take each other in"),
        ({"resources": ["role.yaml"], "patches": [{"target": {"name": "("}, "patch": "[]"}]}, "pattern"),
        ({"resources": ["role.yaml"], "replacements": [{"source": {"kind": "None"}, "targets": []}]}, "no object"),
        ({"resources": ["role.yaml"], "configMapGenerator": [{"name": "c", "files": ["gone"]}]}, "there is no `gone`"),
        ({"resources": ["role.yaml"], "vars": [{"name": "V", "objref": {"kind": "None"}}]}, "stands for"),
        ({"resources": ["role.yaml", "role.yaml"]}, "two objects of one name"),
    ],
)
def test_what_can_not_be_done_is_said_and_the_rest_is_there(kustomization: dict[str, Any], why: str) -> None:
    result = loaded({"kustomization.yaml": kustomization, "role.yaml": role()})
    assert any(why in problem.why and problem.span.path for problem in result.unresolved), result.unresolved
    assert ("", "r") in names(result)


def test_a_kustomization_that_is_no_text_leaves_its_files() -> None:
    result = load(MemoryTree({"kustomization.yaml": b"\xff\xfe\x00", "role.yaml": json.dumps(role())}), LoadOptions())
    assert names(result) == [("", "r")]
    assert len(result.unresolved) == 1


@needs_engine
def test_a_chart_that_a_kustomization_inflates_is_one_of_its_objects_and_nothing_else() -> None:
    text = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: {{ .Release.Name }}\n"
        "rules:\n- verbs: {{ toJson .Values.verbs }}\n"
    )
    row = {"name": "app", "releaseName": "one", "valuesFile": "v.yaml", "valuesInline": {"verbs": ["list"]}}
    files = {
        "kustomization.yaml": {"helmCharts": [row], "namespace": "dev", "namePrefix": "p-"},
        "v.yaml": {"verbs": ["get"]},
        "charts/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
        "charts/app/templates/a.yaml": text,
    }
    result = loaded(files)
    assert [(d.root, said(d, "name"), said(d, "namespace")) for d in result.documents] == [("", "p-one", "dev")]
    (rule,) = result.documents[0].body.entries["rules"].items  # type: ignore[union-attr]
    assert [verb.value for verb in rule.entries["verbs"].items] == ["list"]
    files["kustomization.yaml"] = {"helmCharts": [{**row, "valuesMerge": "merge"}]}
    (rule,) = loaded(files).documents[0].body.entries["rules"].items  # type: ignore[union-attr]
    assert [verb.value for verb in rule.entries["verbs"].items] == ["get"]
