"""`can` for the identities of manifests: what is said beside the decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, Policies, Question, analyze, can, schemas
from nhilint.engine.queries import QueryError
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

API = "apiVersion: rbac.authorization.k8s.io/v1\n"
BOT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot, namespace: dev}\n"
PODS = '[{apiGroups: [""], resources: [pods], verbs: [get]}]'
LABEL = ", labels: {into: sum}"
COLLECT = "aggregationRule: {clusterRoleSelectors: [{matchLabels: {into: sum}}]}\n"
SCHEMA = json.loads((Path(next(iter(schemas.__path__))) / "can.schema.json").read_text(encoding="utf-8"))


def role(rules: str = PODS, name: str = "r", kind: str = "Role", more: str = "") -> str:
    return f"{API}kind: {kind}\nmetadata: {{name: {name}, namespace: dev{more}}}\nrules: {rules}\n"


def binding(subject: str = "kind: ServiceAccount, name: bot", name: str = "r", kind: str = "Role") -> str:
    reference = f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {name}}}"
    return f"{API}kind: RoleBinding\nmetadata: {{name: b, namespace: dev}}\n{reference}\nsubjects: [{{{subject}}}]\n"


def ask(files: dict[str, str] | str, who: str = "dev/bot", action: str = "get", resource: str = "dev:pods=a") -> Any:
    tree = MemoryTree(files if isinstance(files, dict) else {"a.yaml": files})
    loaded = load(tree, LoadOptions())
    options = Options(today="2026-11-25")
    analysis = analyze(loaded.documents, unresolved=loaded.unresolved, catalog=EMPTY_CATALOG, options=options)
    value = can(analysis, who, Question(principal="", action=action, resource=resource), Policies())
    jsonschema.validate(value, SCHEMA)
    return value


def docs(*texts: str) -> str:
    return "---\n".join(texts)


def test_what_allows_is_named_with_its_place() -> None:
    value = ask(docs(BOT, role(), binding()))
    assert (value["decision"], value["reason"], value["unread"]) == ("allowed", "", [])
    (row,) = value["statements"]
    assert (row["name"], row["path"], row["line"]) == ("RoleBinding `b` to Role `r`", "a.yaml", 8)


def test_a_role_that_is_not_there_overturns_no_denial_and_is_said() -> None:
    value = ask(docs(BOT, binding()))
    assert (value["decision"], value["unread"]) == ("implicitly-denied", [])
    assert "Role `r` is not in this tree: it grants nothing until somebody creates it" in value["reason"]


def test_a_rule_that_was_not_read_makes_a_denial_undecided() -> None:
    broken = role('[{apiGroups: [""], resources: [pods], verbs: get}]')
    value = ask(docs(BOT, broken, binding()), action="list")
    assert value["decision"] == "undecided"
    assert "it is not a list" in value["reason"]
    assert [part["location"]["line"] for part in value["unread"]] == [8]
    assert ask(docs(BOT, broken, binding()))["decision"] == "allowed"


def test_what_was_not_read_of_a_collected_role_counts_too() -> None:
    collecting = f"{API}kind: ClusterRole\nmetadata: {{name: r}}\n{COLLECT}"
    broken = role("[{apiGroups: [x], resources: [pods], verbs: 3}]", "part", "ClusterRole", LABEL)
    value = ask(
        docs(BOT, collecting, broken, binding(kind="ClusterRole")), action="no-such-verb", resource="dev:pods.x"
    )
    assert value["decision"] == "undecided"
    assert "ClusterRole `part`" in value["reason"]


def test_what_was_not_read_of_a_group_counts_for_its_members() -> None:
    group = "kind: Group, name: 'system:serviceaccounts:dev'"
    broken = role("[{apiGroups: [''], resources: pods, verbs: [get]}]")
    assert ask(docs(BOT, broken, binding(group)), action="list")["decision"] == "undecided"
    assert ask(docs(BOT, broken, binding(group.replace(":dev", ":prod"))), action="list")["decision"] == (
        "implicitly-denied"
    )


def test_what_comes_from_a_group_is_named_so() -> None:
    value = ask(docs(BOT, role(), binding("kind: Group, name: 'system:serviceaccounts:dev'")))
    (row,) = value["statements"]
    assert row["name"] == "RoleBinding `b` to Role `r` via group `system:serviceaccounts:dev`"


def test_what_a_role_nobody_is_bound_to_would_grant_is_called_so() -> None:
    value = ask(docs(BOT, role()), "kubernetes:role/dev/r")
    assert value["decision"] == "allowed"
    assert value["assumed"] == ["somebody is bound to it, though nobody in this tree is"]
    assert ask(docs(BOT, role(), binding()))["assumed"] == []


def test_the_role_of_the_same_file_is_the_one_that_is_bound() -> None:
    """Two ways to install a program stand side by side in many repositories."""
    account = BOT.replace("bot", "other")
    files = {
        "a.yaml": docs(BOT, role(), binding()),
        "b.yaml": docs(account, role("[]"), binding("kind: ServiceAccount, name: other")),
    }
    assert ask(files)["decision"] == "allowed"
    assert ask(files, "dev/other")["decision"] == "implicitly-denied"
    with pytest.raises(QueryError, match="no identity"):
        ask(files, "kubernetes:role/dev/r")


def test_an_account_is_found_by_the_namespace_that_bindings_name_it_in() -> None:
    account = BOT.replace(", namespace: dev", "")
    cluster = binding("kind: ServiceAccount, name: bot, namespace: shop", "view", "ClusterRole")
    cluster = cluster.replace("kind: RoleBinding", "kind: ClusterRoleBinding").replace(", namespace: dev", "")
    for who in (
        "bot",
        "default/bot",
        "shop/bot",
        "kubernetes:serviceaccount/shop/bot",
        "system:serviceaccount:shop:bot",
    ):
        value = ask(docs(account, cluster), who)
        assert (value["decision"], value["identity"]["name"]) == ("allowed", "default/bot")


def test_a_name_without_namespace_is_found_in_every_folder() -> None:
    files = {f"{folder}/a.yaml": docs(BOT, role(), binding()) for folder in ("x", "y")}
    with pytest.raises(QueryError, match="`bot` names 2 identities"):
        ask(files, "bot")


def test_many_roles_that_collect_each_other_end_in_time() -> None:
    """Each of them counts once, on whatever way it is reached."""
    roles = [f"{API}kind: ClusterRole\nmetadata: {{name: r{n}{LABEL}}}\n{COLLECT}" for n in range(40)]
    tree = docs(BOT, *roles, role(PODS, "leaf", "ClusterRole", LABEL), binding(name="r0", kind="ClusterRole"))
    assert ask(tree)["decision"] == "allowed"
    assert ask(tree, action="list")["decision"] == "implicitly-denied"


@pytest.mark.parametrize(
    ("action", "resource", "said"),
    [
        ("get", "dev:pods=a", ""),
        ("list", "pods", ""),
        ("watch", "nodes", ""),
        ("create", "dev:pods/exec=a", ""),
        ("create", "dev:deployments.apps", ""),
        ("get", "namespaces=dev", ""),
        ("get", "dev:orders.shop.example=a", ""),
        ("impersonate", "users=jane", ""),
        ("impersonate:user-info", "users.authentication.k8s.io=jane", ""),
        ("get", "/metrics", ""),
        ("read", "dev:pods=a", "the verb `read`"),
        ("GET", "dev:pods=a", "the verb `GET`"),
        ("list", "/metrics", "the verb `list`"),
        ("get", "dev:deployments=a", "did you mean `deployments.apps`?"),
        ("get", "dev:pod=a", "did you mean `pods`?"),
        ("get", "dev:pods.apps=a", "did you mean `pods`?"),
        ("get", "dev:nodes=a", "belong to the cluster"),
        ("get", "pods=a", "in no namespace"),
        ("create", "dev:pods=a", "sees none"),
        ("get", "dev:pods", "`=NAME`"),
    ],
)
def test_a_question_that_no_client_asks_is_called_so(action: str, resource: str, said: str) -> None:
    assumed = ask(docs(BOT, role(), binding()), action=action, resource=resource)["assumed"]
    assert len(assumed) == bool(said)
    assert said in "".join(assumed)
