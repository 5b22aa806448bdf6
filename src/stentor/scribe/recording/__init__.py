"""Log → files → shelf."""
