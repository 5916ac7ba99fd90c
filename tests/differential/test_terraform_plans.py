"""Plans that Terraform made of the configurations in `terraform_plans` say the same as their source.

The plans are kept beside the configurations, so that the comparison runs everywhere; with a laboratory (see
`terraform_plans/laboratory.py`) they are made anew. `NHILINT_UPDATE_PLANS=1` writes them.
"""

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from nhilint.algebra.values import Statement
from nhilint.model.snapshot import Snapshot, unite
from nhilint.platforms import aws, kubernetes
from nhilint.sources.memory import MemoryTree
from nhilint.sources.options import LoadOptions
from nhilint.sources.terraform.load import load_terraform
from nhilint.sources.terraform.plan import load_plan, read_plan
from nhilint.sources.terraform.plan_source import source_of
from nhilint.sources.terraform.result import TerraformResult
from tests.differential.terraform_plans import laboratory

HERE = Path(__file__).parent / "terraform_plans"
CONFIGURATIONS = sorted(path.parent.name for path in HERE.glob("*/plan.json"))
FORGOTTEN = ("aws_iam_role.forgotten", "aws_iam_role_policy_attachment.forgotten")
"""What a `removed` block only forgets: it is in no source any more, and it still is in the account."""


@pytest.mark.skipif(bool(laboratory.missing()), reason=laboratory.missing() or "the laboratory is there")
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_plan_is_what_terraform_says(name: str, tmp_path: Path) -> None:
    made = laboratory.plan_of(HERE / name, tmp_path / "work")
    kept = HERE / name / "plan.json"
    if os.environ.get("NHILINT_UPDATE_PLANS"):
        kept.write_text(laboratory.written(made))
    assert json.loads(kept.read_text()) == json.loads(laboratory.written(made))


def tree_of(name: str, part: str = "") -> MemoryTree:
    top = HERE / name / part
    files = [path for path in top.rglob("*") if path.is_file() and path.name != "plan.json"]
    inside = {str(path.relative_to(top)): path.read_text() for path in files}
    return MemoryTree({path: text for path, text in inside.items() if not path.startswith("before/")})


def of_source(tree: MemoryTree) -> TerraformResult:
    return load_terraform(tree, list(tree.entries()), LoadOptions())


def of_plan(name: str, tree: MemoryTree | None, side: str = "after") -> TerraformResult:
    plan = read_plan("plan.json", (HERE / name / "plan.json").read_text())
    source = source_of(plan, tree, LoadOptions(), None, side) if tree else None
    result = load_plan("plan.json", plan, source, side)
    return replace(result, documents=tuple(d for d in result.documents if d.address not in FORGOTTEN))


def snapshot_of(result: TerraformResult) -> Snapshot:
    facts = [platform.interpret(result.documents) for platform in (aws, kubernetes)]
    return unite(facts, result.unresolved, result.moved)


def statement(one: Statement) -> str:
    """A statement without the order of its sets."""
    scopes = [(sorted(scope.patterns), scope.negated) for scope in one.scopes]
    conditions = sorted(str(replace(condition, values=tuple(sorted(condition.values)))) for condition in one.conditions)
    return str((one.effect, sorted(one.actions), one.actions_negated, scopes, conditions, one.may, one.undecided))


def facts(snapshot: Snapshot, places: bool = True) -> Counter[str]:
    """Everything a snapshot says, one line each; places are where the fact is written."""
    found: Counter[str] = Counter()
    for identity in snapshot.identities.values():
        row = replace(identity, span=identity.span if places else None, ignores=())  # type: ignore[arg-type]
        found[f"identity {row}"] += 1
    for grants in snapshot.grants.values():
        for grant in grants:
            found[f"grant {grant.key} {grant.layer} {grant.name} {grant.inert} {places and grant.span}"] += 1
            found.update(f"statement of {grant.key}: {statement(one)}" for one in grant.statements)
    for trusts in snapshot.trusts.values():
        found.update(f"trust {trust.key}: {statement(one)}" for trust in trusts for one in trust.statements)
    for policy in snapshot.policies:
        found.update(f"{policy.layer} {policy.key} {policy.targets}: {statement(one)}" for one in policy.statements)
    for credentials in snapshot.credentials.values():
        found.update(f"credential {one.identity} {one.kind} {one.name}" for one in credentials)
    for workloads in snapshot.workloads.values():
        found.update(f"workload {one.identity} {one.kind} {one.name}" for one in workloads)
    found.update(f"unresolved {one.what}: {one.why}" for one in snapshot.unresolved)
    return found


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_plan_and_source_together_say_what_source_says(name: str) -> None:
    tree = tree_of(name)
    source, plan = facts(snapshot_of(of_source(tree))), facts(snapshot_of(of_plan(name, tree)))
    assert sum(source.values()) > 5
    assert "\n".join(sorted((source - plan).elements())) == ""
    assert "\n".join(sorted((plan - source).elements())) == ""


@pytest.mark.parametrize("name", [name for name in CONFIGURATIONS if (HERE / name / "before").is_dir()])
def test_a_plan_knows_what_was_before(name: str) -> None:
    """Every value of what exists is known: the plan alone is as good as the source of the time."""
    source = facts(snapshot_of(of_source(tree_of(name, "before"))), places=False)
    plan = snapshot_of(of_plan(name, None, "before"))
    kept = {key: one for key, one in plan.identities.items() if "deposed" not in one.address}
    assert kept
    both = facts(plan, places=False)
    missing = [row for row in (source - both).elements() if "forgotten" not in row]
    assert "\n".join(missing) == ""


HIDDEN = "known only after apply"


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_what_a_plan_alone_hides_is_said(name: str) -> None:
    """A statement that is missing or other in the plan alone belongs to something that is said to be hidden."""
    source, plan = snapshot_of(of_source(tree_of(name))), snapshot_of(of_plan(name, None))
    lost = facts(source, places=False) - facts(plan, places=False)
    # A secret is another string in the plan, see below; what is forgotten is in the plan and not in source.
    lost = [row for row in lost if "hunter2" not in row and "forgotten" not in row]
    hidden = [one for one in plan.unresolved if HIDDEN in one.why or one.cause in ("external-policy", "unknown-value")]
    assert not lost or hidden
    assert all("give the source too" in one.why for one in hidden if HIDDEN in one.why)
    keys = set(source.identities) - set(plan.identities)
    assert all("${" in key for key in keys), keys


def test_a_secret_is_used_and_not_shown() -> None:
    rows = "\n".join(facts(snapshot_of(of_plan("variables", None))))
    assert "hunter2" not in rows
    assert "sts:externalid" in rows
