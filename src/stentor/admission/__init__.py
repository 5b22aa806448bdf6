"""Ticket, pass, line, budgets, classes: who gets in when everybody comes."""
