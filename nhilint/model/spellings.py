"""How permissions are spelled in the dimensions of the algebra, by the platforms and by roles of the catalog alike."""

from __future__ import annotations

from nhilint.algebra.values import symbol

GROUP = "g:"
"""Before an API group of Kubernetes, so that the core group is no empty text."""
URLS = "u:"
"""Stands for the API group where a rule is about URLs."""
REPOSITORY = symbol("github.repository")
"""The name of the tree's repository on GitHub where nothing says it."""
THIS = f"repository/{REPOSITORY}"
"""What a job's token is about: the repository of the tree, whatever that is called."""
READ_SECRET = "secrets:read"
"""No permission of the token: what a workflow names in `${{ secrets.… }}` it is handed."""
