"""A Space as others show it: lists, calendars, link previews, embedded players."""
