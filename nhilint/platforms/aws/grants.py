"""Policies and their attachments to grants: inline, managed, AWS-managed, boundaries, groups and their members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nhilint.algebra.values import Statement, display, symbol
from nhilint.model.document import Document
from nhilint.model.facts import AttachedPolicy, Grant, Identity, IdentityKey, Layer, Trust, Unresolved, Via
from nhilint.model.node import Choice, Node, Scalar
from nhilint.model.node import Sequence as ListNode
from nhilint.model.span import Span
from nhilint.platforms.aws.carriers import Carriers
from nhilint.platforms.aws.policy import read_policy
from nhilint.platforms.aws.registry import Registry
from nhilint.platforms.aws.techniques import variables
from nhilint.platforms.aws.text import Piece, blocks, pieces, readable, text_of

_HOLDERS = {"role": "role", "roles": "role", "user": "user", "users": "user", "group": "group", "groups": "group"}
_INLINE = ("aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy")
_ATTACH = (
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
)


@dataclass(slots=True)
class Grants:
    """What is collected while the documents are gone through."""

    registry: Registry
    grants: list[Grant] = field(default_factory=list)
    trusts: list[Trust] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    extra: list[Identity] = field(default_factory=list)
    policies: list[AttachedPolicy] = field(default_factory=list)
    carriers: Carriers = field(default_factory=Carriers)
    blocks: int = 0
    _policies: dict[tuple[str, str], Document] = field(default_factory=dict)
    _anywhere: defaultdict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    _attached: set[int] = field(default_factory=set)
    _policy_documents: list[Document] = field(default_factory=list)
    _read: dict[int, tuple[tuple[Statement, ...], tuple[Unresolved, ...]]] = field(default_factory=dict)
    _managed: dict[str, tuple[Statement, ...]] = field(default_factory=dict)

    # --- what others call --------------------------------------------------------------------------------------

    def collect(self, documents: list[Document]) -> None:
        """All grants and trusts of the documents; the registry must be complete."""
        for document in documents:
            if document.type == "aws_iam_policy" and document.kind == "resource":
                self._enter_policy(document)
        for key in list(self.registry.documents):
            self._own(key, self.registry.documents[key])
        for document in documents:
            if document.kind != "resource":
                continue
            if document.type in _INLINE:
                self._inline(document)
            elif document.type in _ATTACH:
                self._attachment(document)
            elif document.type == "aws_iam_role_policy_attachments_exclusive":
                self._listed(document)
            elif document.type.startswith("aws_ssoadmin_") and document.type != "aws_ssoadmin_permission_set":
                self._permission_set(document)
        self._members(documents)

    def unread(self, what: str, why: str, span: Span, key: IdentityKey | None, cause: str = "unknown-value") -> None:
        """Enters something that could not be judged."""
        self.unresolved.append(Unresolved(what=what, why=why, span=span, identity=key, cause=cause))

    def policy_grant(
        self,
        node: Node,
        holder: IdentityKey,
        kind: str,
        name: str,
        span: Span,
        *,
        layer: Layer = "identity",
        may: tuple[str, ...] = (),
    ) -> None:
        """A grant whose statements are written right there."""
        key = f"{holder}|{kind}/{name}"
        statements, problems = read_policy(node, attached_to="identity", grant=key)
        label = f"{kind} `{name}`" if name else kind
        self._problems(problems, holder, label)
        if may:
            statements = tuple(replace(s, may=_all(may, s.may)) for s in statements)
        self.grants.append(Grant(key=key, holder=holder, layer=layer, name=label, statements=statements, span=span))

    def managed_grant(
        self,
        arn: str,
        holder: IdentityKey,
        root: str,
        span: Span,
        *,
        layer: Layer = "identity",
        may: tuple[str, ...] = (),
    ) -> None:
        """A grant of the managed policy that this ARN text names: of the tree, of AWS, or unknown."""
        document = self._find_policy(root, arn)
        shown = display(arn)
        self.carriers.policy(arn, holder, span, layer, may)
        if document is not None:
            self._attached.add(id(document))
            name = readable(document.body.get("name")) or document.address
            statements, problems = self._statements(document)
            self._problems(problems, holder, f"managed policy `{name}`")
        elif "iam::aws:policy/" in shown:
            name = shown.split(":policy/", 1)[1]
            statements = self._aws_managed(shown)
            if not statements:
                why = "the data does not know this AWS managed policy"
                self.unread(f"AWS managed policy `{name}`", why, span, holder, "data")
                return
        else:
            why = "its document is not in this tree"
            self.unread(f"managed policy `{shown}`", why, span, holder, "external-policy")
            return
        prefix = "AWS managed policy" if document is None else "managed policy"
        word = "boundary" if layer == "boundary" else prefix
        key = f"{holder}|{word}/{name}"
        via = Via(grant=key, span=span)
        placed = tuple(
            replace(s, may=_all(may, s.may), origin=via if document is None else replace_grant(s.origin, key))
            for s in statements
        )
        title = f"{'permission boundary, ' if layer == 'boundary' else ''}{prefix} `{name}`"
        self.grants.append(Grant(key=key, holder=holder, layer=layer, name=title, statements=placed, span=span))

    def trust(self, node: Node, holder: IdentityKey, label: str, name: str = "") -> None:
        """Who may become an identity."""
        grant = f"{holder}|trust/{name}" if name else f"{holder}|trust"
        statements, problems = read_policy(node, attached_to="trust", grant=grant)
        self._problems(problems, holder, label)
        self.trusts.append(Trust(key=grant, identity=holder, statements=statements, span=node.span))

    def holder(self, document: Document, attribute: str, text: str, span: Span) -> IdentityKey:
        """The identity a reference names; one outside the tree when nobody here has that name."""
        word = _HOLDERS[attribute]
        known = self.registry.find(document.root, word, text)
        return known or self.registry.external(word, text, document.root, span)

    # --- one kind of document each -----------------------------------------------------------------------------

    def _own(self, key: IdentityKey, document: Document) -> None:
        """What stands on the role, user, group or permission set itself."""
        self.blocks += 1
        body = document.body
        if document.type == "aws_iam_role":
            trust = body.get("assume_role_policy")
            if trust is not None:
                self.trust(trust, key, "trust policy")
            inline = body.get("inline_policy")
            for block, may in blocks(inline):
                policy = block.get("policy")
                if policy is not None:
                    name = readable(block.get("name"))
                    self.policy_grant(policy, key, "inline policy", name, block.span, may=(*document.may, *may))
            if isinstance(inline, ListNode) and inline.open and not inline.represented:
                self.unread("inline policies", f"there may be more: {inline.open}", inline.span, key)
            self._arns(body.get("managed_policy_arns"), key, document)
        boundary = body.get("permissions_boundary")
        for piece in pieces(boundary):
            if piece.problem:
                self.unread("permission boundary", piece.problem, piece.span, key)
            elif piece.pattern:
                self.managed_grant(piece.pattern, key, document.root, piece.span, layer="boundary", may=piece.may)

    def _arns(self, node: Node | None, key: IdentityKey, document: Document) -> None:
        for piece in pieces(node):
            if piece.problem:
                self.unread("managed policies", piece.problem, piece.span, key)
            else:
                self.managed_grant(piece.pattern, key, document.root, piece.span, may=(*document.may, *piece.may))

    def _inline(self, document: Document) -> None:
        self.blocks += 1
        attribute = document.type.removeprefix("aws_iam_").removesuffix("_policy")
        for key, span, may in self._holders(document, attribute):
            policy = document.body.get("policy")
            name = readable(document.body.get("name")) or document.address
            if policy is None:
                self.unread(f"inline policy `{name}`", "it has no `policy`", span, key)
            else:
                self.policy_grant(policy, key, "inline policy", name, document.span, may=(*document.may, *may))

    def _attachment(self, document: Document) -> None:
        self.blocks += 1
        arns = list(pieces(document.body.get("policy_arn")))
        for attribute in ("role", "roles", "user", "users", "group", "groups"):
            for key, _, may in self._holders(document, attribute, required=False):
                for arn in arns:
                    if arn.problem:
                        self.unread("an attached policy", arn.problem, arn.span, key)
                    else:
                        self.managed_grant(
                            arn.pattern, key, document.root, document.span, may=(*document.may, *may, *arn.may)
                        )
                if not arns:
                    self.unread("an attached policy", "it has no `policy_arn`", document.span, key)

    def _listed(self, document: Document) -> None:
        self.blocks += 1
        for piece in pieces(document.body.get("role_name")):
            if not piece.problem:
                key = self.holder(document, "role", piece.pattern, piece.span)
                self._arns(document.body.get("policy_arns"), key, document)

    def _permission_set(self, document: Document) -> None:
        text = text_of(document.body.get("permission_set_arn"))
        known = self.registry.find(document.root, "permission-set", text) if text else None
        inline = document.body.get("inline_policy")
        arn = text_of(document.body.get("managed_policy_arn"))
        if inline is None and not arn:
            return
        self.blocks += 1
        span = document.span
        key = known or self.registry.external("permission-set", text or document.address, document.root, span)
        if inline is not None:
            self.policy_grant(inline, key, "inline policy", document.address, span, may=document.may)
        if arn:
            self.managed_grant(arn, key, document.root, span, may=document.may)

    def _holders(
        self, document: Document, attribute: str, *, required: bool = True
    ) -> Iterator[tuple[IdentityKey, Span, tuple[str, ...]]]:
        node = document.body.get(attribute)
        if node is None and required:
            self.unread(f"`{document.address}`", f"it has no `{attribute}`", document.span, None)
        found: dict[IdentityKey, list[Piece]] = {}
        named = [p._replace(problem=p.problem if p.pattern or p.problem else "it is empty") for p in pieces(node)]
        for piece in named:
            if piece.problem and (piece.pattern or piece.problem != "it is empty" or not any(p.pattern for p in named)):
                # Whoever it is: what it is given is read all the same, and stands at an identity that nobody can name.
                nobody = symbol(f"{document.address}.{attribute}")
                key = self.registry.external(_HOLDERS[attribute], nobody, document.root, piece.span)
                self.unread(f"`{attribute}` of `{document.address}`", piece.problem, piece.span, key)
                found.setdefault(key, []).append(piece)
            elif piece.pattern:
                found.setdefault(self.holder(document, attribute, piece.pattern, piece.span), []).append(piece)
        for key, names in found.items():
            # However an undecided choice falls, it names the same identity: then the grant is certain.
            certain = isinstance(node, Choice) and len(names) == len(named)
            yield key, names[0].span, () if certain else names[0].may

    def _members(self, documents: list[Document]) -> None:
        """A group's grants flow to its members; each says that it came through the group."""
        members: defaultdict[IdentityKey, list[IdentityKey]] = defaultdict(list)
        for document in documents:
            if document.type == "aws_iam_group_membership":
                groups, users = document.body.get("group"), document.body.get("users")
            elif document.type == "aws_iam_user_group_membership":
                groups, users = document.body.get("groups"), document.body.get("user")
            else:
                continue
            self.blocks += 1
            for piece in (*pieces(groups), *pieces(users)):
                if piece.problem:
                    self.unread(f"membership `{document.address}`", piece.problem, piece.span, None)
            for group in pieces(groups):
                for user in pieces(users):
                    if group.pattern and user.pattern:
                        key = self.holder(document, "group", group.pattern, group.span)
                        members[key].append(self.holder(document, "user", user.pattern, user.span))
        for group_key, users_keys in members.items():
            inherited = [grant for grant in self.grants if grant.holder == group_key]
            for user_key in dict.fromkeys(users_keys):
                for grant in inherited:
                    name = f"{grant.name} via group `{self.registry.identities[group_key].name}`"
                    self.grants.append(replace(grant, key=f"{user_key}|{grant.key}", holder=user_key, name=name))
        for one in list(self.registry.identities.values()):
            if one.kind == "iam_group":
                arn = variables(one).get("arn", "")
                self.carriers.group(one, arn, dict.fromkeys(members.get(one.key, ())), one.span)

    def loose(self) -> None:
        """Managed policies that nobody here is attached to: held by nobody yet, and shown as that. Call it last."""
        for document in self._policy_documents:
            if id(document) in self._attached:
                continue
            name = readable(document.body.get("name")) or document.address
            key = IdentityKey(f"aws:policy/{name}")
            if any(identity.key == key for identity in self.extra):
                key = IdentityKey(f"{key}@{document.root}#{document.address}")
            self.extra.append(
                Identity(
                    key=key,
                    platform="aws",
                    kind="iam_policy",
                    name=name,
                    address=document.address,
                    root=document.root,
                    span=document.span,
                    bound=False,
                    may=document.may,
                    ignores=document.ignores,
                )
            )
            statements, problems = self._statements(document)
            label = f"managed policy `{name}`"
            self._problems(problems, key, label)
            placed = tuple(replace(s, origin=replace_grant(s.origin, f"{key}|policy")) for s in statements)
            self.grants.append(
                Grant(
                    key=f"{key}|policy",
                    holder=key,
                    layer="identity",
                    name=label,
                    statements=placed,
                    span=document.span,
                )
            )

    # --- policies ----------------------------------------------------------------------------------------------

    def _enter_policy(self, document: Document) -> None:
        self.blocks += 1
        self._policy_documents.append(document)
        for attribute in ("arn", "id"):
            text = text_of(document.body.get(attribute))
            if text:
                self._policies.setdefault((document.root, text), document)
                self._anywhere[text].append(document)

    def _find_policy(self, root: str, arn: str) -> Document | None:
        known = self._policies.get((root, arn))
        if known is not None:
            return known
        elsewhere = self._anywhere.get(arn, [])
        return elsewhere[0] if len({d.address + d.root for d in elsewhere}) == 1 else None

    def _statements(self, document: Document) -> tuple[tuple[Statement, ...], tuple[Unresolved, ...]]:
        known = self._read.get(id(document))
        if known is None:
            node = document.body.get("policy")
            if node is None:
                missing = Unresolved(what="a policy document", why="it has no `policy`", span=document.span)
                known = ((), (missing,))
            else:
                known = read_policy(node, attached_to="identity", grant=document.address)
            if document.may:
                known = (tuple(replace(s, may=_all(document.may, s.may)) for s in known[0]), known[1])
            self._read[id(document)] = known
        return known

    def _aws_managed(self, arn: str) -> tuple[Statement, ...]:
        known = self._managed.get(arn)
        if known is None:
            from nhilint.data.aws import managed_policy

            text = managed_policy("arn:aws:iam::aws:policy/" + arn.split(":policy/", 1)[1])
            known = ()
            if text is not None:
                known, _ = read_policy(Scalar(text, Span("", 0)), attached_to="identity", grant=arn)
            self._managed[arn] = known
        return known

    def _problems(self, problems: tuple[Unresolved, ...], key: IdentityKey, label: str) -> None:
        for problem in problems:
            what = label if problem.what == "a policy document" else f"{problem.what} in {label}"
            self.unresolved.append(replace(problem, what=what, identity=key))


def replace_grant(origin: object, key: str) -> object:
    """The same lines, seen from another grant."""
    return replace(origin, grant=key) if isinstance(origin, Via) else origin


def _all(*reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Every reason once."""
    return tuple(dict.fromkeys(reason for group in reasons for reason in group))
