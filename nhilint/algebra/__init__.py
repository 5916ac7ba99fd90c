"""Exact sets of permissions: containment, difference and witness; knows no cloud and imports nothing of nhilint."""
