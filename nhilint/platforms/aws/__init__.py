"""AWS IAM: interprets Terraform documents into neutral facts; knows no other platform."""

from __future__ import annotations

from collections.abc import Sequence

from nhilint.data.aws_keys import EVERY_REQUEST, SIGNED_REQUEST
from nhilint.model.document import Document
from nhilint.model.facts import Facts
from nhilint.platforms.aws.document import write_document
from nhilint.platforms.aws.policy import read_policy
from nhilint.platforms.aws.principals import normal
from nhilint.platforms.aws.text import ARN
from nhilint.platforms.aws.words import (
    access_levels,
    describe_request,
    fill,
    gives_nothing,
    vocabulary,
)

PLATFORM = "aws"
DIMENSIONS = ("resource",)
SEGMENTS = ARN
ALWAYS = EVERY_REQUEST
SIGNED = SIGNED_REQUEST
SIGNING = frozenset({"identity", "iam_role", "iam_user", "iam_group", "iam_policy", "permission_set"})
"""Kinds of holders whose permissions only signed requests use; a resource policy may be asked about anybody."""

__all__ = [
    "ALWAYS",
    "DIMENSIONS",
    "PLATFORM",
    "SEGMENTS",
    "SIGNED",
    "SIGNING",
    "access_levels",
    "describe_request",
    "fill",
    "gives_nothing",
    "interpret",
    "normal",
    "read_policy",
    "vocabulary",
    "write_document",
]


def interpret(documents: Sequence[Document]) -> Facts:
    """What the Terraform documents say about AWS identities; documents of other languages are ignored."""
    from nhilint.platforms.aws import organizations
    from nhilint.platforms.aws.acceptances import acceptances, tokens
    from nhilint.platforms.aws.grants import Grants
    from nhilint.platforms.aws.registry import identities
    from nhilint.platforms.aws.resource_policies import ResourcePolicies
    from nhilint.platforms.aws.resources import Resources
    from nhilint.platforms.aws.storages import storages

    own = [document for document in documents if document.language == "terraform"]
    registry = identities(own)
    grants = Grants(registry)
    grants.collect(own)
    resources = Resources(grants, ResourcePolicies(grants))
    resources.collect(own)
    organizations.collect(own, grants)
    grants.loose()
    return Facts(
        identities=(*registry.identities.values(), *grants.extra),
        grants=tuple(grants.grants),
        trusts=tuple(grants.trusts),
        policies=tuple(grants.policies),
        credentials=tuple(resources.credentials),
        workloads=tuple(resources.workloads),
        carriers=tuple(grants.carriers.found),
        storages=tuple(storages(own, resources.owner)),
        tokens=tuple(tokens(registry)),
        acceptances=tuple(acceptances(grants.trusts, registry, own, grants.extra)),
        unresolved=tuple(grants.unresolved),
        blocks=grants.blocks,
    )
