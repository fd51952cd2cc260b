"""How the demo records are made: stories in TOML become FHIR R4 bundles with drawn pictures and letters."""
