"""What one can ask of a history: its moments, what if, and questions nobody planned for."""
