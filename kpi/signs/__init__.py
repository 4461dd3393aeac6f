"""Signs that somebody works for the score and not for the caller: beside scores, never in them."""
