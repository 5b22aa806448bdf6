"""Speech recognition: engines behind one port, and whose weights they are."""
