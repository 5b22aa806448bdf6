"""Log → gate, fan-out → listener."""
