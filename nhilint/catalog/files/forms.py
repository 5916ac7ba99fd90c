"""What a role file and a file of an exception look like, field by field; the only list of their fields.

`conform` holds files against it, and `maintain/build_schemas.py` writes the JSON Schemas from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from nhilint.algebra.conditions import OPERATORS
from nhilint.catalog.files.shape import ByPlatform, Day, Either, Flag, Group, One, Rows, Shape, Table, Text, Time, Words
from nhilint.catalog.model import API_VERSION, PLATFORMS

ID = r"[a-z0-9][a-z0-9-]*"
NAME = r"[a-z][a-z0-9_-]*"
_PLAIN_OPERATORS = tuple(name for name in OPERATORS if name != "Null")
_OPERATOR = rf"(ForAllValues:|ForAnyValue:)?((({'|'.join(_PLAIN_OPERATORS)})(IfExists)?)|Null)"
_QUALIFIED = tuple(f"{word}{name}" for word in ("", "ForAllValues:", "ForAnyValue:") for name in OPERATORS)

_VERSION = Text(about="Version of the form of this file.", values=(API_VERSION,))
_ID = Text(about="Name in the catalog; no other file has it.", pattern=ID, form="lower-case letters, digits and `-`")
_OWNER = Text(about="Team that answers for it.")
_WHY = Text(about="Why it is as it is, for whoever reviews it.")

CONDITIONS = Table(
    about="Operator to condition key to values, as in a policy.",
    keys=Text(
        about="An operator of AWS.",
        pattern=_OPERATOR,
        form="an operator of AWS such as `StringEquals` or `ForAnyValue:StringLikeIfExists`",
        similar=(*_QUALIFIED, *(f"{name}IfExists" for name in _PLAIN_OPERATORS)),
    ),
    values=Table(
        about="Condition key to values.", values=Words(about="Values; one of them is enough.", empty=True, scalars=True)
    ),
)

STATEMENTS: Mapping[str, Group] = {
    "aws": Group(
        about="A statement: these actions on these resources.",
        fields={
            "actions": Words(about="Actions, `service:Action`; `*` also allows what AWS adds later."),
            "resources": Words(about="ARNs with `*`, `?` and `<parameter>`."),
            "conditions": CONDITIONS,
            "why": _WHY,
        },
        required=("actions", "resources"),
    ),
    "github": Group(
        about="What the token of a job is given, and which secrets it reads.",
        fields={
            "permissions": Table(
                about="Scope of the token to its level; `write` includes `read`.",
                values=Text(about="Level.", values=("read", "write")),
            ),
            "secrets": Words(about="Names of secrets that the job reads."),
            "environments": Words(about="Environments that the secrets belong to; none: those of the repository."),
            "why": _WHY,
        },
        any_of=("permissions", "secrets"),
        help="a statement of a GitHub role gives a permission or a secret",
    ),
    "kubernetes": Group(
        about="A rule: these verbs on these resources.",
        fields={
            "verbs": Words(about="Verbs: get, list, watch, create, update, patch, delete…"),
            "groups": Words(about='API groups; "" is the core group, which it also is when none is given.', empty=True),
            "resources": Words(about="Resources in the plural; a subresource as `pods/log`."),
            "names": Words(about="Names of objects; none: any."),
            "namespaces": Words(about="Namespaces; none: any, and what has no namespace."),
            "urls": Words(about="Paths outside of resources, as `/metrics`; a trailing `*` is any rest."),
            "why": _WHY,
        },
        required=("verbs",),
        any_of=("resources", "urls"),
        help="a rule of a Kubernetes role names resources or urls",
    ),
}
PARAMETER_FORM = Group(
    about="A part that the user of the role chooses; written `<name>` in a pattern.",
    fields={
        "description": Text(about="What it is, for whoever uses the role."),
        "pattern": Text(about="Regular expression that a whole value must match."),
        "enum": Words(about="All values that it may have."),
        "same": Text(
            about="What of the identity the value has to be: of its repository, or its own.",
            values=("repository", "owner", "namespace", "name"),
        ),
        "many": Flag(about="Whether it may have several values at once."),
        "unknown": Flag(
            about="Whether it may be a value that only Terraform's plan knows, without looking at `pattern`."
        ),
        "examples": Words(about="Values as they will be."),
    },
    any_of=("pattern", "enum", "same"),
    apart=("pattern", "enum"),
    help='say what a value looks like: `pattern: "[a-z0-9-]+"`, or list all of them under `enum`',
)


def _globs(**fields: str) -> dict[str, Shape]:
    return {name: Words(about=f"{about} Globs; one of them is enough.") for name, about in fields.items()}


CALLERS: Mapping[str, Shape] = {
    "github": Group(
        about="A job of GitHub Actions; all fields have to fit.",
        fields=_globs(
            repository="`owner/name`.",
            branch="Branch it runs on.",
            tag="Tag it runs on.",
            environment="Environment of the job.",
            event="Event that started it.",
            workflow="File of the workflow.",
        ),
    ),
    "kubernetes": Group(
        about="A service account; all fields have to fit.",
        fields=_globs(
            namespace="Its namespace.", service_account="Its name.", issuer="Issuer of the cluster's tokens."
        ),
    ),
    "oidc": Table(
        about="A token of another issuer: `issuer`, `audience`, and claims under their own names; all have to fit.",
        values=Words(about="Globs; one of them is enough.", scalars=True),
    ),
    "aws": Group(
        about="A principal of AWS; all fields have to fit.",
        fields=_globs(
            account="Number of its account.", principal="Its ARN.", external_id="External id that it has to give."
        ),
    ),
    "service": Either(
        about="A service of AWS.",
        words=Words(about="Name, such as `lambda.amazonaws.com`."),
        group=Group(
            about="A service of AWS.",
            fields={"name": Words(about="Name, such as `lambda.amazonaws.com`.")},
            required=("name",),
        ),
    ),
}
CALLER = One(about="Somebody who may have the role.", choices=CALLERS, what="a caller")


def _constraints(*names: str) -> Group:
    fields: dict[str, Shape] = {
        "max_session": Time(about="How long a session may last: `1h`."),
        "boundary": Words(about="`required`, or globs of the ARNs of permission boundaries of which it has one."),
        "conditions": CONDITIONS,
        "tags": Table(
            about="Tags or labels that the identity carries, with globs of their values.",
            values=Words(about="Globs; one of them is enough.", empty=True, scalars=True),
        ),
        "environments": Words(about="Globs of the environments that the identity may be of."),
        "static_keys": Text(
            about="Whether it may have credentials that do not expire by themselves.", values=("forbidden", "allowed")
        ),
    }
    return Group(about="Limits that the identity keeps besides.", fields={name: fields[name] for name in names})


CONSTRAINTS: Mapping[str, Group] = {
    "aws": _constraints("max_session", "boundary", "conditions", "tags", "environments", "static_keys"),
    "github": _constraints("max_session", "tags", "environments", "static_keys"),
    "kubernetes": _constraints("max_session", "tags", "environments", "static_keys"),
}
_WITH = Table(
    about="Values of the parameters for this test.",
    values=Words(about="One value, or several."),
    keys=Text(about="A parameter.", pattern=NAME, form="the name of a parameter"),
)


def _request(platform: str) -> Group:
    context = Table(about="Condition keys of the request.", values=Words(about="Values.", empty=True, scalars=True))
    fields: Mapping[str, dict[str, Shape]] = {
        "aws": {
            "action": Text(about="The action, `s3:GetObject`."),
            "resource": Text(about="The ARN, or `*` for an action that knows no resources."),
            "context": context,
        },
        "github": {
            "permission": Text(about="`scope:level`, such as `contents:write`; `secrets:read` for a secret."),
            "resource": Text(about="`secret/NAME` or `environment/ENV/secret/NAME`; none: the repository."),
        },
        "kubernetes": {
            "verb": Text(about="The verb."),
            "resource": Text(about="`[NAMESPACE:]RESOURCE[.GROUP][/SUBRESOURCE][=NAME]`."),
        },
    }
    required = {"aws": ("action", "resource"), "github": ("permission",), "kubernetes": ("verb", "resource")}
    return Group(
        about="One request.",
        fields={"with": _WITH, **fields[platform], "why": Text(about="What the test shows.")},
        required=required[platform],
    )


REQUESTS: Mapping[str, Group] = {platform: _request(platform) for platform in PLATFORMS}
_VISIT = Group(
    about="One caller, with the values that it really has.",
    fields={"with": _WITH, "caller": CALLER, "why": Text(about="What the test shows.")},
    required=("caller",),
)


def _tests(platform: str) -> Group:
    request = REQUESTS[platform]
    return Group(
        about="What must be so, and what must not; `nhilint catalog test` runs them.",
        fields={
            "allow": Rows(about="Requests that must be allowed.", item=request, what="a test"),
            "deny": Rows(about="Requests that must not be allowed.", item=request, what="a test"),
            "trust": Rows(about="Callers that may have the role.", item=_VISIT, what="a test"),
            "distrust": Rows(about="Callers that must not have it.", item=_VISIT, what="a test"),
        },
    )


def _allow(platform: str) -> Rows:
    return Rows(about="What it allows.", item=STATEMENTS[platform], what="a statement")


ALLOW = ByPlatform(
    about="What it allows, statement by statement.", shapes={platform: _allow(platform) for platform in PLATFORMS}
)
_TRUST = Rows(
    about="Who may have it: one of these. Without this field the role says nothing about it.",
    item=CALLER,
    what="a caller",
)
ROLE = Group(
    about="One preapproved role.",
    fields={
        "apiVersion": _VERSION,
        "kind": Text(about="What the file is.", values=("Role",)),
        "id": _ID,
        "title": Text(about="What it lets one do, in a few words."),
        "platform": Text(about="Platform of the identities.", values=PLATFORMS),
        "purpose": Text(about="Who needs it, and for what."),
        "description": Text(about="More about it."),
        "owner": _OWNER,
        "status": Text(about="Only an approved role approves anything.", values=("draft", "approved", "deprecated")),
        "access": Text(about="How it is used.", values=("read", "write", "break-glass")),
        "approval": Group(
            about="Who approved it.",
            fields={
                "by": Text(about="Who."),
                "on": Day(about="When, 2026-11-01."),
                "ticket": Text(about="Where it was discussed."),
                "expires": Day(about="The last day on which it approves anything."),
            },
        ),
        "review": Time(about="How often somebody looks at it again: `180d`.", units="d"),
        "replaced_by": Text(about="Of a deprecated role, the one to use instead.", pattern=ID, form="the id of a role"),
        "extends": Words(about="Roles whose parameters, statements, trust and constraints this one takes in."),
        "sources": Words(about="Addresses of the pages that document the need."),
        "parameters": Table(
            about="What the user of the role chooses.",
            values=PARAMETER_FORM,
            keys=Text(about="A parameter.", pattern=NAME, form="lower-case letters, digits, `-` and `_`"),
        ),
        "allow": ALLOW,
        "trust": _TRUST,
        "constraints": ByPlatform(about="Limits that the identity keeps besides.", shapes=CONSTRAINTS, type="object"),
        "break_glass": Group(
            about="The terms of a role for emergencies.",
            fields={
                "max_duration": Time(about="How long one use may last: `1h`."),
                "notify": Words(about="Who is told of every use."),
            },
            required=("max_duration", "notify"),
        ),
        "accepts": Rows(
            about="Ways to more power that the role makes possible within its parameters, as its purpose.",
            item=Group(
                about="One of them.",
                fields={
                    "technique": Text(about="Id of the technique, as `nhilint catalog lint` names it."),
                    "why": Text(about="Why that is the purpose of the role."),
                },
                required=("technique", "why"),
            ),
            what="an accepted technique",
        ),
        "tests": ByPlatform(
            about="What must be so, and what must not.",
            shapes={platform: _tests(platform) for platform in PLATFORMS},
            type="object",
        ),
    },
    required=("apiVersion", "id", "title", "platform", "purpose", "owner", "status"),
    any_of=("allow", "extends"),
    help="say what the role allows",
)
EXCEPTION = Group(
    about="What one identity may have outside every role, for a while.",
    fields={
        "apiVersion": _VERSION,
        "kind": Text(about="What the file is.", values=("Exception",)),
        "id": _ID,
        "identity": Text(
            about="Key of the identity, such as `aws:role/ci-deployer`.",
            pattern=rf"({'|'.join(PLATFORMS)}):.+",
            form="the key of an identity, such as `aws:role/ci-deployer`",
        ),
        "allow": ALLOW,
        "trust": _TRUST,
        "reason": Text(about="Why no role fits."),
        "ticket": Text(about="Where it was discussed."),
        "owner": _OWNER,
        "expires": Day(about="The last day on which it covers anything."),
    },
    required=("apiVersion", "kind", "id", "identity", "reason", "ticket", "owner", "expires"),
    any_of=("allow", "trust"),
    help="say what the identity may have",
)
