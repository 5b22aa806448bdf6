"""Live captions: voices → words while they are spoken."""
