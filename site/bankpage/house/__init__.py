"""The house: stage, live ledger and labs know nothing of one another; here they are put together.

``page`` routes what happens; the modules here are what it routes to, each with one subject.
"""
