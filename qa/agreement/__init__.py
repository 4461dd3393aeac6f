"""How far scorers agree and how sure a figure is, pure: ``kappa``, ``alpha``, ``intervals``, ``leniency``."""
