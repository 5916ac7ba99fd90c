"""Who is who: finds the identity or policy that a reference names, inside a root module first, then across."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nhilint.algebra.values import display, symbol
from nhilint.model.document import Document
from nhilint.model.facts import Identity, IdentityKey
from nhilint.model.span import Span
from nhilint.platforms.aws.text import pieces, readable, tag_table

KINDS = {
    "aws_iam_role": ("iam_role", "role"),
    "aws_iam_user": ("iam_user", "user"),
    "aws_iam_group": ("iam_group", "group"),
    "aws_ssoadmin_permission_set": ("permission_set", "permission-set"),
}
"""Resource type to the identity's kind and the word in its key."""

_SESSIONS = {"aws_iam_role": "max_session_duration", "aws_ssoadmin_permission_set": "session_duration"}
_HOUR = "3600"
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")

_TAGS = {
    "owner": ("owner", "owners", "team", "owned-by", "owned_by", "ownedby", "maintainer", "contact"),
    "purpose": ("purpose", "description", "usage", "used-for"),
    "expires": ("expires", "expiry", "expires-on", "expires_on", "expiration", "valid-until", "valid_until", "ttl"),
}


@dataclass(slots=True)
class Registry:
    """Every identity of the tree by the texts that refer to it."""

    identities: dict[IdentityKey, Identity] = field(default_factory=dict)
    documents: dict[IdentityKey, Document] = field(default_factory=dict)
    _names: dict[tuple[str, str, str], IdentityKey] = field(default_factory=dict)
    """(root, kind word, text) to key."""
    _anywhere: defaultdict[tuple[str, str], set[IdentityKey]] = field(default_factory=lambda: defaultdict(set))

    def find(self, root: str, word: str, text: str) -> IdentityKey | None:
        """The identity of that kind whose name, id or ARN is this text; None when there is none or it is not clear."""
        known = self._names.get((root, word, text))
        if known is not None:
            return known
        elsewhere = {key for key in self._anywhere.get((word, text), ()) if not self._other_environment(key, root)}
        return next(iter(elsewhere)) if len(elsewhere) == 1 else None

    def _other_environment(self, key: IdentityKey, root: str) -> bool:
        """Whether an identity is made by the same root module with the inputs of another environment."""
        folder, at, _ = self.documents[key].root.partition("@") if key in self.documents else ("", "", "")
        return bool(at) and self.documents[key].root != root and folder == root.partition("@")[0]

    def add(self, identity: Identity, document: Document, word: str) -> None:
        """Enters an identity of the tree under its name, id and ARN."""
        self.identities[identity.key] = identity
        self.documents[identity.key] = document
        for attribute in ("name", "id", "arn", "unique_id"):
            for piece in pieces(document.body.get(attribute)):
                if piece.pattern:
                    self._refer(document.root, word, piece.pattern, identity.key)
            # An attribute that only the cloud knows is referred to by its address.
            self._refer(document.root, word, symbol(f"{document.address}.{attribute}"), identity.key)

    def _refer(self, root: str, word: str, text: str, key: IdentityKey) -> None:
        self._names.setdefault((root, word, text), key)
        self._anywhere[(word, text)].add(key)

    def external(self, word: str, text: str, root: str, span: Span) -> IdentityKey:
        """The identity outside of the tree that this text names; entered once."""
        name = display(text)
        if name.startswith("arn:"):
            name = name.split(":", 5)[-1].rpartition("/")[2]
        key = IdentityKey(f"aws:{word}/{name}")
        known = self.identities.get(key)
        if known is not None and not known.external:
            # Somebody of that name is in the tree, but it is not clear that it is the one.
            key = IdentityKey(f"{key}@{root or 'elsewhere'}")
        if key not in self.identities:
            self.identities[key] = Identity(
                key=key,
                platform="aws",
                kind=f"iam_{word}" if word in ("role", "user", "group") else word,
                name=name,
                root=root,
                span=span,
                external=True,
                aliases=(text,) if text.startswith("arn:") else (),
            )
        return key


def identities(documents: Sequence[Document]) -> Registry:
    """The registry of all roles, users, groups and permission sets that the documents define."""
    registry = Registry()
    wanted = [d for d in documents if d.type in KINDS and d.kind == "resource"]
    keys = Counter(_plain_key(d) for d in wanted)
    realms = Counter((_plain_key(d), d.root) for d in wanted)
    for document in wanted:
        plain = _plain_key(document)
        realm = ""
        if keys[plain] > 1:
            realm = document.root
            if realms[(plain, document.root)] > 1:
                realm = f"{document.root}#{document.address}"
        kind, word = KINDS[document.type]
        registry.add(_identity(document, plain, realm, kind), document, word)
    return registry


def _plain_key(document: Document) -> str:
    word = KINDS[document.type][1]
    return f"aws:{word}/{readable(document.body.get('name')) or document.address}"


def _identity(document: Document, plain: str, realm: str, kind: str) -> Identity:
    tags = tag_table(document.body.get("tags_all") or document.body.get("tags"))
    folded = {key.lower(): value for key, value in tags}
    fields = {name: next((folded[k] for k in keys if folded.get(k)), "") for name, keys in _TAGS.items()}
    purpose = fields["purpose"] or readable(document.body.get("description"))
    arns = [piece.pattern for piece in pieces(document.body.get("arn"))]
    aliases = [*arns, *map(display, arns)]
    may = document.may + ((f"{document.multiple} has elements",) if document.multiple else ())
    return Identity(
        key=IdentityKey(f"{plain}@{realm}" if realm else plain),
        platform="aws",
        kind=kind,
        name=plain.split("/", 1)[1],
        realm=realm,
        address=document.address,
        root=document.root,
        span=document.span,
        owner=fields["owner"],
        purpose=purpose,
        expires=fields["expires"],
        labels=tags,
        may=may,
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias)),
        ignores=document.ignores,
        sessions=tuple(_sessions(document)),
        bounds=tuple(
            (piece.pattern or symbol(piece.problem), piece.may)
            for piece in pieces(document.body.get("permissions_boundary"))
        ),
    )


def _sessions(document: Document) -> Iterator[str]:
    """The seconds that a session may last: of a role an hour where it does not say it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html
    """
    attribute = _SESSIONS.get(document.type)
    if attribute is None:
        return
    found = list(pieces(document.body.get(attribute)))
    for piece in found:
        span = _ISO.fullmatch(piece.pattern)
        hours, minutes, seconds = (int(part or 0) for part in span.groups()) if span else (0, 0, 0)
        total = str(hours * 3600 + minutes * 60 + seconds) if span else piece.pattern
        yield total or symbol(piece.problem)
    if not found:
        yield _HOUR
