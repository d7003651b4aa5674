"""The room as the page knows it."""

from __future__ import annotations

from typing import Final

from bankpage.labs.contract import Lab
from bankpage.labs.opening.messages import OpeningMessage, noticed, read
from bankpage.labs.opening.model import Opening
from bankpage.labs.opening.update import NAME, update
from bankpage.labs.opening.view import view

LAB: Final[Lab[Opening, OpeningMessage]] = Lab(NAME, Opening(), read, update, view, noticed)
