"""The shell: commands, settings and delivery; the only place besides `sources` that touches the world."""
