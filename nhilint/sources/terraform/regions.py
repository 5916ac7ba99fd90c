"""What the name of an AWS region says, and the accounts that AWS itself documents for its regions.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""

from __future__ import annotations

_PARTITIONS = {
    "cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f", "eusc-": "aws-eusc",
}  # fmt: skip
_SUFFIXES = {
    "aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com", "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov", "aws-iso-e": "cloud.adc-e.uk", "aws-iso-f": "csp.hci.ic.gov",
    "aws-eusc": "amazonaws.eu",
}  # fmt: skip
_APART = {
    "aws-iso": ("cloudhsm", "config", "logs", "workspaces"),
    "aws-iso-b": ("dms", "logs"),
    "aws-cn": ("codedeploy", "elasticmapreduce", "logs"),
}
"""Services whose principal ends in the partition's own suffix."""
BILLING = "386209384616"
"""The account of AWS Billing."""
LOAD_BALANCERS = {
    "us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980", "us-west-2": "797873946194",
    "af-south-1": "098369216593", "ap-east-1": "754344448648", "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887", "ap-northeast-3": "383597477331", "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266", "ca-central-1": "985666609251",
    "eu-central-1": "054676820928", "eu-north-1": "897822967062", "eu-south-1": "635631232127",
    "eu-west-1": "156460612806", "eu-west-2": "652711504416", "eu-west-3": "009996457667",
    "me-south-1": "076674570225", "sa-east-1": "507241528517", "us-gov-west-1": "048591011584",
    "us-gov-east-1": "190560391635", "cn-north-1": "638102146993", "cn-northwest-1": "037604701340",
}  # fmt: skip
"""By region the account that load balancers write their logs with."""


def partition_of(region: object, default: str) -> str:
    """The partition that a region lies in; only those that its name tells apart."""
    name = str(region)
    found = next((partition for prefix, partition in _PARTITIONS.items() if name.startswith(prefix)), "")
    return found or default


def dns_suffix(partition: str) -> str:
    """What host names of a partition end in."""
    return _SUFFIXES.get(partition, "amazonaws.com")


def reverse_dns_prefix(partition: str) -> str:
    """The same backwards, as names of endpoints begin."""
    return ".".join(reversed(dns_suffix(partition).split(".")))


def principal_suffix(service: str, partition: str) -> str:
    """What the principal of a service ends in."""
    return dns_suffix(partition) if service in _APART.get(partition, ()) else "amazonaws.com"
