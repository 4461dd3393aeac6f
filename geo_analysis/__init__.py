"""Where things happen: hot spots, places of addresses, incidents as they begin."""
