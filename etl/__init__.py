"""Collecting: from the event log of the live core into DuckDB, where pages, scores and reports read."""
