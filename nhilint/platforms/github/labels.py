"""What is worth knowing of a job besides its permissions: runner, environment, whose code it runs, what it holds."""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.algebra.values import display
from nhilint.platforms.github.occasions import Occasion
from nhilint.platforms.github.runs import Run
from nhilint.platforms.github.secrets import environments
from nhilint.platforms.github.steps import Step
from nhilint.platforms.github.subjects import ID_TOKEN
from nhilint.platforms.github.techniques import APPROVED, BY_HAND, CODE, HOLDS, OWN_CODE, REPOSITORY, STARTED
from nhilint.platforms.github.text import listed
from nhilint.platforms.github.workflow import Repository

Labels = tuple[tuple[str, str], ...]


def labels_of(
    run: Run, found: Sequence[Step], starts: Sequence[Occasion], secrets: int, repository: Repository
) -> Labels:
    """Sorted; of pins one row for each action."""
    rows: dict[str, str] = {}
    names = environments(run)
    if names:
        rows["environment"] = ", ".join(map(display, names))
    if names and all(name in repository.protected_environments for name in names):
        rows[APPROVED] = "by the rules of its environment"
    if repository.name:
        rows[REPOSITORY] = repository.name
    if self_hosted(run):
        rows["runner"] = "self-hosted"
    if run.external:
        rows["workflow"] = run.external
    if any(_own_code(step) for step in found):
        rows[CODE] = OWN_CODE
    if worth := worth_of(run, secrets):
        rows[HOLDS] = worth
    if any(start.event == "workflow_dispatch" for start in starts):
        rows[STARTED] = BY_HAND
    for step in found:
        if step.pin is not None and step.pin.kind != "local":
            rows[f"uses {step.pin.name}"] = f"{step.pin.ref} ({step.pin.kind})"
    return tuple(sorted(rows.items()))


def self_hosted(run: Run) -> bool:
    """Whether the job asks for a runner of one's own."""
    return "self-hosted" in listed(run.body.get("runs-on"))


def _own_code(step: Step) -> bool:
    if step.pin is not None and step.pin.kind == "local":
        return True
    return step.action == "actions/checkout" and step.given("repository") is None


def worth_of(run: Run, secrets: int, *, certain: bool = True) -> str:
    """What somebody else would become the job for; `certain`: whatever the repository's default is."""
    actions = run.access.actions(certain=certain)
    held = ["an identity token"] if ID_TOKEN in actions else []
    if secrets:
        held.append("secrets")
    if any(action.endswith(":write") and action != ID_TOKEN for action in actions):
        held.append("write permissions")
    return ", ".join(held)
