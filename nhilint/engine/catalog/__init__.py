"""The catalog's own outputs, one module each: pure functions from catalogs and analyses to JSON-able rows."""
