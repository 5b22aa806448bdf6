"""Log → recording → shelf."""
