"""Links identities by trust and federation, and finds paths to more power; the only importer of networkx."""
