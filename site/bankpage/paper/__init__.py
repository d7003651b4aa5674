"""What every view is made of: trees, patches, phrases, and what a page may ask of a browser."""
