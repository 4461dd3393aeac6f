"""Calls and orders as lists and one by one: what figures count, row by row."""
