"""Packed facts about the clouds, read from the package's own resources; imports nothing of nhilint."""
