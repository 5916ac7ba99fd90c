"""Files of a catalog to values: forms, reading, extending, references, the starter catalog; knows no YAML."""
