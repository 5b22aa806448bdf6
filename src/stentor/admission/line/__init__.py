"""The line: places, the clock that calls them, and who moves it. Pure."""
