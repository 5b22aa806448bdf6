"""The siege: drills that attack a real house with a real crowd in it, and print what the crowd noticed."""
