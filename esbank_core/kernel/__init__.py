"""What any event-sourced system has, whatever its domain. Nothing here knows of banks."""
