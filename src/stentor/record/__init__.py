"""What is left of a Space, as values and texts: recording, chapters, transcript, brief."""
