"""Addresses: each event of a history has one, and the browser's own bar says where one stands.

``#event-6`` is an event, ``#genesis`` the moment before the first; now is the page's plain address.
"""

from __future__ import annotations

import re
from typing import Final

from bankpage.stage.model import Stage
from esbank_core.kernel.identity import GENESIS, Position

NOW_ADDRESS: Final = ""
GENESIS_ADDRESS: Final = "#genesis"
_EVENT: Final = re.compile(r"#event-(.+)", re.DOTALL)
_PLACE: Final = re.compile("[1-9][0-9]{0,11}", re.ASCII)


def address_of(position: Position) -> str:
    """The address of an event, or of Genesis."""
    return f"#event-{position}" if position else GENESIS_ADDRESS


def name_in(address: str) -> str | None:
    """What an address calls an event by, whether or not there is one; None for other addresses."""
    found = _EVENT.fullmatch(address)
    return found[1] if found else None


def position_in(address: str, head: Position) -> Position | None:
    """The position that an address leads to in a history that ends at ``head``, if it does."""
    if address == GENESIS_ADDRESS:
        return GENESIS
    name = name_in(address) or ""
    position = Position(int(name)) if _PLACE.fullmatch(name) else GENESIS
    return position if GENESIS < position <= head else None


def address_at(stage: Stage, head: Position, current: str) -> str:
    """The address for where the stage looks, when ``current`` is what the bar says.

    In the present nothing of the past may be left there. But whoever came by the address of the
    last event is still at it, and an address that is not of an event is not the stage's to change.
    """
    if stage.is_in_past:
        return address_of(stage.position(head))
    is_ours = current == GENESIS_ADDRESS or name_in(current) is not None
    return NOW_ADDRESS if is_ours and current != address_of(head) else current
