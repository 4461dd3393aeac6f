"""Incidents as they begin: more reports at one place within minutes than that place and hour usually bring."""
