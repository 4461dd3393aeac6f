"""Commands of ``hotline kpi`` by their subject."""
