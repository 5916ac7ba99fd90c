"""What a maintainer should mend in roles, and the running of their tests."""
