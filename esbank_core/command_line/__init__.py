"""The command line: the only part of the core that opens files and writes to a terminal."""
