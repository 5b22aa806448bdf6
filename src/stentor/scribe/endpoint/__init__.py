"""A language model behind an OpenAI-compatible endpoint, if the house has one: always checked."""
