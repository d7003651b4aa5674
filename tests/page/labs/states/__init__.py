"""A reader's own states."""
