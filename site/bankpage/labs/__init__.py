"""The labs: each claim of the page as a tool under it, in a folder of its own."""
