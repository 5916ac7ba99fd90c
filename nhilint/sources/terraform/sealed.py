"""Tells whether a file keeps its content in a sealed form (encrypted, or stored elsewhere); opens nothing."""

from __future__ import annotations

_MARKS = (
    (b"\x00GITCRYPT\x00", "it is encrypted by git-crypt"),
    (b"$ANSIBLE_VAULT;", "it is encrypted by ansible-vault"),
    (b"-----BEGIN PGP MESSAGE-----", "it is encrypted by PGP"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "it is encrypted by age"),
    (b"age-encryption.org/", "it is encrypted by age"),
    (b"Salted__", "it is encrypted by OpenSSL"),
    (b"version https://git-lfs.github.com/spec/", "its content is stored in Git LFS"),
)


def sealed(content: bytes) -> str:
    """Why the content can not be read; empty when it is not sealed."""
    for mark, why in _MARKS:
        if content.startswith(mark):
            return why
    if b'"sops"' in content and b"ENC[AES256_GCM," in content and content.lstrip().startswith(b"{"):
        return "it is encrypted by SOPS"
    return ""
