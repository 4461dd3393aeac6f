"""Places, hot spots and incidents over HTTP."""
