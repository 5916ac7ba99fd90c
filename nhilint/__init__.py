"""nhilint: the permission diff of non-human identities, offline and exact."""

__version__ = "0.1.0"
