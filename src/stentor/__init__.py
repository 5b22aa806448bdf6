"""Stentor: self-hosted live audio spaces, built for the evening when everybody comes."""

__version__ = "0.1.0"
