"""The room as the page knows it."""

from __future__ import annotations

from typing import Final

from bankpage.labs.audit.messages import AuditMessage, noticed, read
from bankpage.labs.audit.model import Desk
from bankpage.labs.audit.update import update
from bankpage.labs.audit.view import view
from bankpage.labs.contract import Lab

LAB: Final[Lab[Desk, AuditMessage]] = Lab("audit", Desk(), read, update, view, noticed)
