"""Kustomizations rendered in process, with the place of every value; reads files of the tree only."""
