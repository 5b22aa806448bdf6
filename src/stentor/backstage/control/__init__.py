"""What the house does by itself, once a second, by whoever holds the lease."""
