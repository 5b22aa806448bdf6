"""The line, driven by evenings of millions: the same code as in the house, the crowd in numbers."""
