"""A gate's side of admission: tickets, passes, the line's clock, who gets in now."""
