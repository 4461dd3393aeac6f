"""Customers with their meters and bills, as far as an agent must see them during a call."""
