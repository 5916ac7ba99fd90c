"""What a group of the cluster gains is said once, and not at each service account that is in it."""

from __future__ import annotations

from typing import Any

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, analyze, review
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

OPTIONS = Options(today="2026-11-25")
API = "apiVersion: rbac.authorization.k8s.io/v1\n"
ACCOUNTS = [f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: a{n}, namespace: dev}}\n" for n in range(5)]
EVERYBODY = "kind: Group, name: 'system:authenticated'"


def binding(name: str, role: str, subject: str) -> str:
    reference = f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}"
    return (
        f"{API}kind: RoleBinding\nmetadata: {{name: {name}, namespace: dev}}\n{reference}\nsubjects: [{{{subject}}}]\n"
    )


def rows(before: list[str], after: list[str]) -> dict[str, Any]:
    sides = []
    for texts in (before, after):
        loaded = load(MemoryTree({"a.yaml": "---\n".join(texts)}), LoadOptions())
        sides.append(analyze(loaded.documents, unresolved=loaded.unresolved, catalog=EMPTY_CATALOG, options=OPTIONS))
    value = review(*sides, base_info={}, head_info={}, options=OPTIONS)
    assert value["summary"]["identities_changed"] == len(value["identities"])
    return {row["name"]: row for row in value["identities"]}


def test_the_gain_stands_at_the_group_and_names_its_members() -> None:
    found = rows(ACCOUNTS, [*ACCOUNTS, binding("b", "view", EVERYBODY)])
    assert list(found) == ["system:authenticated"]
    (note,) = [note for note in found["system:authenticated"]["notes"] if "members" in note]
    assert note == "its members change with it and are not listed again: `dev/a0`, `dev/a1`, `dev/a2` and 2 more"


def test_so_does_the_loss() -> None:
    found = rows([*ACCOUNTS, binding("b", "edit", EVERYBODY)], [*ACCOUNTS, binding("b", "view", EVERYBODY)])
    assert list(found) == ["system:authenticated"]
    assert found["system:authenticated"]["lost"]


def test_who_gains_something_else_as_well_is_listed_with_all_of_it() -> None:
    own = binding("c", "admin", "kind: ServiceAccount, name: a1")
    found = rows(ACCOUNTS, [*ACCOUNTS, binding("b", "view", EVERYBODY), own])
    assert sorted(found) == ["dev/a1", "system:authenticated"]


def test_a_new_account_is_listed_though_all_it_holds_is_that_of_a_group() -> None:
    group = binding("b", "view", EVERYBODY)
    found = rows([*ACCOUNTS[:4], group], [*ACCOUNTS, group])
    assert (list(found), found["dev/a4"]["status"]) == (["dev/a4"], "added")


def test_a_grant_that_moves_to_the_group_is_news_for_the_others_only() -> None:
    own = binding("b", "view", "kind: ServiceAccount, name: a1")
    found = rows([*ACCOUNTS, own], [*ACCOUNTS, binding("b", "view", EVERYBODY)])
    assert list(found) == ["system:authenticated"]
    assert "`dev/a1`" not in str(found["system:authenticated"]["notes"])
