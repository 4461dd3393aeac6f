"""A call's facts and what they come to: rows of ``fct_calls``, ``fct_call_segments`` and ``fct_queue_visits``."""
