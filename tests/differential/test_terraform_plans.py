"""Plans that Terraform made of the configurations in `terraform_plans` say the same as their source.

The plans are kept beside the configurations, so that the comparison runs everywhere; with a laboratory (see
`terraform_plans/laboratory.py`) they are made anew. `NHILINT_UPDATE_PLANS=1` writes them.
"""

import json
import os
from pathlib import Path

import pytest

from tests.differential.terraform_plans import laboratory

HERE = Path(__file__).parent / "terraform_plans"
CONFIGURATIONS = sorted(path.parent.name for path in HERE.glob("*/plan.json"))


@pytest.mark.skipif(bool(laboratory.missing()), reason=laboratory.missing() or "the laboratory is there")
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_plan_is_what_terraform_says(name: str, tmp_path: Path) -> None:
    made = laboratory.plan_of(HERE / name, tmp_path / "work")
    kept = HERE / name / "plan.json"
    if os.environ.get("NHILINT_UPDATE_PLANS"):
        kept.write_text(laboratory.written(made))
    assert json.loads(kept.read_text()) == json.loads(laboratory.written(made))
