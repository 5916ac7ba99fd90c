"""Condition keys of AWS that a request can not lack; facts with their source, nothing else.

Source: "AWS global condition context keys", the line *Availability* of each key,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (each key has an anchor there).
A key that stands here wrongly makes a wrong "covered", so a key is left out wherever the page says less than "always":
``aws:SourceIp`` (not through every VPC endpoint), ``aws:UserAgent`` (the caller writes it), ``aws:ResourceAccount``
(most actions), ``aws:PrincipalIsAWSService``; ``aws:ViaAWSService`` was once listed as present "for most services".
"""

from __future__ import annotations

from typing import Final

EVERY_REQUEST: Final = frozenset({"aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:securetransport"})
"""On the page: always included. It holds for anonymous requests and for `AssumeRoleWithWebIdentity` as well."""

SIGNED_REQUEST: Final = frozenset({"aws:principalaccount", "aws:principalarn", "aws:principaltype", "aws:userid"})
"""Only for requests that a user, a role session or a root signs: what an identity's own policies are asked about.

The page has ``aws:PrincipalArn`` for all signed requests, and the other three for anonymous ones too; a service's own
request and a trust policy's web identity are not meant to have them here.
"""

GLOBAL_KEYS = tuple(
    f"aws:{name}"
    for name in (
        "CalledVia", "CalledViaFirst", "CalledViaLast", "CurrentTime", "EpochTime", "FederatedProvider",
        "MultiFactorAuthAge", "MultiFactorAuthPresent", "PrincipalAccount", "PrincipalArn", "PrincipalIsAWSService",
        "PrincipalOrgID", "PrincipalOrgPaths", "PrincipalServiceName", "PrincipalTag", "PrincipalType", "Referer",
        "RequestTag", "RequestedRegion", "ResourceAccount", "ResourceOrgID", "ResourceOrgPaths", "ResourceTag",
        "SecureTransport", "SourceAccount", "SourceArn", "SourceIdentity", "SourceIp", "SourceOrgID", "SourceVpc",
        "SourceVpce", "TagKeys", "TokenIssueTime", "UserAgent", "ViaAWSService", "VpcSourceIp",
    )
)  # fmt: skip
"""The keys of every service, in the vendor's spelling.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""
