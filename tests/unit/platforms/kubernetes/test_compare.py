"""`nhilint compare` on Role and ClusterRole documents: the verdict, the residue as rules, and documents it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from nhilint.app.compare import command
from nhilint.app.documents import platform_of, read_text
from nhilint.app.inputs import InputError
from nhilint.app.output import FormatError
from nhilint.engine import compare_documents
from nhilint.engine.schemas import __path__ as schemas
from nhilint.reports import text


def role(*rules: str, kind: str = "ClusterRole", more: str = "") -> str:
    lines = "".join(f"\n- {{{rule}}}" for rule in rules) or " []"
    return f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: r}}\n{more}rules:{lines}\n"


def answer(reference: str, candidate: str):
    outer, inner = read_text(reference, "reference.yaml"), read_text(candidate, "candidate.yaml")
    assert platform_of(outer, "reference.yaml") == platform_of(inner, "candidate.yaml") == "kubernetes"
    return compare_documents(outer, inner, kind="kubernetes")


PODS = 'apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]'
"""What upstream's table of rule comparisons says, in our words: owner, servant, what is left."""
COMPARED = {
    "the same rule": ([PODS], [PODS], []),
    "one rule as several": (
        ['apiGroups: [a, b], resources: [x, y], verbs: [get, update]'],
        ["apiGroups: [a], resources: [x], verbs: [get]", "apiGroups: [b], resources: [x, y], verbs: [update]"],
        [],
    ),
    "several rules together": (
        ["apiGroups: [a], resources: [x], verbs: [get, update]", "apiGroups: [a], resources: [y], verbs: [get]",
         "apiGroups: [a], resources: [y], verbs: [update]"],
        ["apiGroups: [a], resources: [x, y], verbs: [get, update]"],
        [],
    ),
    "one combination is missing": (
        ["apiGroups: [a], resources: [x, y], verbs: [get, update]", "apiGroups: [a], resources: [z], verbs: [get]"],
        ["apiGroups: [a], resources: [x, y, z], verbs: [get, update]"],
        [{"apiGroups": ["a"], "resources": ["z"], "verbs": ["update"]}],
    ),
    "a subresource of everything": (
        ['apiGroups: [a], resources: ["*/scale"], verbs: [get]'],
        ["apiGroups: [a], resources: [x/scale, y/status, scale], verbs: [get]"],
        [{"apiGroups": ["a"], "resources": ["scale", "y/status"], "verbs": ["get"]}],
    ),
    "a star covers subresources": (
        ['apiGroups: [a], resources: ["*"], verbs: [get]'],
        ['apiGroups: [a], resources: [x/scale, "*/log"], verbs: [get]'],
        [],
    ),
    "every group covers some": (
        ['apiGroups: ["*"], resources: [x], verbs: [get]'], ['apiGroups: [a, ""], resources: [x], verbs: [get]'], []
    ),
    "no list of groups covers every group": (
        ['apiGroups: ["", a, apps], resources: [x], verbs: [get]'],
        ['apiGroups: ["*"], resources: [x], verbs: [get]'],
        [{"apiGroups": ["*"], "resources": ["x"], "verbs": ["get"]}],
    ),
    "every verb covers some and itself": (
        ['apiGroups: [a], resources: [x], verbs: ["*"]'], ['apiGroups: [a], resources: [x], verbs: [get, "*", odd]'], []
    ),
    "no list of verbs covers every verb": (
        ["apiGroups: [a], resources: [x], verbs: [get, list, watch, create, update, patch, delete, deletecollection]"],
        ['apiGroups: [a], resources: [x], verbs: ["*"]'],
        [{"apiGroups": ["a"], "resources": ["x"], "verbs": ["*"]}],
    ),
    "no list of resources covers every resource": (
        ['apiGroups: [a], resources: [x, "*/log"], verbs: [get]'],
        ['apiGroups: [a], resources: ["*"], verbs: [get]'],
        [{"apiGroups": ["a"], "resources": ["*"], "verbs": ["get"]}],
    ),
    "every name covers some": (
        ["apiGroups: [a], resources: [x], verbs: [get]"],
        ["apiGroups: [a], resources: [x], verbs: [get], resourceNames: [n, m]"],
        [],
    ),
    "no list of names covers an unnamed request": (
        ["apiGroups: [a], resources: [x], verbs: [get], resourceNames: [n, m]"],
        ["apiGroups: [a], resources: [x], verbs: [get], resourceNames: []"],
        [{"apiGroups": ["a"], "resources": ["x"], "verbs": ["get"]}],
    ),
    "a star is a name": (
        ['apiGroups: [a], resources: [x], verbs: [get], resourceNames: ["*"]'],
        ["apiGroups: [a], resources: [x], verbs: [get], resourceNames: [n]"],
        [{"apiGroups": ["a"], "resources": ["x"], "resourceNames": ["n"], "verbs": ["get"]}],
    ),
    "all names of the list": (
        ["apiGroups: [a], resources: [x], verbs: [get], resourceNames: [n]"],
        ["apiGroups: [a], resources: [x], verbs: [get], resourceNames: [m, n, o]"],
        [{"apiGroups": ["a"], "resources": ["x"], "resourceNames": ["m", "o"], "verbs": ["get"]}],
    ),
    "a prefix of URLs": (
        ["nonResourceURLs: [/apis/*], verbs: [get]"],
        ["nonResourceURLs: [/apis/apps, /apis/*, /apis], verbs: [get]"],
        [{"nonResourceURLs": ["/apis"], "verbs": ["get"]}],
    ),
    "every URL": (
        ['nonResourceURLs: ["*"], verbs: ["*"]'], ['nonResourceURLs: [/, /apis/*, "*"], verbs: [get, "*"]'], []
    ),
    "a star inside a URL is a literal": (
        ["nonResourceURLs: [/a/*/b], verbs: [get]"],
        ["nonResourceURLs: [/a/x/b, /a/*/b], verbs: [get]"],
        [{"nonResourceURLs": ["/a/x/b"], "verbs": ["get"]}],
    ),
    "resources cover no URL": (
        ['apiGroups: ["*"], resources: ["*"], verbs: ["*"]'],
        ["nonResourceURLs: [/metrics], verbs: [get]"],
        [{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}],
    ),
    "nothing is covered by anything": ([], [], []),
}  # fmt: skip


@pytest.mark.parametrize("owner, servant, left", COMPARED.values(), ids=COMPARED)
def test_what_one_role_has_more_than_another(owner: list[str], servant: list[str], left: list[object]) -> None:
    value = answer(role(*owner), role(*servant))
    assert value["rules"] == left
    assert value["verdict"] == ("exceeds" if left else "covered")
    assert value["tiers"] == {"known": value["verdict"], "future": value["verdict"]}
    assert all(entry["witness"]["action"] for entry in value["residue"])


def test_the_rules_can_be_pasted() -> None:
    """What is printed is YAML, and the reference with it covers the candidate."""
    odd = 'apiGroups: ["", "*"], resources: [pods, "*/exec"], verbs: ["*", get], resourceNames: [on, "5", "a: b"]'
    other = "nonResourceURLs: [/metrics, /a*], verbs: [get]"
    value = answer(role(PODS), role(odd, other))
    printed = text.compare(value, text.Paint(colour=False, width=100))
    rules = yaml.safe_load(printed.partition("As rules\n")[2])
    assert rules == value["rules"]
    again = answer(role(PODS, *(json.dumps(rule)[1:-1] for rule in rules)), role(odd, other))
    assert (again["verdict"], again["rules"]) == ("covered", [])


def test_the_answer_keeps_its_schema() -> None:
    import jsonschema

    schema = json.loads((Path(next(iter(schemas))) / "compare.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(answer(role(PODS), role(PODS.replace("get", "delete"))), schema)


DOUBTFUL = {
    "rules that are no list": (role(more="").replace("rules: []", "rules: {a: b}"), "they are not a list"),
    "a rule that is no map": (role().replace("[]", "[pods, 3]"), "it is not a map"),
    "a verb that is no list": (role('apiGroups: [""], resources: [pods], verbs: get'), "it is not a list"),
    "a verb that is no string": (role('apiGroups: [""], resources: [pods], verbs: [1]'), "is not a string"),
    "a field nobody knows": (role('apiGroups: [""], resource: [pods], verbs: [get]'), "unknown field `resource`"),
    "URLs in a Role": (role("nonResourceURLs: [/metrics], verbs: [get]", kind="Role"), "which a cluster refuses"),
    "rules from elsewhere": (
        role(PODS, more="aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}\n"), "by labels",
    ),
}  # fmt: skip


@pytest.mark.parametrize("document, why", DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_not_a_role_of_a_cluster_is_undecided(document: str, why: str) -> None:
    for order in ((role(PODS), document), (document, role(PODS))):
        value = answer(*order)
        assert value["verdict"] == value["relation"] == "undecided"
        assert value["rules"] == []
        assert any(why in reason["text"] and ".yaml:" in reason["text"] for reason in value["reasons"])


@pytest.mark.parametrize(
    "document, why",
    [
        ("kind: RoleBinding\n", "neither a policy document nor a Role"),
        ("kind: [Role]\n", "neither a policy document nor a Role"),
        ("- kind: Role\n", "does not hold an object"),
        ("", "holds 0 documents"),
        ("kind: Role\n---\nkind: Role\n", "holds 2 documents"),
        ("kind: Role\nrules: [{{ .Values.rules }}]\n", "is a template"),
    ],
)
def test_what_is_no_role_is_refused(tmp_path: Path, document: str, why: str) -> None:
    (tmp_path / "a.yaml").write_text(role(PODS), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(document, encoding="utf-8")
    with pytest.raises(InputError, match=why):
        command(str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), batch="", format="text")


def test_hostile_sizes_end_in_time() -> None:
    """Thousands of parts are compared within the budget, and what was found so far is said."""
    many = [f"apiGroups: [g{i}], resources: [r{i}], verbs: [get]" for i in range(3000)]
    value = answer(role(PODS), role(*many))
    assert value["verdict"] == "exceeds"
    assert [reason["kind"] for reason in value["reasons"]] == ["budget"]


def test_what_is_left_is_written_to_be_pasted(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for name, rules in (("a", (PODS,)), ("b", (PODS, "nonResourceURLs: ['*'], verbs: [get]"))):
        (tmp_path / f"{name}.yaml").write_text(role(*rules), encoding="utf-8")
    for order, wanted in (("ab", [{"nonResourceURLs": ["*"], "verbs": ["get"]}]), ("ba", [])):
        paths = [str(tmp_path / f"{name}.yaml") for name in order]
        assert command(*paths, batch="", format="rules") == bool(wanted)
        assert yaml.safe_load(capfdbinary.readouterr().out) == wanted
    with pytest.raises(FormatError, match="no format `policy`"):
        command(*paths, batch="", format="policy")
