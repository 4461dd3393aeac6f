"""Scores out of a form and its answers, pure: ``score`` adds up, ``answers`` says what is wrong with them."""
