"""Who makes a request: the principal's ARN taken apart, and whether a principal element names it; knows no policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nhilint.algebra.evaluate import glob
from nhilint.algebra.values import SYMBOL_CLOSE, SYMBOL_OPEN, Context, Scope, display
from nhilint.model.errors import NhilintError
from nhilint.platforms.aws.unknown import may_be

Kind = Literal["user", "role", "session", "federated-user", "root", "service", "anonymous"]
Named = Literal["nobody", "caller", "role", "account", "unsure"]
"""Whom an element names: nobody of interest; the caller (or everybody); the role of the session; the account; or it
can not be told: a `NotPrincipal` names some but not all that stand for the caller, or a string is not known."""

_ARN = re.compile(r"arn:(?P<partition>[a-z0-9-]+):(?P<service>iam|sts)::(?P<account>[^:]+):(?P<rest>.+)")
_LINKS: tuple[Literal["caller", "role", "account"], ...] = ("caller", "role", "account")
_ASKED: dict[Kind, tuple[str, ...]] = {
    "user": ("caller", "account"),
    "federated-user": ("caller", "account"),
    "role": ("role", "account"),
    "session": ("caller", "role", "account"),
}
"""What a `NotPrincipal` has to name to spare the caller for certain."""
_NOBODY = re.compile(
    rf"{SYMBOL_OPEN}(?:[^{SYMBOL_CLOSE}]*\.)?aws_(?!iam_(?:role|user)\b)\w+\.[^{SYMBOL_CLOSE}]*{SYMBOL_CLOSE}"
)
"""An attribute of a resource that is no user and no role."""
_SERVICE = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com|aws\.internal|amazon\.com)(?:\.cn)?")


class CallerError(NhilintError):
    """The text does not name one principal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The principal of a request."""

    arn: str
    """As given; a service's name; `*` for somebody anonymous."""
    kind: Kind
    account: str = ""
    name: str = ""
    """Of the user, or of the role; empty for the others."""
    path: str = "/"
    """Of the user or role; a session does not tell the path of its role."""

    @property
    def service_linked(self) -> bool:
        """Whether the role belongs to a service, which organisation policies do not bind."""
        return self.path.startswith("/aws-service-role/") or self.name.startswith("AWSServiceRoleFor")

    @property
    def title(self) -> str:
        """For people."""
        if self.kind == "anonymous":
            return "somebody anonymous"
        return "a service-linked role" if self.service_linked else f"the {self.kind} `{display(self.arn)}`"

    @property
    def context(self) -> Context:
        """The condition keys that follow from who calls."""
        if self.kind in ("service", "anonymous"):
            return (("aws:principalisawsservice", ("true" if self.kind == "service" else "false",)),)
        arn = self.arn
        if self.kind == "session":
            arn = re.sub(r":sts::([^:]*):assumed-role/([^/]*)/.*", r":iam::\1:role/\2", arn)
        kinds = {"user": "User", "root": "Account", "federated-user": "FederatedUser"}
        found = [
            ("aws:principalaccount", (self.account,)),
            ("aws:principalarn", (arn,)),
            ("aws:principalisawsservice", ("false",)),
            ("aws:principaltype", (kinds.get(self.kind, "AssumedRole"),)),
        ]
        return (*found, ("aws:username", (self.name,))) if self.kind == "user" else tuple(found)


def parse_caller(text: str) -> Caller:
    """The caller behind an ARN, a service's name, or `*`. Raises `CallerError`."""
    if text == "*":
        return Caller(arn="*", kind="anonymous")
    if _SERVICE.fullmatch(text):
        return Caller(arn=text, kind="service")
    found = _ARN.fullmatch(text)
    if found is None:
        raise CallerError(
            f"`{display(text)}` is not a principal",
            help="write the ARN of a user, role or session, a service such as `lambda.amazonaws.com`, or `*`",
        )
    account, rest = found["account"], found["rest"]
    word, _, tail = rest.partition("/")
    path, _, name = f"/{tail}".rpartition("/")
    if rest == "root":
        return Caller(arn=text, kind="root", account=account)
    if found["service"] == "sts" and word == "assumed-role" and "/" in tail:
        return Caller(arn=text, kind="session", account=account, name=tail.partition("/")[0])
    if found["service"] == "sts" and word == "federated-user" and tail:
        return Caller(arn=text, kind="federated-user", account=account)
    if found["service"] == "iam" and name and word == "user":
        return Caller(arn=text, kind="user", account=account, name=name, path=f"{path}/")
    if found["service"] == "iam" and name and word == "role":
        return Caller(arn=text, kind="role", account=account, name=name, path=f"{path}/")
    raise CallerError(f"`{display(text)}` is not the ARN of a user, a role or a session")


def named_by(scope: Scope, caller: Caller, *, deny: bool) -> Named:
    """Whom a `Principal` or `NotPrincipal` element names, as far as the caller is concerned."""
    chain = _chain(scope, caller)
    if not scope.negated:
        for word in _LINKS:
            if chain[word]:
                # A deny on the role or the account falls on everybody in it.
                return "caller" if deny else word
        return "unsure" if chain["perhaps"] else "nobody"
    if chain["everybody"]:
        return "nobody"
    asked = _ASKED.get(caller.kind, ("caller",))
    listed = [word for word in asked if chain[word]]
    if not listed:
        return "unsure" if chain["perhaps"] else "caller"
    return "nobody" if len(listed) == len(asked) else "unsure"


def _chain(scope: Scope, caller: Caller) -> dict[str, bool]:
    found = {"everybody": False, "caller": False, "role": False, "account": False, "perhaps": False}
    role = f"arn:aws:iam::{caller.account}:role/{caller.name}" if caller.kind == "session" else caller.arn
    for pattern in scope.patterns:
        kind, _, name = pattern.partition(":")
        if pattern == "*":
            found["everybody"] = found["caller"] = True
        elif kind == "Service":
            found["caller"] |= caller.kind == "service" and glob(name, caller.arn)
        elif kind == "AWS" and caller.kind not in ("service", "anonymous"):
            found["caller"] |= caller.kind != "role" and glob(name, caller.arn)
            found["role"] |= glob(name, caller.arn) if caller.kind == "role" else _is_role(name, caller)
            found["account"] |= bool(re.fullmatch(rf"arn:[^:]*:iam::{re.escape(caller.account)}:root", name))
            # An account that is written as a number is taken for another one than an unknown one.
            unknown = SYMBOL_OPEN in name or (SYMBOL_OPEN in caller.arn and not name.endswith(":root"))
            unknown = unknown and not _NOBODY.fullmatch(name)
            found["perhaps"] |= unknown and (may_be(name, caller.arn) or may_be(name, role))
    return found


def _is_role(name: str, caller: Caller) -> bool:
    if caller.kind != "session":
        return False
    role = re.fullmatch(rf"arn:[^:]*:iam::{re.escape(caller.account)}:role/(?:.*/)?([^/]+)", name)
    return role is not None and role[1] == caller.name
