"""Voices → transcript → what is made from it, behind the Space and after it."""
