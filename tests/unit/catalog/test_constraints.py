"""Limits of a role against what is known of an identity: kept, broken, or a doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from nhilint.algebra.values import symbol
from nhilint.catalog.matching.constraints import broken, limit_texts
from nhilint.catalog.model import Constraints
from nhilint.model.facts import Credential, Grant, Identity, IdentityKey
from tests.unit.catalog.callers import KEY, SPAN, held, role

ACCOUNT = symbol("account")
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/ci-boundary"
OPEN = symbol("var.x")


def who(**fields: object) -> Identity:
    plain = Identity(key=KEY, platform="aws", kind="iam_role", name="x", span=SPAN, sessions=("3600",))
    return replace(plain, **fields)  # type: ignore[arg-type]


def labelled(**labels: str) -> Identity:
    return who(labels=tuple(labels.items()))


def job(*environments: str) -> Identity:
    rows = tuple((("environment", (one,)),) if one else (("ref", ("refs/heads/main",)),) for one in environments)
    return who(platform="github", kind="workflow_job", key=IdentityKey("github:job/a"), occasions=rows)


HOUR = Constraints(max_session=3600)
ANY = Constraints(boundaries=("*",))
CI = Constraints(boundaries=("ci-*",))
ARN = Constraints(boundaries=("arn:aws:iam::*:policy/ci-boundary",))
TEAM = Constraints(tags={"Team": ("shop", "web")})
PROD = Constraints(environments=("prod",))

ROWS: list[tuple[Constraints, Identity, str, str]] = [
    (HOUR, who(), "", ""),
    (HOUR, who(sessions=("7200",)), "its sessions last 2 hours, and the role allows 1 hour", ""),
    (HOUR, who(sessions=("3601",)), "its sessions last 3601 seconds, and the role allows 1 hour", ""),
    (HOUR, who(sessions=("3600", "7200")), "its sessions last 2 hours, and the role allows 1 hour", ""),
    (HOUR, who(sessions=(OPEN,)), "", "its sessions last `${var.x}` seconds, which is not known"),
    (HOUR, who(sessions=(), external=True), "", "how long its sessions last is not in the tree"),
    (HOUR, who(kind="iam_user", sessions=()), "", ""),
    (Constraints(max_session=1800), who(), "its sessions last 1 hour, and the role allows 30 minutes", ""),
    (ANY, who(bounds=((BOUNDARY, ()),)), "", ""),
    (ANY, who(bounds=((OPEN, ()),)), "", ""),
    (ANY, who(), "it has no permission boundary, and the role asks for one", ""),
    (ANY, who(external=True), "", "it is defined outside the tree"),
    (ANY, who(bounds=((BOUNDARY, ("var.bounded",)),)), "", "depends on `var.bounded`"),
    (CI, who(bounds=((BOUNDARY, ()),)), "", ""),
    (ARN, who(bounds=((BOUNDARY, ()),)), "", ""),
    (
        CI,
        who(bounds=(("arn:aws:iam::1:policy/team/other", ()),)),
        "its permission boundary is `arn:aws:iam::1:policy/team/other`, and the role asks for `ci-*`",
        "",
    ),
    (CI, who(bounds=((OPEN, ()),)), "", "whether its permission boundary `${var.x}` is `ci-*` is not known"),
    (TEAM, labelled(team="shop"), "", ""),
    (TEAM, labelled(Team="bank"), "its tag `Team` is `bank`, and the role asks for `shop` or `web`", ""),
    (TEAM, labelled(), "it has no tag `Team`, and the role asks for one with the value `shop` or `web`", ""),
    (TEAM, labelled(Team="${var.team}"), "", "whether its tag `Team`, `${var.team}`, is `shop` or `web` is not known"),
    (TEAM, labelled(Team="bank-${var.team}"), "its tag `Team` is `bank-${var.team}`", ""),
    (PROD, labelled(Environment="prod"), "", ""),
    (PROD, labelled(env="dev"), "it is of the environment `dev`, and the role is for `prod`", ""),
    (PROD, labelled(), "", "which environment it is of is not in the tree"),
    (PROD, who(root="live/environments/prod"), "", ""),
    (PROD, who(realm="overlays/dev"), "it is of the environment `dev`", ""),
    (PROD, job("prod"), "", ""),
    (PROD, job("prod", "dev"), "it is of the environment `dev`", ""),
    (PROD, job(""), "it runs in no environment, and the role is for `prod`", ""),
    (PROD, job(OPEN), "", "whether its environment `${var.x}` is `prod` is not known"),
]


@pytest.mark.parametrize(("limits", "identity", "why", "doubt"), ROWS)
def test_a_limit_is_kept_broken_or_a_doubt(limits: Constraints, identity: Identity, why: str, doubt: str) -> None:
    found, open_question = broken(replace(role(), constraints=limits), {}, held(identity=identity))
    assert [one.why.startswith(why) for one in found] == ([True] if why else [])
    assert (doubt in open_question) if doubt else open_question == ""


@pytest.mark.parametrize(
    "kind", ["access_key", "login_profile", "service_account_token", "deploy_key", "service_specific_credential"]
)
def test_credentials_that_do_not_expire(kind: str) -> None:
    own = replace(held(), credentials=(Credential(identity=KEY, kind=kind, name="k", span=SPAN),))
    strict = replace(role(), constraints=Constraints(static_keys=False))
    found, _ = broken(strict, {}, own)
    assert [one.constraint for one in found] == ["static_keys"]
    assert "`k`" in found[0].why
    assert broken(role(), {}, own) == ((), "")
    assert broken(strict, {}, held()) == ((), "")


def test_a_boundary_that_is_attached_elsewhere_counts_as_one() -> None:
    grant = Grant(key="g", holder=KEY, layer="boundary", name="permission boundary", statements=(), span=SPAN)
    own = replace(held(identity=who()), boundaries=(grant,))
    assert broken(replace(role(), constraints=ANY), {}, own) == ((), "")
    assert broken(replace(role(), constraints=CI), {}, own)[1]


def test_several_limits_are_said_one_by_one() -> None:
    limits = Constraints(max_session=60, boundaries=("*",), tags={"a": ("*",)}, environments=("prod",))
    found, _ = broken(replace(role(), constraints=limits), {}, held(identity=labelled(env="dev")))
    assert [one.constraint for one in found] == ["max_session", "boundary", "tags", "environments"]


def test_parameters_of_limits_are_found_and_bound() -> None:
    tags: Mapping[str, tuple[str, ...]] = {"team": ("<team>",)}
    limits = Constraints(boundaries=("<boundary>",), tags=tags, environments=("<env>",))
    wanted = replace(role(), constraints=limits)
    own = held(identity=replace(labelled(Team="shop", env="${var.x}"), bounds=((BOUNDARY, ()),)))
    assert set(limit_texts(wanted, own)) == {("<team>", "shop"), ("<env>", OPEN), ("<boundary>", BOUNDARY)}
    assert broken(wanted, {"team": ("shop",), "env": (OPEN,), "boundary": (BOUNDARY,)}, own) == ((), "")
    assert [one.constraint for one in broken(wanted, {"env": (OPEN,)}, own)[0]] == ["boundary", "tags"]
