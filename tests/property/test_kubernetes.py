"""Kubernetes: what the platform makes of manifests, and the prover on it, against the naive authorizer."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.algebra.prove import compare
from nhilint.algebra.universe import OPEN
from nhilint.algebra.values import Exceeds, Permissions, Undecided, display
from nhilint.model.facts import IdentityKey
from nhilint.model.snapshot import permissions_of
from nhilint.platforms.kubernetes.paste import rules_of
from nhilint.platforms.kubernetes.requests import parse_request, read_document
from nhilint.platforms.kubernetes.rules import DIMENSIONS, GROUP, URLS
from nhilint.platforms.kubernetes.words import fill
from nhilint.sources.yamldoc import parse_yaml
from tests.cases.test_cases import snapshot_of
from tests.differential import rbac_questions as make
from tests.effort import EFFORT, times
from tests.spec import kubernetes as naive

ALICE = {"name": "alice", "groups": ["system:authenticated"]}


def who(account):
    namespace, _, name = account.partition("/")
    return naive.service_account(namespace, name) if name else ALICE


def text_of(objects):
    return "\n---\n".join(map(json.dumps, objects))


@pytest.mark.parametrize("seed", range(20))
def test_every_request_is_decided_as_the_naive_authorizer_does(seed):
    rng = random.Random(seed)
    seen = Counter()
    for _ in range(times(25)):
        objects = make.tree(rng)
        snapshot = snapshot_of({"all.yaml": text_of(objects)})
        for account in (*make.ACCOUNTS, "alice"):
            key = IdentityKey(f"kubernetes:{'user' if account == 'alice' else 'serviceaccount'}/{account}")
            permissions = permissions_of(snapshot, key, DIMENSIONS)
            for asked in (make.near(rng, objects) for _ in range(15)):
                wanted = naive.allowed([*objects, *make.SHIPPED], who(account), asked)
                if account == "alice" and key not in snapshot.identities:
                    continue
                found = decide(permissions, parse_request(asked["verb"], make.written(asked))).verdict
                assert found == ("allowed" if wanted else "implicitly-denied"), (account, asked, text_of(objects))
                seen[wanted] += 1
    if EFFORT >= 1:
        assert seen[True] > 40, seen


def permissions(rules):
    """The rules as those of a ClusterRole, read by the product's own reader."""
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": rules}
    (node,) = parse_yaml("role.yaml", json.dumps(role)).documents
    document = read_document(node, "role")
    assert not document.unresolved
    return Permissions(dimensions=DIMENSIONS, statements=document.statements)


def atom_of(part):
    """A part of the residue in the words of the naive comparison."""
    verb, group, resource, name, namespace = part.scopes
    if group == URLS:
        return display(resource), display(verb)
    assert namespace == "*"
    return display(group.removeprefix(GROUP)), display(resource), display(verb), None if name == "*" else display(name)


def request_of(point):
    verb, group, resource, name, namespace = map(display, point)
    if group == URLS:
        return {"verb": verb, "url": resource}
    return {
        "verb": verb, "group": group.removeprefix(GROUP), "resource": resource, "name": name, "namespace": namespace,
    }  # fmt: skip


def inside(small, large):
    """Whether an atom lies inside another, as a rule of just that atom covers it."""
    if len(large) == 2:
        rule = {"verbs": [large[1]], "nonResourceURLs": [large[0]]}
    else:
        group, resource, verb, name = large
        rule = {"verbs": [verb], "apiGroups": [group], "resources": [resource]}
        rule |= {"resourceNames": [name]} if name is not None else {}
    return len(small) == len(large) and naive.rule_covers(rule, small)


@pytest.mark.parametrize("seed", range(20))
def test_the_residue_is_that_of_the_naive_comparison(seed):
    """Covered means the same, and the residue is the naive one without the atoms that lie inside others of it."""
    rng = random.Random(1000 + seed)
    seen = Counter()
    for _ in range(times(250)):
        owner, servant = make.rules(rng, 4), make.rules(rng, 3)
        if rng.random() < 0.5:
            # Otherwise hardly anything is ever covered.
            owner += [{**rule, "verbs": ["*"]} if rng.random() < 0.5 else rule for rule in servant]
            owner = rng.sample(owner, max(0, len(owner) - 1))
        verdict = compare(permissions(servant), permissions(owner), OPEN, fill=fill)
        left = set(naive.uncovered(owner, servant))
        widest = {
            a for a in left if not any(inside(a, b) and (not inside(b, a) or str(b) < str(a)) for b in left - {a})
        }
        parts = verdict.residue if isinstance(verdict, Exceeds) else ()
        assert not isinstance(verdict, Undecided)
        found = [atom_of(part) for part in parts]
        assert all(any(inside(a, b) and inside(b, a) for b in widest) for a in found), (owner, servant)
        assert all(any(inside(a, b) and inside(b, a) for b in found) for a in widest), (owner, servant)
        rows = rules_of(parts)
        assert sorted(map(str, found)) == sorted(str(atom) for rule in rows for atom in naive.atoms(rule))
        for part in parts:
            asked = request_of(part.witness.point)
            assert any(naive.rule_allows(rule, asked) for rule in servant)
            assert not any(naive.rule_allows(rule, asked) for rule in owner)
        seen[bool(left)] += 1
    if EFFORT >= 1:
        assert min(seen[True], seen[False]) > 50, seen
