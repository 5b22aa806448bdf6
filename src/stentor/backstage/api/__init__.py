"""The routes of the stage door's API, one file per noun; `models.py` is what crosses as JSON."""
