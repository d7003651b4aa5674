"""Where events are kept, and how commands and processes are carried out against a store."""
