"""Judged periods as they are kept: their life (``life``), what is kept of each (``record``), appeals, and the database
behind them (``service``)."""
