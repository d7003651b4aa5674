"""A reader's own evolve at work: its states told by a Python that can be thrown away."""
