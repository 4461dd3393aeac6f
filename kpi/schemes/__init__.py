"""Scoring schemes of the office: kept in versions (``service``), the shipped examples, and whom each judges by what."""
