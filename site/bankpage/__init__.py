"""The page's own Python.

The loop: a gesture becomes a message; ``update`` turns the model and a message into the
next model and effects; ``view`` turns the model into a tree, and what differs from the last
tree is painted in one call. All of that is pure. Only ``shell`` and what it is given reach
the browser.
"""
