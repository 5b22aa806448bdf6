"""Log → gate → listener. The front door; disposable."""
