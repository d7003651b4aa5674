"""The Audit lab: an audit trail that can be attacked, and answers."""
