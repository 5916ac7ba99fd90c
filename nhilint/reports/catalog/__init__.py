"""The catalog's outputs for people, one module each; pure."""
