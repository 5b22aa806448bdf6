"""What is made of a transcript and a brief for people and players to read."""
