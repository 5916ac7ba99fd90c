"""The neutral vocabulary: documents, places, identities, grants, snapshots and findings; knows no platform."""
