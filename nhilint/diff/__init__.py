"""Base and head snapshots to deltas of permission and trust; two values in, one value out."""
