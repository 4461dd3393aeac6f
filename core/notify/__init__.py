"""Alerts: figures are watched by rules, whoever must know is told, somebody acknowledges, all of it is kept."""
