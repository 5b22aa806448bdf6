"""The stage door from Python: typed calls, live events; what the command line uses."""
