"""The stage door: API, host and speaker pages, signalling relay, controller."""
