"""States for the events of any domain: by a reader's own ``evolve``, or as last known values."""
