"""What the labs promise, each without a page or a browser."""
