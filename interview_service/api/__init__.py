"""HTTP in, HTTP out: one blueprint a resource, schemas, tokens, errors. No rules and no SQL."""
