"""What the Analytics lab shows: the question's fields, the sentence, the picture, the rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from bankpage.labs.analytics.how import source_of
from bankpage.labs.analytics.model import Given, Model
from bankpage.labs.analytics.plot import MOST_LINES, Kind, Plot
from bankpage.labs.analytics.reading import currency_place, reading, shown_columns
from bankpage.labs.analytics.update import defaults_of, strange_types
from bankpage.labs.contract import Subject
from bankpage.paper.figures import money
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, Value, text
from esbank_core.bank.account import CODEC
from esbank_core.bank.money import currency_of
from esbank_core.questions.ask import MILLISECONDS, MINOR_UNITS, Cell, Column, Row
from esbank_core.questions.wording.misread import Misread
from esbank_core.questions.wording.questions import Kind as ParameterKind
from esbank_core.questions.wording.questions import Parameter

MOST_OFFERED: Final = 100
"""Accounts that a field offers; any other can be typed."""


class _Drawn(NamedTuple):
    """The slots of a model, which stays the same while the page says or does something else."""

    model: Model
    phrases: Phrases
    on_stage: object
    accounts: int
    is_late: bool
    slots: tuple[Slot, ...]


_drawn: list[_Drawn] = []
"""What was drawn last. Only a memory."""


def view(model: Model, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """Every slot of the lab."""
    accounts = min(MOST_OFFERED, len(subject.history.places))
    is_late = _is_late(model, subject)
    last = _drawn[0] if _drawn else None
    if (
        last is None
        or last.model is not model
        or last.phrases is not phrases
        or last.on_stage is not subject.on_stage
        or last.accounts != accounts
        or last.is_late is not is_late
    ):
        slots = (*_question(model, subject, phrases), *_answer(model, phrases, is_late=is_late))
        last = _Drawn(model, phrases, subject.on_stage, accounts, is_late, slots)
        _drawn[:] = [last]
    yield from last.slots


def _is_late(model: Model, subject: Subject) -> bool:
    """Whether something has happened to the history while the lab was closed."""
    asking = model.asking
    if asking is None or (model.held and model.held == subject.position):
        return False
    return (asking.to, asking.total) != (subject.position, subject.history.head)


def _question(model: Model, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    typed = {**defaults_of(model.form, subject), **model.defaults}
    yield Slot(
        "analytics-parameters",
        {},
        tuple(
            _field(model.form.name, parameter, typed[parameter.name], subject, phrases)
            for parameter in model.form.parameters
        ),
    )
    misread = "" if model.misread is None else _misread(*model.misread, phrases)
    yield text("analytics-misread", misread)
    yield text("analytics-source", source_of(model.form))
    yield text("analytics-how", phrases(f"analytics-how-{model.form.name}"))


def _field(
    question: str, parameter: Parameter, typed: str, subject: Subject, phrases: Phrases
) -> Element:
    own_id = f"analytics-{question}-{parameter.name}"
    label = Element("label", {"for": own_id}, (phrases(f"analytics-field-{parameter.name}"),))
    common: dict[str, Value] = {"id": own_id, "name": parameter.name}
    control: tuple[Node, ...]
    match parameter.kind:
        case ParameterKind.PERIOD:
            options = tuple(
                Element(
                    "option",
                    {"value": word, "selected": word == typed},
                    (phrases(f"analytics-period-{word}"),),
                )
                for word in parameter.kind.value.split("|")
            )
            control = (Element("select", common, options),)
        case ParameterKind.ACCOUNT | ParameterKind.EVENT_TYPE:
            offered = f"{own_id}-offered"
            names = (
                list(subject.history.places)[:MOST_OFFERED]
                if parameter.kind is ParameterKind.ACCOUNT
                else _types(subject)
            )
            hint = phrases("analytics-all-accounts") if not typed else None
            control = (
                Element(
                    "input",
                    {
                        **common,
                        "type": "text",
                        "value": typed,
                        "list": offered,
                        "placeholder": hint,
                    },
                ),
                Element(
                    "datalist",
                    {"id": offered},
                    tuple(Element("option", {"value": name}) for name in names if name),
                ),
            )
        case ParameterKind.SPAN | ParameterKind.COUNT:
            control = (Element("input", {**common, "type": "text", "value": typed, "size": 6}),)
    return Element("div", {"class": "field"}, (label, *control), f"{own_id}-field")


def _types(subject: Subject) -> list[str]:
    known = [event_type.name for event_type in CODEC.event_types]
    return [*(name for name, _ in strange_types(subject)), *known][:MOST_OFFERED]


def _misread(code: Misread, typed: str, phrases: Phrases) -> str:
    match code:
        case Misread.SPAN:
            return phrases("analytics-misread-span", typed=typed)
        case Misread.COUNT:
            return phrases("analytics-misread-count", typed=typed)
        case _:
            return phrases("analytics-misread-other", typed=typed)


# The answer ----------------------------------------------------------------------------------


def _answer(model: Model, phrases: Phrases, *, is_late: bool) -> Iterator[Slot]:
    given = model.given
    yield Slot("analytics-given", {"hidden": given is None})
    yield text(
        "analytics-sentence",
        _sentence(given, phrases) if given else "",
        **{"aria-live": "polite" if model.speaks else "off", "hidden": given is None},
    )
    as_of = _as_of(given, phrases) if given else ""
    yield text("analytics-as-of", f"{as_of} {phrases('analytics-late')}" if is_late else as_of)
    yield from _plot(given.plot if given else None, given, phrases)
    rows = given.answer.rows if given else ()
    yield Slot("analytics-table", {"hidden": not rows})
    yield Slot("analytics-heads", {}, _heads(model, phrases) if rows else ())
    yield Slot("analytics-rows", {}, _rows(model, given, phrases) if given else ())
    is_cut = len(model.rows) < len(rows)
    counted = phrases.counted("analytics-rows", len(rows))
    if is_cut:
        counted = phrases("analytics-rows-of", shown=len(model.rows), rows=counted)
    if model.sorting:
        counted = phrases("analytics-sorting", rows=counted)
    yield text("analytics-counted", counted if rows else "")
    yield Slot("analytics-more", {"hidden": not is_cut})
    yield Slot("analytics-csv", {"hidden": not rows})
    writing = phrases("analytics-writing") if model.filing else ""
    yield text("analytics-file", writing)


def _as_of(given: Given, phrases: Phrases) -> str:
    if not given.is_whole:
        return phrases("analytics-so-far", seen=given.seen, to=given.to)
    name = "analytics-as-of-now" if given.to == given.total else "analytics-as-of"
    return phrases(name, position=given.to, total=given.total)


def _sentence(given: Given, phrases: Phrases) -> str:
    answer, name = given.answer, given.form.name
    gist = {key: _told(key, value, phrases) for key, value in answer.gist.items()}
    if not answer.rows:
        return phrases(f"analytics-said-{name}-none", **gist)
    return phrases(f"analytics-said-{name}", **gist, **_more(given, phrases))


def _more(given: Given, phrases: Phrases) -> dict[str, str]:
    """What a sentence says beside the gist."""
    answer = given.answer
    at = {column.name: nth for nth, column in enumerate(answer.columns)}
    first, last = answer.rows[0], answer.rows[-1]

    def read(row: Row, name: str) -> str:
        return reading(row[at[name]], answer.columns[at[name]], _currency(row, answer.columns))

    match given.form.name:
        case "balances":
            return {"last": read(last, "balance"), "account": read(last, "account_id")}
        case "flows":
            sums: dict[str, tuple[int, int]] = {}
            for row in answer.rows:
                came_in, went_out = sums.get(str(row[at["currency"]]), (0, 0))
                own = row[at["in"]], row[at["out"]]
                assert isinstance(own[0], int)
                assert isinstance(own[1], int)
                sums[str(row[at["currency"]])] = came_in + own[0], went_out + own[1]
            flows = [
                phrases(
                    "analytics-flow",
                    came_in=money(came_in, currency_of(currency)),
                    went_out=money(went_out, currency_of(currency)),
                )
                for currency, (came_in, went_out) in sums.items()
            ]
            return {"flows": "; ".join(flows)}
        case "largest":
            return {
                "largest": read(first, "flow"),
                "type": read(first, "type"),
                "position": read(first, "position"),
                "account": read(first, "account_id"),
            }
        case _:
            return {}


def _told(name: str, value: Cell, phrases: Phrases) -> str:
    """A part of the gist as it stands in a sentence: a count with its noun, a span in words."""
    match name, value:
        case "within", int():
            return _span(value, phrases)
        case _, int():
            return phrases.counted(f"analytics-count-{name}", value)
        case _:
            return str(value)


def _span(milliseconds: int, phrases: Phrases) -> str:
    """A span of time as people say it, in the largest unit that divides it."""
    span = timedelta(milliseconds=milliseconds)
    for name, unit in (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        if span and span % unit == timedelta():
            return phrases.counted(f"analytics-span-{name}", span // unit)
    if milliseconds % 1000:
        return phrases("analytics-span-second", count=f"{milliseconds / 1000:g}")
    return phrases.counted("analytics-span-second", milliseconds // 1000)


# The picture ---------------------------------------------------------------------------------


def _plot(plot: Plot | None, given: Given | None, phrases: Phrases) -> Iterator[Slot]:
    yield Slot("analytics-plot", {"hidden": plot is None})
    drawn = plot or Plot(Kind.DOTS)
    for nth in range(MOST_LINES):
        yield Slot(
            f"analytics-line-{nth + 1}", {"d": drawn.lines[nth] if nth < len(drawn.lines) else ""}
        )
    yield Slot("analytics-above", {"d": drawn.above})
    yield Slot("analytics-below", {"d": drawn.below})
    yield Slot("analytics-dots", {"d": drawn.dots})
    yield Slot("analytics-base", {"d": drawn.base})
    for edge in ("top", "bottom", "left", "right"):
        yield text(f"analytics-{edge}", str(getattr(drawn, edge)))
    yield Slot(
        "analytics-legend",
        {"hidden": len(drawn.names) < 2},
        tuple(
            Element("li", {"class": f"analytics-legend-{nth}"}, (name,))
            for nth, name in enumerate(drawn.names, start=1)
        ),
    )
    if plot is None or given is None:
        yield text("analytics-seen", "")
        return
    seen = phrases(f"analytics-seen-{plot.kind}", **plot.facts)
    yield text(
        "analytics-seen", f"{seen} {phrases('analytics-seen-part')}" if plot.is_part else seen
    )


# The rows ------------------------------------------------------------------------------------


def _heads(model: Model, phrases: Phrases) -> tuple[Node, ...]:
    assert model.given is not None
    columns = model.given.answer.columns
    heads: list[Node] = []
    for nth in shown_columns(columns):
        column = columns[nth]
        order = model.order if model.order and model.order.column == nth else None
        way = None if order is None else "descending" if order.is_descending else "ascending"
        name = phrases(f"analytics-column-{column.name}")
        button = Element(
            "button",
            {
                "type": "button",
                "class": "analytics-sort",
                "data-gesture": "analytics-sort",
                "data-column": str(nth),
            },
            (name,),
            f"analytics-sort-{column.name}",
        )
        attributes: dict[str, Value] = {"scope": "col", "aria-sort": way}
        if _is_number(column):
            attributes["class"] = "is-number"
        heads.append(Element("th", attributes, (button,), f"analytics-head-{column.name}"))
    return tuple(heads)


def _rows(model: Model, given: Given, phrases: Phrases) -> tuple[Node, ...]:
    columns = given.answer.columns
    shown = shown_columns(columns)
    return tuple(
        Element(
            "tr",
            {},
            tuple(_cell(row[nth], columns[nth], _currency(row, columns), phrases) for nth in shown),
        )
        for row in model.rows
    )


def _cell(cell: Cell, column: Column, currency: Cell, phrases: Phrases) -> Element:
    said = reading(cell, column, currency)
    attributes: dict[str, Value] = {"class": "is-number"} if _is_number(column) else {}
    if column.unit != "position":
        return Element("td", attributes, (said,))
    button = Element(
        "button",
        {
            "type": "button",
            "class": "analytics-go",
            "data-gesture": "analytics-go",
            "data-position": str(cell),
            "aria-label": phrases("analytics-go", position=cell),
        },
        (said,),
    )
    return Element("td", attributes, (button,))


def _is_number(column: Column) -> bool:
    return column.unit in (MINOR_UNITS, MILLISECONDS, "position", "events")


def _currency(row: Row, columns: tuple[Column, ...]) -> Cell:
    at = currency_place(columns)
    return "" if at is None else row[at]
