"""What records stand in: lines, arrays, cells, a database; packed or not, in whichever encoding."""
