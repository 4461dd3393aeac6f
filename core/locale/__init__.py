"""Catalogues of the words people read; ``build`` makes them from the fragments beside them."""
