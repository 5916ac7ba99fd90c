"""Who may have a role: whether the trust of an identity lets in anybody whom its role does not."""
