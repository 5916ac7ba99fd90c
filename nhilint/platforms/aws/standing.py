"""Policies that stand on a resource, by the Terraform type that holds them: a table, and the ARN they stand on."""

from __future__ import annotations

import re
from typing import NamedTuple

from nhilint.algebra.values import display, symbol
from nhilint.model.document import Document
from nhilint.platforms.aws.text import text_of


class Standing(NamedTuple):
    """One type of block with such a policy."""

    attribute: str
    what: str
    """What people call the policy."""
    service: str
    """Prefix of the actions that the policy is about."""
    own: tuple[str, str] = ("", "")
    """Attribute that names the resource, and its ARN behind the service, region and account (`{}` is the name)."""
    below: str = ""
    """What follows the ARN in the names of the things inside the resource."""
    many: bool = False
    """Whether the policy stands on all resources of the account that it names, not on one."""


POLICIES: dict[str, Standing] = {
    "aws_acmpca_policy": Standing("policy", "certificate authority policy", "acm-pca"),
    "aws_api_gateway_rest_api": Standing("policy", "API policy", "execute-api", ("id", "{}"), "/*"),
    "aws_api_gateway_rest_api_policy": Standing("policy", "API policy", "execute-api", ("rest_api_id", "{}"), "/*"),
    "aws_backup_vault_policy": Standing("policy", "vault policy", "backup", ("backup_vault_name", "backup-vault:{}")),
    "aws_cloudwatch_event_bus_policy": Standing("policy", "event bus policy", "events", many=True),
    "aws_cloudwatch_log_destination_policy": Standing(
        "access_policy", "log destination policy", "logs", ("destination_name", "destination:{}")
    ),
    "aws_cloudwatch_log_resource_policy": Standing("policy_document", "log resource policy", "logs", many=True),
    "aws_codeartifact_domain_permissions_policy": Standing("policy_document", "domain policy", "codeartifact"),
    "aws_codeartifact_repository_permissions_policy": Standing("policy_document", "repository policy", "codeartifact"),
    "aws_codebuild_resource_policy": Standing("policy", "CodeBuild policy", "codebuild"),
    "aws_dynamodb_resource_policy": Standing("policy", "table policy", "dynamodb", below="/*"),
    "aws_ecr_registry_policy": Standing("policy", "registry policy", "ecr", many=True),
    "aws_ecr_repository_policy": Standing("policy", "repository policy", "ecr", ("repository", "repository/{}")),
    "aws_ecrpublic_repository_policy": Standing("policy", "repository policy", "ecr-public"),
    "aws_efs_file_system_policy": Standing(
        "policy", "file system policy", "elasticfilesystem", ("file_system_id", "file-system/{}")
    ),
    "aws_elasticsearch_domain": Standing("access_policies", "domain policy", "es", ("domain_name", "domain/{}"), "/*"),
    "aws_elasticsearch_domain_policy": Standing(
        "access_policies", "domain policy", "es", ("domain_name", "domain/{}"), "/*"
    ),
    "aws_glacier_vault": Standing("access_policy", "vault policy", "glacier", ("name", "vaults/{}")),
    "aws_glacier_vault_lock": Standing("policy", "vault lock", "glacier", ("vault_name", "vaults/{}")),
    "aws_glue_resource_policy": Standing("policy", "Data Catalog policy", "glue", many=True),
    "aws_kinesis_resource_policy": Standing("policy", "stream policy", "kinesis"),
    "aws_kms_external_key": Standing("policy", "key policy", "kms"),
    "aws_kms_key": Standing("policy", "key policy", "kms"),
    "aws_kms_key_policy": Standing("policy", "key policy", "kms", ("key_id", "key/{}")),
    "aws_kms_replica_external_key": Standing("policy", "key policy", "kms"),
    "aws_kms_replica_key": Standing("policy", "key policy", "kms"),
    "aws_media_store_container_policy": Standing(
        "policy", "container policy", "mediastore", ("container_name", "container/{}"), "/*"
    ),
    "aws_msk_cluster_policy": Standing("policy", "cluster policy", "kafka"),
    "aws_networkfirewall_resource_policy": Standing("policy", "firewall policy", "network-firewall"),
    "aws_oam_sink_policy": Standing("policy", "sink policy", "oam"),
    "aws_opensearch_domain": Standing("access_policies", "domain policy", "es", ("domain_name", "domain/{}"), "/*"),
    "aws_opensearch_domain_policy": Standing(
        "access_policies", "domain policy", "es", ("domain_name", "domain/{}"), "/*"
    ),
    "aws_organizations_resource_policy": Standing("content", "delegation policy", "organizations", many=True),
    "aws_redshift_resource_policy": Standing("policy", "Redshift policy", "redshift"),
    "aws_redshiftserverless_resource_policy": Standing("policy", "Redshift policy", "redshift-serverless"),
    "aws_s3_access_point": Standing("policy", "access point policy", "s3", below="/*"),
    "aws_s3_bucket": Standing("policy", "bucket policy", "s3", below="/*"),
    "aws_s3_bucket_policy": Standing("policy", "bucket policy", "s3", below="/*"),
    "aws_s3control_access_point_policy": Standing("policy", "access point policy", "s3", below="/*"),
    "aws_s3control_bucket_policy": Standing("policy", "bucket policy", "s3-outposts", below="/*"),
    "aws_s3control_object_lambda_access_point_policy": Standing("policy", "access point policy", "s3-object-lambda"),
    "aws_s3tables_table_bucket_policy": Standing("resource_policy", "table bucket policy", "s3tables", below="/*"),
    "aws_s3tables_table_policy": Standing("resource_policy", "table policy", "s3tables"),
    "aws_sagemaker_model_package_group_policy": Standing("resource_policy", "model group policy", "sagemaker"),
    "aws_schemas_registry_policy": Standing("policy", "registry policy", "schemas"),
    "aws_secretsmanager_secret": Standing("policy", "secret policy", "secretsmanager"),
    "aws_secretsmanager_secret_policy": Standing("policy", "secret policy", "secretsmanager"),
    "aws_ses_identity_policy": Standing("policy", "identity policy of SES", "ses"),
    "aws_sesv2_email_identity_policy": Standing("policy", "identity policy of SES", "ses"),
    "aws_sns_topic": Standing("policy", "topic policy", "sns"),
    "aws_sns_topic_policy": Standing("policy", "topic policy", "sns"),
    "aws_sqs_queue": Standing("policy", "queue policy", "sqs"),
    "aws_sqs_queue_policy": Standing("policy", "queue policy", "sqs"),
    "aws_vpclattice_auth_policy": Standing("policy", "auth policy", "vpc-lattice-svcs"),
    "aws_vpclattice_resource_policy": Standing("policy", "resource policy", "vpc-lattice"),
    "aws_xray_resource_policy": Standing("policy_document", "X-Ray policy", "xray", many=True),
}

UNJUDGED = {
    "aws_iot_policy": "permissions of IoT devices are not judged",
    "aws_lakeformation_data_lake_settings": "permissions of Lake Formation are not judged",
    "aws_lakeformation_permissions": "permissions of Lake Formation are not judged",
    "aws_quicksight_iam_policy_assignment": "permissions of QuickSight users are not judged",
}
"""Types that bear permission in a way that is not read, and what is said of them."""

_NAMES = ("arn", "secret_arn", "resource_arn", "topic_arn", "cluster_arn", "sink_identifier", "resource_identifier")
_QUEUE = re.compile(r"https://sqs\.(.+)\.amazonaws\.com/([^/]+)/([^/]+)")


def stands_on(document: Document) -> tuple[str, ...]:
    """What `*` as the resource of a policy means: the resource that it stands on; () when its ARN is not known.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
    """
    kind, body = POLICIES[document.type], document.body
    arn = next((text for name in _NAMES if (text := text_of(body.get(name))).startswith("arn:")), "")
    attribute, form = kind.own
    name = text_of(body.get(attribute)) if attribute else ""
    if document.type == "aws_sqs_queue_policy" and (found := _QUEUE.fullmatch(text_of(body.get("queue_url")))):
        arn = "arn:aws:sqs:" + ":".join(found.groups())
    elif document.type == "aws_s3_bucket_policy" and (bucket := text_of(body.get("bucket"))):
        arn = f"arn:aws:s3:::{bucket}"
    elif name.startswith("arn:"):
        arn = name
    elif not arn and name and not display(name).endswith(".arn}"):
        arn = f"arn:aws:{kind.service}:{symbol('region')}:{symbol('account')}:{form.replace('{}', name)}"
    if not arn.startswith("arn:"):
        return ()
    return (arn, f"{arn}{kind.below}") if kind.below else (arn,)
