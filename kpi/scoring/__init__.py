"""Scores out of figures, pure: ``curves`` make points of a value, ``scheme`` says which lines count how much, ``check``
what is wrong with a scheme, ``score`` adds up and ranks, ``grades`` names. Nothing here reads anything.
"""
