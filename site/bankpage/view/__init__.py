"""The view: the model as a screen. Pure; each part of the page has a module of its own.

``index.html`` holds the structure and every word. A screen only says, for each element that
changes, what its attributes and its contents are now.
"""

from __future__ import annotations

from bankpage.view.screen import view

__all__ = ["view"]
