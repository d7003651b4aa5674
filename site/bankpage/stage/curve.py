"""The slider's line as a picture: the curve of a balance, and marks for money in and out.

A history of any length is drawn at a bounded number of points. What was looked up stays known,
so that a ledger that has grown by an event pays for that event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import Final, NamedTuple

from bankpage.stage.accounts import MOST_BALANCES
from esbank_core.bank.account import Ledger
from esbank_core.bank.states import State, balance_in
from esbank_core.kernel.identity import Position, StreamId

MOST_POINTS: Final = 320
"""At how many positions at most a balance's curve is drawn, however long the history."""

WIDTH: Final = 1000
CURVE_HEIGHT: Final = 100
CURVE_MARGIN: Final = 6
MARKS_MIDDLE: Final = 15
LONGEST_MARK: Final = 12
SHORTEST_MARK: Final = 3


class Drawing(NamedTuple):
    """The paths of a picture: one account's curve, the area under it, the others' curves."""

    line: str
    area: str
    others: str


class Marks(NamedTuple):
    """The paths of the marks: up for what came in, down for what went out."""

    money_in: str
    money_out: str


@dataclass(slots=True)
class _Samples:
    """One account's balances at every ``stride``-th position, as far as they were looked up."""

    stride: int
    balances: list[int] = field(default_factory=list)
    last: State | None = None
    """The state at the last of them: by it one sees that the history is still the same."""


_samples: dict[StreamId, _Samples] = {}
_drawn: list[tuple[Ledger, dict[StreamId | None, Drawing]]] = []
"""The curves of the history drawn last. Only a memory: a step does not change them."""


def curve(history: Ledger, account_id: StreamId | None) -> Drawing:
    """Stepped lines, since a balance jumps and does not slide; all on one scale."""
    if not _drawn or _drawn[0][0] is not history:
        _drawn[:] = [(history, {})]
    known = _drawn[0][1]
    if account_id not in known:
        known[account_id] = _draw(history, account_id)
    return known[account_id]


def _draw(history: Ledger, account_id: StreamId | None) -> Drawing:
    head = history.head
    names = list(history.places) if len(history.places) <= MOST_BALANCES else []
    if account_id and account_id not in names:
        names.append(account_id)
    if not names or head == 0:
        return Drawing("", "", "")
    curves = {name: _balances(history, name) for name in names}
    everything = [balance for _, balances in curves.values() for balance in balances]
    low, high = min(0, *everything), max(1, *everything)
    room = CURVE_HEIGHT - 2 * CURVE_MARGIN

    def y(balance: int) -> int:
        return CURVE_HEIGHT - CURVE_MARGIN - room * (balance - low) // (high - low)

    def path(stride: int, balances: list[int]) -> str:
        steps, before = [f"M0 {y(balances[0])}"], balances[0]
        for nth, balance in enumerate(balances):
            if balance != before:
                steps.append(f"H{WIDTH * min(nth * stride, head) // head}V{y(balance)}")
                before = balance
        return "".join(steps) + f"H{WIDTH}"

    lines = {name: path(*curves[name]) for name in names}
    line = lines.pop(account_id, "") if account_id else ""
    area = f"{line}V{y(0)}H0Z" if line else ""
    return Drawing(line, area, "".join(lines.values()))


def _balances(history: Ledger, name: StreamId) -> tuple[int, list[int]]:
    """An account's balance at Genesis, at every so many positions, and now; and how many."""
    head = history.head
    stride = 1
    while head // stride > MOST_POINTS:
        stride *= 2
    known = _samples.get(name)
    if known is None or known.stride != stride or not _is_of(known, history, name):
        known = _samples[name] = _Samples(stride)
    for at in range(len(known.balances) * stride, head + 1, stride):
        known.last = history.state_of(name, Position(at))
        known.balances.append(balance_in(known.last))
    return stride, [*known.balances, balance_in(history.state_of(name))]


def _is_of(known: _Samples, history: Ledger, name: StreamId) -> bool:
    at = (len(known.balances) - 1) * known.stride
    return 0 <= at <= history.head and history.state_of(name, Position(at)) is known.last


# Marks -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Flows:
    """What each event did to its own account's balance, and where each account stood then."""

    flows: list[int] = field(default_factory=list)
    latest: dict[StreamId, int] = field(default_factory=dict)
    last: State | None = None


_flows: list[_Flows] = [_Flows()]
_marked: list[tuple[Ledger, Marks]] = []


def marks(history: Ledger) -> Marks:
    """A mark for each event that moved money, the longer the more; of many, the greatest."""
    if not _marked or _marked[0][0] is not history:
        _marked[:] = [(history, _mark(history))]
    return _marked[0][1]


def _mark(history: Ledger) -> Marks:
    head = history.head
    flows = _flows_of(history)
    most = max(map(abs, flows), default=0)
    if not most:
        return Marks("", "")

    def length(flow: int) -> float:
        return SHORTEST_MARK + (LONGEST_MARK - SHORTEST_MARK) * sqrt(abs(flow) / most)

    ups, downs = [], []
    stride = -(-head // MOST_POINTS)
    for first in range(0, head, stride):
        here = flows[first : first + stride]
        x = WIDTH * min(first + (stride + 1) // 2, head) // head
        if (up := max(here)) > 0:
            ups.append(f"M{x} {MARKS_MIDDLE}v-{length(up):.1f}")
        if (down := min(here)) < 0:
            downs.append(f"M{x} {MARKS_MIDDLE}v{length(down):.1f}")
    return Marks("".join(ups), "".join(downs))


def _flows_of(history: Ledger) -> list[int]:
    known = _flows[0]
    seen = len(known.flows)
    if seen > history.head or (seen and history.states[seen - 1] is not known.last):
        known = _flows[0] = _Flows()
        seen = 0
    latest, flows = known.latest, known.flows
    recorded, states = history.recorded[seen:], history.states[seen:]
    for event, state in zip(recorded, states, strict=True):
        name, balance = event.stream_id, balance_in(state)
        flows.append(balance - latest.get(name, 0))
        latest[name] = balance
    if states:
        known.last = states[-1]
    return flows
