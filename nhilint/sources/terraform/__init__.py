"""Terraform and OpenTofu, source and plan, to documents: parser, evaluator, modules."""
