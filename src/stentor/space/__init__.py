"""The nouns that all roles share: chunk numbers, timeline, rung, tick, life cycle, people. Pure, no I/O."""
