"""AWS's own policies, whose power is known, as oracle: which of them no role could be approved with."""

from __future__ import annotations

import pytest

from nhilint.algebra.evaluate import decide
from nhilint.algebra.values import Permissions
from nhilint.data.aws import managed_policy
from nhilint.engine.catalog.primitives import primitives
from nhilint.engine.dialects import dialect
from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws.policy import read_policy

OPEN = {
    "AdministratorAccess": {"administrator"},
    "PowerUserAccess": {"sts-001", "lambda-003", "ssm-001", "secrets-all", "kms-key-policy"},
    "IAMFullAccess": {"iam-001", "iam-002", "iam-005", "iam-009", "iam-012", "iam-new-role", "iam-new-user"},
    "AWSLambda_FullAccess": {"lambda-001", "lambda-003"},
    "AmazonEC2FullAccess": {"ec2-002", "ec2-snapshots"},
    "AmazonECS_FullAccess": {"ecs-003", "ecs-006", "ecs-008", "ecs-update-service"},
    "AWSCloudFormationFullAccess": {"cloudformation-002", "cloudformation-005"},
    "AWSCodeBuildDeveloperAccess": {"codebuild-002"},
    "AmazonSSMFullAccess": {"ssm-001", "ssm-002", "parameters-all"},
    "SecretsManagerReadWrite": {"secrets-all"},
    "AWSStepFunctionsFullAccess": {"states-update"},
    # `ssm:Get*` on everything: parameters of the default key are decrypted for whoever may read them.
    "ReadOnlyAccess": {"parameters-all"},
}
NAMED = {
    # It passes roles of its own prefix only, and writes any development endpoint.
    "AWSGlueConsoleFullAccess": ({"glue-001", "glue-003", "ec2-001"}, {"glue-002"}),
    "AmazonECS_FullAccess": ({"ec2-001", "autoscaling-launch-template"}, {"ecs-003"}),
}
NOTHING = (
    "SecurityAudit",
    "ViewOnlyAccess",
    "AmazonSQSFullAccess",
    "AmazonSNSFullAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonRoute53FullAccess",
    "CloudWatchReadOnlyAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ReadOnlyAccess",
    "AWSLambdaBasicExecutionRole",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
)


def permissions(name: str) -> Permissions:
    text = managed_policy(name)
    assert text is not None, name
    statements, problems = read_policy(Scalar(text, Span("", 0)), attached_to="identity", grant=name)
    assert not problems
    return Permissions(dimensions=("resource",), statements=statements)


@pytest.mark.parametrize("name", OPEN)
def test_works_on_anybody(name: str) -> None:
    held = permissions(name)
    found = primitives(held, dialect("aws"))
    assert OPEN[name] <= {claim.technique for claim in found.claims if claim.open}
    for claim in found.claims:
        assert claim.requests
        assert [decide(held, request).verdict for request in claim.requests] == ["allowed"] * len(claim.requests)


@pytest.mark.parametrize("name", NAMED)
def test_works_on_whom_it_names(name: str) -> None:
    named, open = NAMED[name]
    found = primitives(permissions(name), dialect("aws")).claims
    assert named <= {claim.technique for claim in found if not claim.open}
    assert open <= {claim.technique for claim in found if claim.open}


@pytest.mark.parametrize("name", NOTHING)
def test_is_no_escalation(name: str) -> None:
    found = primitives(permissions(name), dialect("aws"))
    assert [claim.technique for claim in found.claims] == []
    assert found.undecided == ()
