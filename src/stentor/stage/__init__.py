"""Voice in → mix → chunk. One process per Space; no HTTP."""
