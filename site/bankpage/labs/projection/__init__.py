"""The Projection lab: a read model in the reader's own Python."""
