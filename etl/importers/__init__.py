"""Calls of other systems as facts of ours, one module a format: rows in, events out. Knows no database."""
