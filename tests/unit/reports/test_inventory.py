"""The table of identities."""

from __future__ import annotations

from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Options, analyze, inventory
from nhilint.reports import text
from nhilint.sources.load import LoadOptions, load
from nhilint.sources.memory import MemoryTree

ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a-controller-with-a-long-name, namespace: dev}\n"
ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: dev}\nrules: []\n---\n"
BINDING = (
    "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: dev}\n"
    "roleRef: {kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: a-controller-with-a-long-name}]\n"
)


def test_long_names_are_cut_where_they_do_not_differ() -> None:
    folders = ("clusters/production/eu", "clusters/production/us")
    tree = MemoryTree({f"{folder}/a.yaml": ROLE + ACCOUNT + BINDING for folder in folders})
    loaded = load(tree, LoadOptions())
    options = Options(today="2026-11-25")
    analysis = analyze(loaded.documents, unresolved=loaded.unresolved, catalog=EMPTY_CATALOG, options=options)
    lines = text.inventory(
        inventory(analysis, info={}, options=options), text.Paint(colour=False, width=100)
    ).splitlines()
    names = [line[:48].strip() for line in lines[1:3]]
    assert [name[-4:] for name in names] == ["/eu]", "/us]"]
    assert all(len(name) == 48 and name.startswith("dev/a-controller-") and "…" in name for name in names)


def test_all_roles_that_cover_an_identity_together_are_named() -> None:
    catalog = {"verdict": "covered", "role": "reader", "roles": ["reader", "writer"]}
    row = {
        "key": "aws:role/x", "kind": "iam_role", "platform": "aws", "name": "x", "realm": "", "address": "",
        "bound": True, "external": False, "owner": None, "expires": None, "consumers": [], "credentials": [],
        "grants": 1,
    }  # fmt: skip
    paint = text.Paint(colour=False, width=100)
    summary = dict.fromkeys(
        ("identities", "without_owner", "without_expiry", "with_static_credentials", "unresolved"), 1
    )
    for verdict, word in (("covered", "reader + writer"), ("exceeds", "exceeds")):
        value = {"identities": [{**row, "catalog": {**catalog, "verdict": verdict}}], "summary": summary}
        assert text.inventory(value, paint).splitlines()[1].endswith(f"  {word}")
