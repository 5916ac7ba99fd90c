"""Pure renderers: each takes the JSON value of an output and returns text; none looks at anything else."""
