"""The same bank in three databases, and SQL put to each of them."""
