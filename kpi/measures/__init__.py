"""Every indicator, once: ``ratios`` is what is divided by what, ``catalogue`` words, ``counting`` and ``sql`` count.

``behind`` gives the rows that make it up. Pages, alerts, the interface, reports and scores all ask here.
"""
