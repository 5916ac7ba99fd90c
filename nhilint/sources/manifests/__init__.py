"""Kubernetes manifests of a tree: read plainly, and rendered where something in the tree renders them."""
