"""Lint rules: one module and one page each. A rule sees one snapshot, never files, and knows no other rule."""
