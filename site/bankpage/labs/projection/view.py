"""What the Projection lab shows: how the last run went, where it stands, and its read model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bankpage.labs.contract import Subject
from bankpage.labs.projection.model import Answered, Doing, Model
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.programs.faults import Fault, What
from esbank_core.programs.shown import Shown, Table, Tree


class _Drawn(NamedTuple):
    """The slots of a model, which stays the same while the page does something else."""

    model: Model
    phrases: Phrases
    head: Position
    own: str
    slots: tuple[Slot, ...]


_drawn: list[_Drawn] = []
"""What was drawn last. Only a memory."""


def view(model: Model, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """Every slot of the lab."""
    head = subject.history.head
    own = subject.own.text if subject.own else ""
    last = _drawn[0] if _drawn else None
    if (
        last is None
        or last.model is not model
        or last.phrases is not phrases
        or (last.head, last.own) != (head, own)
    ):
        last = _Drawn(model, phrases, head, own, tuple(_slots(model, head, own, phrases)))
        _drawn[:] = [last]
    yield from last.slots


def _slots(model: Model, head: Position, own: str, phrases: Phrases) -> Iterator[Slot]:
    answered = model.answered
    is_failed = model.ended is not None or (answered is not None and answered.fault is not None)
    yield Slot("projection-template", {".value": model.template})
    # A plain field, where the editor in front of it did not come.
    yield Slot("projection-code", {"hidden": not model.is_elsewhere})
    yield Slot("projection-stop", {"disabled": not (model.is_busy or model.is_live)})
    yield text("projection-status", _status(model, head, phrases), **{"data-failed": is_failed})
    shown = answered.shown if answered else None
    yield Slot("projection-result", {"hidden": shown is None})
    yield text("projection-checkpoint", _checkpoint(model, head, phrases))
    yield Slot("projection-keeps", {".checked": model.keeps_checkpoint})
    for name in ("again", "rebuild"):
        yield Slot(f"projection-{name}", {"disabled": not model.is_live})
    yield Slot("projection-lag", {"disabled": not model.is_live or model.behind > 0})
    yield Slot("projection-catch-up", {"disabled": not model.is_live or model.behind == 0})
    kind = answered.kind if answered else ""
    yield Slot("projection-feed", {"hidden": kind != "evolve" or own == model.program})
    yield Slot("projection-bank", {"hidden": not own})
    yield Slot("projection-model", {}, _shown(shown, kind, phrases) if shown else ())
    printed = answered.printed if answered else ""
    if answered and answered.left_out:
        printed += phrases("projection-unprinted", count=f"{answered.left_out:,}")
    yield Slot("projection-output", {"hidden": not printed})
    yield text("projection-printed", printed)


def _status(model: Model, head: Position, phrases: Phrases) -> str:
    if model.is_elsewhere:
        return phrases("projection-script-missing", reason=model.is_elsewhere)
    if model.ended is not None:
        return " ".join(
            phrases(f"projection-ended-{model.ended.value}", reason=model.reason).split()
        )
    if not model.is_live and model.wants is Doing.RUN and model.handed.count < head:
        count = f"{model.handed.count:,}"
        return phrases("projection-handing", count=count, total=f"{head:,}")
    if not model.is_live and model.is_busy:
        if not model.reached:
            return phrases("projection-running")
        return phrases("projection-running-on", count=f"{model.reached:,}", total=f"{head:,}")
    answered, last_run = model.answered, model.last_run
    if answered is not None and answered.fault is not None:
        return _fault(answered.fault, phrases)
    return phrases("projection-idle") if last_run is None else _went_well(last_run, model, phrases)


def _went_well(last: Answered, model: Model, phrases: Phrases) -> str:
    position = last.checkpoint
    match last.doing:
        case Doing.AGAIN if position == GENESIS:
            return phrases("projection-nothing-to-deliver")
        case Doing.AGAIN:
            outcome = "projection-doubled" if last.is_doubled else "projection-passed-over"
            return phrases(outcome, position=position)
        case Doing.CHECKPOINT:
            is_kept = model.keeps_checkpoint
            return phrases(
                "projection-checkpoint-kept" if is_kept else "projection-checkpoint-dropped"
            )
        case Doing.REBUILD | Doing.RUN | Doing.AT:
            is_rebuilt = last.doing is Doing.REBUILD
            how = "projection-rebuilt" if is_rebuilt else f"projection-ran-{last.kind}"
            return phrases(
                how, events=phrases.counted("events", position), took=f"{last.took or 0:,.1f}"
            )


def _fault(fault: Fault, phrases: Phrases) -> str:
    line, position = fault.line, fault.position
    match line, position:
        case None, None:
            place = ""
        case _, None:
            place = phrases("projection-place-line", line=line)
        case None, _:
            place = phrases("projection-place-event", position=position)
        case _:
            place = phrases("projection-place-both", line=line, position=position)
    if fault.what is not What.RAISED:
        return phrases(f"projection-fault-{fault.what.value}", place=place)
    how = "projection-raised-saying" if fault.message else "projection-raised"
    return phrases(how, error=fault.error, message=fault.message, place=place).rstrip()


def _checkpoint(model: Model, head: Position, phrases: Phrases) -> str:
    if model.answered is None:
        return ""
    checkpoint = f"{model.answered.checkpoint:,}"
    if model.behind:
        behind = model.behind
        return phrases(
            "projection-at-behind", checkpoint=checkpoint, total=f"{head:,}", behind=behind
        )
    return phrases("projection-at", checkpoint=checkpoint, total=f"{head:,}")


def _shown(shown: Shown, kind: str, phrases: Phrases) -> tuple[Node, ...]:
    if isinstance(shown, Table):
        return _table(shown, kind, phrases)
    if not shown.under and not shown.name:
        return (Element("p", {"class": "projection-alone"}, (shown.value or "“”",)),)
    return (Element("ul", {"class": "projection-tree"}, (_tree(shown, phrases),)),)


def _table(table: Table, kind: str, phrases: Phrases) -> tuple[Node, ...]:
    names = {
        "": phrases("projection-stream" if kind == "evolve" else "projection-key"),
        "key": phrases("projection-stream" if kind == "evolve" else "projection-key"),
        "value": phrases("projection-value"),
    }
    are_numbers = [
        all(_is_number(row[nth]) for row in table.rows) for nth in range(len(table.columns))
    ]

    def cell(nth: int, said: str) -> Element:
        return Element("td", {"class": "is-number"} if are_numbers[nth] else {}, (said,))

    heads = tuple(
        Element(
            "th",
            {"scope": "col", "class": "is-number" if are_number else None},
            (names.get(column, column) or " ",),
        )
        for column, are_number in zip(table.columns, are_numbers, strict=True)
    )
    rows = tuple(
        Element("tr", {}, tuple(cell(nth, said) for nth, said in enumerate(row)))
        for row in table.rows
    )
    parts: list[Node] = [
        Element(
            "table",
            {"class": "projection-table"},
            (Element("thead", {}, (Element("tr", {}, heads),)), Element("tbody", {}, rows)),
        )
    ]
    if table.left_out:
        parts.append(_left_out(table.left_out, "p", phrases))
    return tuple(parts)


def _tree(tree: Tree, phrases: Phrases) -> Element:
    named: tuple[Node, ...] = (
        (Element("span", {"class": "projection-name"}, (tree.name,)), " ") if tree.name else ()
    )
    value = Element("span", {"class": "projection-said"}, (tree.value or "“”",))
    under = [_tree(each, phrases) for each in tree.under]
    if tree.left_out:
        under.append(_left_out(tree.left_out, "li", phrases))
    nested: tuple[Node, ...] = (Element("ul", {}, tuple(under)),) if under else ()
    return Element("li", {}, (*named, value, *nested))


def _left_out(count: int, tag: str, phrases: Phrases) -> Element:
    return Element(tag, {"class": "hint"}, (phrases("projection-left-out", count=f"{count:,}"),))


def _is_number(said: str) -> bool:
    return said.lstrip("-").replace(".", "", 1).isdecimal()
