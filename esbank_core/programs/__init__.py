"""What readers write in Python: a projection, an evolve or a question, read, run and shown."""
