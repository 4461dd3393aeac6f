"""QA over HTTP."""
