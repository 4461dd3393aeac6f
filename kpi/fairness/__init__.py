"""How far a comparison may be trusted, pure: ``bootstrap`` draws figures anew, ``ranges`` says what totals and ranks
the data allow. Nothing here reads anything.
"""
