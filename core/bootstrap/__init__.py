"""Puts processes together and watches them: the one place that knows every part of the core."""
