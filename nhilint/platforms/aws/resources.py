"""Resource policies that name identities of the tree, workloads that run as them, and credentials made for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nhilint.algebra.values import SYMBOL_OPEN, Scope, Statement, display
from nhilint.model.document import Document
from nhilint.model.facts import Credential, Grant, Identity, IdentityKey, Via, Workload
from nhilint.model.node import Encoded, Map, Node, Scalar, Text
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.platforms.aws.grants import Grants
from nhilint.platforms.aws.policy import read_policy
from nhilint.platforms.aws.text import pieces, readable, text_of

POLICIES = {
    "aws_s3_bucket": ("policy", "bucket policy"),
    "aws_s3_bucket_policy": ("policy", "bucket policy"),
    "aws_kms_key": ("policy", "key policy"),
    "aws_kms_key_policy": ("policy", "key policy"),
    "aws_sqs_queue": ("policy", "queue policy"),
    "aws_sqs_queue_policy": ("policy", "queue policy"),
    "aws_sns_topic": ("policy", "topic policy"),
    "aws_sns_topic_policy": ("policy", "topic policy"),
    "aws_ecr_repository_policy": ("policy", "repository policy"),
    "aws_secretsmanager_secret": ("policy", "secret policy"),
    "aws_secretsmanager_secret_policy": ("policy", "secret policy"),
}
"""Resource type to the attribute that holds its policy, and what people call that policy."""

SERVICES = {
    "aws_s3_bucket": "s3",
    "aws_s3_bucket_policy": "s3",
    "aws_kms_key": "kms",
    "aws_kms_key_policy": "kms",
    "aws_sqs_queue": "sqs",
    "aws_sqs_queue_policy": "sqs",
    "aws_sns_topic": "sns",
    "aws_sns_topic_policy": "sns",
    "aws_ecr_repository_policy": "ecr",
    "aws_secretsmanager_secret": "secretsmanager",
    "aws_secretsmanager_secret_policy": "secretsmanager",
}
"""Resource type to the service whose actions its policy is about."""

RUNS_AS = {
    "aws_lambda_function": ("role",),
    "aws_instance": ("iam_instance_profile",),
    "aws_launch_configuration": ("iam_instance_profile",),
    "aws_launch_template": ("iam_instance_profile.name", "iam_instance_profile.arn"),
    "aws_ecs_task_definition": ("task_role_arn", "execution_role_arn"),
    "aws_codebuild_project": ("service_role",),
    "aws_codepipeline": ("role_arn",),
    "aws_eks_cluster": ("role_arn",),
    "aws_eks_node_group": ("node_role_arn",),
    "aws_eks_fargate_profile": ("pod_execution_role_arn",),
    "aws_eks_addon": ("service_account_role_arn",),
    "aws_eks_pod_identity_association": ("role_arn",),
    "aws_sfn_state_machine": ("role_arn",),
    "aws_glue_job": ("role_arn",),
    "aws_cloudwatch_event_target": ("role_arn",),
    "aws_scheduler_schedule": ("target.role_arn",),
    "aws_batch_compute_environment": ("service_role",),
    "aws_sagemaker_notebook_instance": ("role_arn",),
}
"""Resource type to the attributes that name the role (or instance profile) it runs as."""

_CREDENTIALS = {
    "aws_iam_access_key": "access_key",
    "aws_iam_user_login_profile": "login_profile",
    "aws_iam_service_specific_credential": "service_specific_credential",
}


@dataclass(slots=True)
class Resources:
    """Goes through the documents that are not identities or attachments."""

    grants: Grants
    workloads: list[Workload] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    _profiles: dict[tuple[str, str], tuple[str, Span]] = field(default_factory=dict)

    def collect(self, documents: list[Document]) -> None:
        """All facts of the documents; the registry must be complete."""
        for document in documents:
            if document.type == "aws_iam_instance_profile" and document.kind == "resource":
                self._profile(document)
        for document in documents:
            if document.kind == "module":
                self._module(document)
            elif document.kind != "resource":
                continue
            elif document.type in POLICIES:
                self._resource_policy(document)
            elif document.type == "aws_kms_grant":
                self._kms_grant(document)
            elif document.type in _CREDENTIALS:
                self._credential(document)
            if document.kind == "resource" and document.type in RUNS_AS:
                self._workload(document)

    # --- resource policies -------------------------------------------------------------------------------------

    def _resource_policy(self, document: Document) -> None:
        attribute, what = POLICIES[document.type]
        node = document.body.get(attribute)
        if node is None or (isinstance(node, Scalar) and not node.value):
            return
        self.grants.blocks += 1
        name = f"{what} of `{document.address}`"
        statements, problems = read_policy(node, attached_to="resource", grant=f"{document.address}|{what}")
        for problem in problems:
            label = name if problem.what == "a policy document" else f"{problem.what} in {name}"
            self.grants.unresolved.append(replace(problem, what=label))
        held: dict[IdentityKey, list[Statement]] = {}
        limits: list[Statement] = []
        for statement in statements:
            principal, resource = statement.scopes
            if statement.effect == "deny" and (principal.negated or "*" in principal.patterns):
                limits.append(replace(statement, scopes=(resource,), may=(*document.may, *statement.may)))
            if principal.negated:
                if statement.effect == "allow":
                    why = "it allows everybody but the principals it names"
                    self.grants.unread(f"a statement in {name}", why, document.span, None, "not-principal")
                continue
            for key in self._named(principal, document, statement):
                held.setdefault(key, []).append(replace(statement, scopes=(resource,)))
        if limits:
            self._limit(document, what, limits)
        for key, own in held.items():
            grant = f"{key}|{document.address}|{what}"
            placed = tuple(
                replace(
                    s,
                    origin=replace(s.origin, grant=grant) if isinstance(s.origin, Via) else s.origin,
                    may=(*document.may, *s.may),
                )
                for s in own
            )
            self.grants.grants.append(
                Grant(key=grant, holder=key, layer="resource", name=name, statements=placed, span=document.span)
            )

    def _named(self, principal: Scope, document: Document, statement: Statement) -> list[IdentityKey]:
        """The identities of the tree that a principal names; everybody when it is public and allowed."""
        found: list[IdentityKey] = []
        for pattern in principal.patterns:
            if pattern == "*":
                if statement.effect == "allow":
                    found.append(self._anyone(document))
                continue
            kind, _, arn = pattern.partition(":")
            key = self.by_arn(document.root, arn) if kind == "AWS" else None
            if key is not None:
                found.append(key)
        return list(dict.fromkeys(found))

    def _limit(self, document: Document, what: str, denies: list[Statement]) -> None:
        """What a resource policy denies to everybody, seen as what it leaves to those whom other policies allow.

        Every exception of such a deny is an opening: loosening it is a gain, tightening it a loss, for whoever is
        allowed elsewhere. Principals that a `NotPrincipal` spares are not told apart.
        """
        key = IdentityKey(f"aws:limit/{document.address}" + (f"@{document.root}" if document.root else ""))
        grant = f"{key}|{what}"
        service = SERVICES[document.type]
        everything = Statement(
            effect="allow",
            actions=(f"{service}:*",),
            scopes=(Scope(patterns=("*",)),),
            origin=Via(grant=grant, span=document.span),
        )
        name = f"{what} of {document.address}"
        self.grants.extra.append(
            Identity(
                key=key,
                platform="aws",
                kind="resource_policy",
                name=name,
                address=document.address,
                root=document.root,
                span=document.span,
                bound=False,
                absent=(everything,),
                may=document.may,
                ignores=document.ignores,
            )
        )
        placed = [
            replace(s, origin=replace(s.origin, grant=grant) if isinstance(s.origin, Via) else s.origin) for s in denies
        ]
        self.grants.grants.append(
            Grant(
                key=grant,
                holder=key,
                layer="resource",
                name=name,
                statements=(everything, *placed),
                span=document.span,
            )
        )

    def by_arn(self, root: str, arn: str) -> IdentityKey | None:
        """The role or user of the tree that an ARN names; an account that is not known matches any."""
        for word in ("role", "user"):
            known = self.grants.registry.find(root, word, arn)
            if known is not None:
                return known
            marker = f":{word}/"
            if marker in arn:
                account, _, path = arn.partition(marker)
                name = path.rpartition("/")[2]
                known = self.grants.registry.find(root, word, name)
                if known is not None and self._same_account(account, known):
                    return known
        return None

    def _same_account(self, prefix: str, key: IdentityKey) -> bool:
        """Whether the ARN's account and the identity's may be one: equal, or one of them is not known."""
        aliases = self.grants.registry.identities[key].aliases
        own = next((alias for alias in aliases if alias.startswith("arn:")), "")
        theirs, ours = prefix.split(":")[4:5], own.split(":")[4:5]
        return not ours or not theirs or theirs == ours or SYMBOL_OPEN in ours[0]

    def _anyone(self, document: Document) -> IdentityKey:
        key = IdentityKey("aws:anyone/*")
        if not any(identity.key == key for identity in self.grants.extra):
            self.grants.extra.append(
                Identity(key=key, platform="aws", kind="anyone", name="everybody", span=document.span, external=True)
            )
        return key

    def _kms_grant(self, document: Document) -> None:
        self.grants.blocks += 1
        arn, target = text_of(document.body.get("grantee_principal")), text_of(document.body.get("key_id"))
        key = self.by_arn(document.root, arn) if arn else None
        if key is None:
            return
        operations = tuple(f"kms:{p.pattern.lower()}" for p in pieces(document.body.get("operations")) if p.pattern)
        name = f"{key}|kms-grant/{document.address}"
        statement = Statement(
            effect="allow",
            actions=operations,
            scopes=(Scope(patterns=(target or "*",)),),
            may=document.may,
            origin=Via(grant=name, span=document.span),
        )
        title = f"KMS grant `{document.address}`"
        self.grants.grants.append(
            Grant(key=name, holder=key, layer="resource", name=title, statements=(statement,), span=document.span)
        )

    # --- workloads and credentials -----------------------------------------------------------------------------

    def _profile(self, document: Document) -> None:
        self.grants.blocks += 1
        role = text_of(document.body.get("role")) or text_of(document.body.get("roles"))
        if not role:
            return
        for attribute in ("name", "id", "arn"):
            text = text_of(document.body.get(attribute))
            if text:
                self._profiles[(document.root, text)] = (role, document.span)
        key = self.grants.holder(document, "role", role, document.span)
        name = readable(document.body.get("name")) or document.address
        self.workloads.append(Workload(identity=key, kind="instance profile", name=name, span=document.span))

    def _workload(self, document: Document) -> None:
        for attribute in RUNS_AS[document.type]:
            for piece in pieces(_at(document.body, attribute)):
                if piece.problem or not piece.pattern:
                    continue
                role, _ = self._profiles.get((document.root, piece.pattern), (piece.pattern, piece.span))
                key = self.grants.registry.find(document.root, "role", role) or self.by_arn(document.root, role)
                if key is not None:
                    self.workloads.append(
                        Workload(identity=key, kind=document.type, name=document.address, span=document.span)
                    )

    def _credential(self, document: Document) -> None:
        self.grants.blocks += 1
        for piece in pieces(document.body.get("user")):
            if piece.pattern:
                key = self.grants.holder(document, "user", piece.pattern, piece.span)
                kind = _CREDENTIALS[document.type]
                label = document.address.rpartition(".")[2]
                self.credentials.append(Credential(identity=key, kind=kind, name=label, span=document.span))

    # --- module calls that are not in the checkout -------------------------------------------------------------

    def _module(self, document: Document) -> None:
        """What a call passes to a module nobody can read: its policies are shown as its own."""
        policies = [(name, node) for name, node in document.body.entries.items() if _is_policy(node)]
        arns = [
            piece
            for name, node in document.body.entries.items()
            if "polic" in name and not _is_policy(node)
            for piece in _strings(node)
            if ":policy/" in display(piece)
        ]
        if not policies and not arns:
            return
        self.grants.blocks += 1
        key = IdentityKey(f"aws:module/{document.address}@{document.root}" if document.root else
                          f"aws:module/{document.address}")  # fmt: skip
        self.grants.extra.append(
            Identity(
                key=key,
                platform="aws",
                kind="module_call",
                name=document.address,
                address=document.address,
                root=document.root,
                span=document.span,
                external=True,
                may=document.may,
            )
        )
        for name, node in policies:
            trust = "assume" in name or "trust" in name
            if not trust:
                self.grants.policy_grant(node, key, "policy argument", name, node.span, may=document.may)
        for arn in arns:
            self.grants.managed_grant(arn, key, document.root, document.span, may=document.may)


def _at(body: Map, route: str) -> Node | None:
    """The node under a dotted route; the first element where a block list stands on the way."""
    node: Node | None = body
    for step in route.split("."):
        if isinstance(node, ListNode):
            node = node.items[0] if node.items else None
        node = node.get(step) if isinstance(node, Map) else None
    return node


def _is_policy(node: Node) -> bool:
    match node:
        case Encoded(node=inner):
            return isinstance(inner, Map) and "Statement" in inner.entries
        case Map():
            return "Statement" in node.entries
        case Scalar(value=str()) | Text():
            text = readable(node)
            return text.lstrip().startswith("{") and '"Statement"' in text
        case _:
            return False


def _strings(node: Node) -> list[str]:
    match node:
        case Map():
            return [text for value in node.entries.values() for text in _strings(value)]
        case _:
            return [piece.pattern for piece in pieces(node) if piece.pattern]
