"""The Analytics lab: questions nobody planned for, their answers, and what these look like."""
