"""Transcript → brief, with no model but a small one for the likeness of sentences."""
