"""What runs as a role: every block with an attribute that names one, itself or through an instance profile or template.

Attributes are known by their names, which the provider keeps to (`role_arn`, `execution_role_arn`, `service_role`, …);
a name counts only where its value is a role of the tree. `WORDS` says how requests name what a technique is about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from nhilint.algebra.values import symbol
from nhilint.model.document import Document
from nhilint.model.errors import NhilintError
from nhilint.model.facts import IdentityKey, Workload
from nhilint.model.jsontext import parse_json
from nhilint.model.node import Choice, Encoded, Map, Node, Scalar, Sequence, Text
from nhilint.platforms.aws.names import words
from nhilint.platforms.aws.text import pieces, tag_table, text_of

_ROLE = re.compile(
    r"(.*_)?(role|role_arns?|iam_roles|role_name)|.*RoleArn|sns_caller_arn|credentials|.*credentials_arn"
)
_PROFILE = re.compile(r"iam_instance_profile|instance_profile|instance_profile_(name|arn)|instance_role")
_SETTINGS = frozenset({"IamInstanceProfile", "ServiceRole"})
"""https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html"""
_JSON = frozenset({"container_properties", "node_properties", "ecs_properties"})
"""Attributes whose text is a JSON structure that names roles."""

_OTHERS = ("aws_iam_", "aws_lakeformation_permissions", "aws_ssoadmin_", "aws_organizations_", "aws_eks_access_")
"""Types that say something of a role and do not run as it."""

RUNS_CODE = {
    "aws_apprunner_service": frozenset({"instance_role_arn"}),
    "aws_batch_job_definition": frozenset({"jobRoleArn"}),
    "aws_cloudformation_stack_set": frozenset({"administration_role_arn"}),
    "aws_ecs_task_definition": frozenset({"task_role_arn"}),
    "aws_ecs_service": frozenset[str](),
    "aws_emr_cluster": frozenset({"instance_profile"}),
    "aws_codedeploy_deployment_group": frozenset[str](),
}
"""Of types with several roles the attributes that name the one its code has; the service keeps the others to itself."""

_TEMPLATES = {
    "aws_autoscaling_group": ("launch_template", "launch_configuration", "mixed_instances_policy"),
    "aws_instance": ("launch_template",),
    "aws_spot_fleet_request": ("launch_template_config",),
    "aws_ec2_fleet": ("launch_template_config",),
    "aws_ecs_service": ("task_definition",),
    "aws_cloudwatch_event_target": ("ecs_target",),
    "aws_scheduler_schedule": ("target",),
    "aws_codedeploy_deployment_group": ("autoscaling_groups",),
}
"""Types that run as the role of another block, and the attributes that name it; later types use earlier ones."""

_NAMES = ("id", "arn", "name", "family", "arn_without_revision")

Find = Callable[[str, str], IdentityKey | None]
"""The role of the tree that a text in a root module names."""


@dataclass(slots=True)
class Workloads:
    """Goes through the documents; `profiles` are the roles of instance profiles by root module and name."""

    find: Find
    profiles: Mapping[tuple[str, str], str]
    found: list[Workload] = field(default_factory=list)
    _templates: defaultdict[tuple[str, str], list[IdentityKey]] = field(default_factory=lambda: defaultdict(list))
    _tagged: list[tuple[str, tuple[tuple[str, str], ...], IdentityKey]] = field(default_factory=list)

    def collect(self, documents: Iterable[Document]) -> None:
        """All workloads of the documents."""
        blocks = [d for d in documents if d.kind == "resource" and d.type.startswith("aws_")]
        for document in blocks:
            if not document.type.startswith(_OTHERS):
                self._named(document)
        for type in _TEMPLATES:
            for document in blocks:
                if document.type == type:
                    self._used(document)

    def _named(self, document: Document) -> None:
        code = RUNS_CODE.get(document.type)
        for attribute, text in dict.fromkeys(_roles(document.body)):
            key = self._role(document.root, text)
            if key is not None:
                self._add(document, key, code is None or attribute in code)

    def _role(self, root: str, text: str) -> IdentityKey | None:
        """The role of a name, or of an instance profile; one of another root module when no other has that name."""
        own = self.profiles.get((root, text))
        if own is not None:
            return self.find(root, own)
        elsewhere = [(place, role) for (place, name), role in self.profiles.items() if name == text]
        if len(elsewhere) == 1:
            return self.find(*elsewhere[0])
        return self.find(root, text)

    def _used(self, document: Document) -> None:
        texts = [text for name in _TEMPLATES[document.type] for text in _texts(document.body.get(name))]
        names = [name for text in texts for name in (text, text.rpartition(":")[0])]
        roles = [key for name in names for key in self._templates.get((document.root, name), ())]
        if document.type == "aws_codedeploy_deployment_group":
            wanted = dict(_filters(document.body))
            roles += [
                key
                for root, tags, key in self._tagged
                if wanted and root == document.root and wanted.items() & set(tags)
            ]
        for key in dict.fromkeys(roles):
            self._add(document, key, True)

    def _add(self, document: Document, key: IdentityKey, code: bool) -> None:
        variables = words(document) if code else ()
        one = Workload(identity=key, kind=document.type, name=document.address, span=document.span, variables=variables)
        if any(w.identity == key and w.name == one.name and w.variables for w in self.found[-4:]):
            return
        self.found.append(one)
        if not code:
            return
        for name in _NAMES:
            for text in (text_of(document.body.get(name)), symbol(f"{document.address}.{name}")):
                if text:
                    self._templates[(document.root, text)].append(key)
        self._tagged.append((document.root, tag_table(document.body.get("tags")), key))


def _roles(node: Node | None, key: str = "") -> Iterator[tuple[str, str]]:
    """Attribute and text of everything below a node that may name a role or an instance profile."""
    match node:
        case Map():
            if text_of(node.get("name")) in _SETTINGS:
                yield from ((key, text) for text in _texts(node.get("value")))
            for name, value in node.entries.items():
                if _PROFILE.fullmatch(key):
                    yield from ((key, text) for text in _texts(value))
                elif key == "roles" or _ROLE.fullmatch(name) or (_PROFILE.fullmatch(name) and not _nested(value)):
                    yield from ((name, text) for text in _texts(value))
                else:
                    yield from _roles(value, name)
        case Sequence():
            for item in node.items:
                yield from _roles(item, key)
        case Choice():
            for option in node.options:
                yield from _roles(option, key)
        case Encoded(node=inner):
            yield from _roles(inner, key)
        case Scalar(value=str()) | Text() if key in _JSON:
            try:
                yield from _roles(parse_json(node))
            except NhilintError:
                return
        case _:
            return


def _nested(node: Node) -> bool:
    match node:
        case Map():
            return True
        case Sequence():
            return any(map(_nested, node.items))
        case Choice():
            return any(map(_nested, node.options))
        case _:
            return False


def _texts(node: Node | None) -> Iterator[str]:
    """Every string below a node that can be read."""
    match node:
        case Map():
            for value in node.entries.values():
                yield from _texts(value)
        case Sequence():
            for item in node.items:
                yield from _texts(item)
        case None:
            return
        case _:
            yield from (piece.pattern for piece in pieces(node) if piece.pattern and not piece.problem)


def _filters(body: Map) -> Iterator[tuple[str, str]]:
    """The tags by which a deployment group finds its instances."""
    stack: list[Node | None] = [body.get("ec2_tag_filter"), body.get("ec2_tag_set")]
    while stack:
        match stack.pop():
            case Sequence() as many:
                stack += many.items
            case Map() as one if "key" in one.entries:
                yield text_of(one.get("key")), text_of(one.get("value"))
            case Map() as one:
                stack += one.entries.values()
            case _:
                pass
