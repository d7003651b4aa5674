"""The Database lab: the same SQL put to CRUD, to CRUD with an audit table, and to events."""
