"""How far a comparison may be trusted, pure: ``bootstrap`` draws figures anew, ``ranges`` says what totals and ranks
the data allow, ``case_mix`` compares by the same cases, ``funnel`` gives limits of chance. Nothing here reads anything.
"""
