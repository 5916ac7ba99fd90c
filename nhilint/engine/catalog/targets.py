"""What a technique can be about when no identity is known: its words, each with the form of the names it can have.

A technique of the graph is about somebody in a snapshot. A role of the catalog is judged before anybody has it, so a
word stands for a form (`arn:*:iam::*:role/*`) and for one name of that form that nobody would choose: the stranger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from nhilint.graph.speaking import WORD
from nhilint.model.technique import Need, Technique

_ROLE, _USER, _GROUP, _POLICY = (f"arn:*:iam::*:{kind}/*" for kind in ("role", "user", "group", "policy"))
_INSTANCE = "arn:*:ec2:*:*:instance/*"
_AWS: Mapping[str, str] = {
    "self.role": _ROLE,
    "self.user": _USER,
    "self.group": _GROUP,
    "target.role": _ROLE,
    "target.user": _USER,
    "target.group": _GROUP,
    "carrier.arn": _POLICY,
    "workload.application": "arn:*:codedeploy:*:*:application:*",
    "workload.cluster": "arn:*:ecs:*:*:cluster/*",
    "workload.task": "arn:*:ecs:*:*:task/*/*",
}
_RUNNING: Mapping[str, str] = {
    "aws_apprunner_service": "arn:*:apprunner:*:*:service/*/*",
    "aws_autoscaling_group": _INSTANCE,
    "aws_batch_job_definition": "arn:*:batch:*:*:job-definition/*",
    "aws_bedrockagentcore_agent_runtime": "arn:*:bedrock-agentcore:*:*:runtime/*",
    "aws_bedrockagentcore_browser": "arn:*:bedrock-agentcore:*:*:browser-custom/*",
    "aws_bedrockagentcore_code_interpreter": "arn:*:bedrock-agentcore:*:*:code-interpreter-custom/*",
    "aws_cloudformation_stack": "arn:*:cloudformation:*:*:stack/*/*",
    "aws_cloudformation_stack_set": "arn:*:cloudformation:*:*:stackset/*:*",
    "aws_codebuild_project": "arn:*:codebuild:*:*:project/*",
    "aws_codedeploy_deployment_group": "arn:*:codedeploy:*:*:deploymentgroup:*/*",
    "aws_ec2_fleet": _INSTANCE,
    "aws_ecs_task_definition": "arn:*:ecs:*:*:task-definition/*:*",
    "aws_emr_cluster": "arn:*:elasticmapreduce:*:*:cluster/*",
    "aws_glue_dev_endpoint": "arn:*:glue:*:*:devEndpoint/*",
    "aws_instance": _INSTANCE,
    "aws_lambda_function": "arn:*:lambda:*:*:function:*",
    "aws_launch_template": "arn:*:ec2:*:*:launch-template/*",
    "aws_mwaa_environment": "arn:*:airflow:*:*:environment/*",
    "aws_sagemaker_notebook_instance": "arn:*:sagemaker:*:*:notebook-instance/*",
    "aws_sagemaker_user_profile": "arn:*:sagemaker:*:*:user-profile/*/*",
    "aws_sfn_state_machine": "arn:*:states:*:*:stateMachine:*",
    "aws_spot_fleet_request": _INSTANCE,
    "aws_spot_instance_request": _INSTANCE,
}
"""Kind of workload to the form of the ARN that requests about it name."""
_CHANGED = (
    *(("g:apps", name) for name in ("deployments", "daemonsets", "statefulsets", "replicasets")),
    *(("g:batch", "cronjobs"), ("g:", "replicationcontrollers")),
)
"""Groups and resources of Kubernetes whose Pods follow when they are changed."""
_THIS = "repository/\ue000github.repository\ue001"
_STRANGER = re.compile(r"any[ -][a-z -]+")
_OBJECT = "target.any_name"
_PLACES = {
    3: (_OBJECT, "any-name"),
    4: ("target.any_namespace", "any-namespace-of-the-cluster"),
}
"""The dimensions of Kubernetes that say which object it is: the word where a goal leaves it open, and a stranger."""
_WHICHEVER = frozenset({"csr-client", "csr-kubelet", "impersonate-masters"})
"""Goals that are reached in full by whichever object of the name that is open."""

_REACH = frozenset({"every-secret", "every-parameter", "every-disk", "every-key"})
"""Goals that are reading or using things: all of them is an escalation, one that is named is what roles are for."""

_MILD = frozenset({"custom-objects", "traffic"})
"""Goals at which nobody has become anybody yet; controllers of networks and certificates reach them on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A technique with the forms of its words."""

    technique: Technique
    needs: tuple[Need, ...]
    forms: Mapping[str, str]
    """Word to the glob that all its values match."""
    strangers: tuple[Mapping[str, str], ...]
    """Globs of names that nobody would choose, for all words: who may do it to one of them may do it to anybody. Empty
    where there is no anybody: a workflow's token is about its own repository."""
    mild: bool
    """Whether a role may accept it on strangers as well."""
    reach: bool
    """Whether it counts on strangers only: with a named target it is no escalation."""


@cache
def subjects(platform: str, techniques: tuple[Technique, ...]) -> tuple[Subject, ...]:
    """All techniques of a platform, prepared."""
    ids = {row.id for row in techniques}
    return tuple(subject for row in techniques for subject in _subjects(platform, row, f"{row.id}-named" in ids))


def _subjects(platform: str, technique: Technique, twin: bool) -> Iterator[Subject]:
    """`twin`: the table has the technique once more for an object of a certain name."""
    needs, named = _named(platform, technique, twin)
    used = {word for need in needs for text in _texts(need) for word in WORD.findall(text)}
    for fixed in _fixed(platform, technique, used):
        forms = {word: form for word in sorted(used) if (form := fixed.get(word) or _form(platform, technique, word))}
        forms |= {word: _STRANGER.sub("*", text) for word, text in named.items()}
        rows = [{word: _stranger(form, word, path) for word, form in forms.items()} for path in ("", "any-path/")]
        strangers = [
            {**row, **{word: text for word, text in named.items() if not text.startswith("arn:")}} for row in rows
        ]
        yield Subject(
            technique=technique,
            needs=tuple(replace(need, points=tuple(_askable(need, forms))) for need in needs),
            forms=forms,
            strangers=() if _THIS in forms.values() else tuple(strangers[: 1 + (strangers[0] != strangers[1])]),
            mild=technique.yields in _MILD,
            reach=technique.yields in _REACH and _OBJECT not in named,
        )


def _askable(need: Need, forms: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """The points whose words all have a form: `{workload.ref}` is another name of what `{workload.arn}` is."""
    return (point for point in need.points if all(word in forms for text in point for word in WORD.findall(text)))


def _fixed(platform: str, technique: Technique, used: set[str]) -> tuple[Mapping[str, str], ...]:
    """Words that only have values together."""
    if platform == "kubernetes" and "workload.resource" in used:
        return tuple({"workload.group": group, "workload.resource": resource} for group, resource in _CHANGED)
    return ({},)


def _form(platform: str, technique: Technique, word: str) -> str:
    """The glob of a word's values; empty when it is not asked for here, because another word of the need is."""
    if platform == "kubernetes":
        return "*"
    if platform == "github":
        return _THIS
    if word == "carrier.arn" and technique.target_kinds == {"group"}:
        return _GROUP
    if word == "workload.arn":
        return next(_RUNNING[kind] for kind in sorted(technique.target_kinds))
    return _AWS.get(word, "")


def _stranger(form: str, word: str, path: str) -> str:
    """One name of a form that nobody would choose, with the account and the region left open."""
    if not form.startswith("arn:"):
        return f"any-{word.partition('.')[2].removeprefix('any_')}" if form == "*" else form
    parts = form.split(":", 5)
    if parts[2] != "iam":
        path = ""
    return ":".join((*parts[:5], parts[5].replace("/*", f"/{path}*", 1).replace("*", "anybodys")))


def _named(platform: str, technique: Technique, twin: bool) -> tuple[tuple[Need, ...], dict[str, str]]:
    """The needs with a word for every name that stands for any, and for the object of a goal; and their values."""
    named: dict[str, str] = {}
    words: dict[str, str] = {}
    goal = platform == "kubernetes" and technique.id not in _WHICHEVER
    goal = goal and not any(WORD.search(text) for need in technique.needs for text in _texts(need))

    def word(text: str, dimension: int) -> str:
        if dimension in _PLACES and (text == "?*" or (goal and text == "*")):
            place, named[place] = _PLACES[dimension]
            return "{" + place + "}"
        if twin or not _STRANGER.search(text):
            return text
        name = words.setdefault(text, f"target.any_{'abcdefgh'[len(words)]}")
        named[name] = text
        return "{" + name + "}"

    needs = tuple(
        replace(need, points=tuple(tuple(word(text, at) for at, text in enumerate(point)) for point in need.points))
        for need in technique.needs
    )
    return needs, named


def _texts(need: Need) -> Iterator[str]:
    for point in need.points:
        yield from point
    for _, values in need.context:
        yield from values
