"""The verbs of the command line that talk to a running house, one file per noun."""
