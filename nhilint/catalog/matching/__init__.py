"""An identity against the roles: cells, bindings, covers, limits, exceptions, proofs, and the verdict in words."""
