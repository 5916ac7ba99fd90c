"""Preapproved roles and the matching of grants to them; knows no platform's interpreter and no file system."""
