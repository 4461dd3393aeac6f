"""Work orders: what is to be done for a caller, by whom, until when, and every step on the way."""
