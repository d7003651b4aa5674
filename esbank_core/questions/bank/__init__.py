"""What one can ask of a bank's history: conditions, what if, a statement, a test, questions."""
