"""Draft roles from what identities hold: parts, parameters, trust, tests, YAML; and the mining of roles."""
