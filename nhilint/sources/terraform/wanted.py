"""Which resource and data source types become documents; everything else is evaluated only when it is referred to."""

from __future__ import annotations

PREFIXES = ("aws_iam_", "kubernetes_", "aws_eks_")
"""Every type that begins so bears permission, or says who runs as whom."""

RESOURCES = frozenset(
    {
        "aws_s3_bucket", "aws_s3_bucket_policy", "aws_s3_access_point", "aws_s3control_access_point_policy",
        "aws_kms_key", "aws_kms_key_policy", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_alias", "aws_kms_grant",
        "aws_sqs_queue", "aws_sqs_queue_policy", "aws_sns_topic", "aws_sns_topic_policy",
        "aws_ecr_repository", "aws_ecr_repository_policy", "aws_ecr_registry_policy", "aws_ecrpublic_repository_policy",
        "aws_secretsmanager_secret", "aws_secretsmanager_secret_policy", "aws_ssoadmin_permission_set_inline_policy",
        "aws_ssoadmin_permission_set", "aws_ssoadmin_managed_policy_attachment", "aws_ssoadmin_account_assignment",
        "aws_lambda_function", "aws_lambda_permission", "aws_lambda_alias", "aws_lambda_function_url",
        "aws_lambda_layer_version_permission",
        "aws_instance", "aws_launch_template", "aws_launch_configuration", "aws_autoscaling_group", "aws_spot_instance_request",
        "aws_ecs_task_definition", "aws_ecs_service", "aws_codebuild_project", "aws_codepipeline", "aws_codedeploy_deployment_group",
        "aws_sfn_state_machine", "aws_scheduler_schedule", "aws_cloudwatch_event_target", "aws_cloudwatch_event_permission",
        "aws_cloudwatch_event_bus_policy", "aws_batch_job_definition", "aws_batch_compute_environment", "aws_glue_job",
        "aws_glue_crawler", "aws_glue_resource_policy", "aws_sagemaker_notebook_instance", "aws_sagemaker_model",
        "aws_apprunner_service", "aws_kinesis_firehose_delivery_stream", "aws_config_configuration_recorder",
        "aws_organizations_policy", "aws_organizations_policy_attachment", "aws_organizations_account",
        "aws_dynamodb_table", "aws_dynamodb_resource_policy", "aws_kinesis_resource_policy", "aws_efs_file_system_policy",
        "aws_backup_vault_policy", "aws_backup_selection", "aws_opensearch_domain_policy", "aws_elasticsearch_domain_policy",
        "aws_opensearch_domain", "aws_elasticsearch_domain", "aws_api_gateway_rest_api_policy", "aws_media_store_container_policy",
        "aws_cloudwatch_log_resource_policy", "aws_cloudwatch_log_destination_policy", "aws_vpc_endpoint", "aws_vpc_endpoint_policy",
        "aws_rolesanywhere_trust_anchor", "aws_rolesanywhere_profile", "aws_ssm_activation", "aws_transfer_user", "aws_transfer_server",
        "aws_codeartifact_domain_permissions_policy", "aws_codeartifact_repository_permissions_policy", "aws_schemas_registry_policy",
        "aws_acmpca_policy", "aws_glacier_vault", "aws_redshift_cluster", "aws_cognito_identity_pool_roles_attachment",
        "aws_imagebuilder_infrastructure_configuration", "aws_dlm_lifecycle_policy", "aws_flow_log", "aws_pipes_pipe",
        "helm_release", "kubectl_manifest",
    }
)  # fmt: skip

DATA = frozenset(
    {
        "aws_iam_role", "aws_iam_roles", "aws_iam_policy", "aws_iam_user", "aws_iam_group", "aws_iam_instance_profile",
        "aws_iam_openid_connect_provider", "aws_iam_saml_provider",
        "aws_eks_cluster", "aws_kms_key", "aws_kms_alias", "aws_s3_bucket", "aws_sqs_queue", "aws_sns_topic",
        "aws_secretsmanager_secret", "aws_ecr_repository", "aws_lambda_function",
    }
)  # fmt: skip


def wanted(mode: str, type_name: str) -> bool:
    """Whether a block of this type becomes a document."""
    if mode == "data":
        return type_name in DATA
    return mode == "resource" and (type_name in RESOURCES or type_name.startswith(PREFIXES))
