"""How the records of other event stores are recognised, put in order, and read.

A file is opened by ``open_dump``, which says what its records seem to be, and read by
``read_all``, or in memory for one record at a time by ``EventsInOrder`` and
``EventsSortedOnDisk``. Each source is one small file with a table of fields; ``known`` has them
all. Answers are codes and values.
"""

from __future__ import annotations

from esbank_core.sources.dump import Dump, open_database, open_dump
from esbank_core.sources.found import data_of
from esbank_core.sources.known import SOURCES
from esbank_core.sources.mapping import (
    Mapping,
    parse_mapping,
    shape_of,
    suggested_mapping,
    write_mapping,
)
from esbank_core.sources.ordering import Order, OutOfOrder
from esbank_core.sources.parts import ALL, Part
from esbank_core.sources.reading import (
    EventsInOrder,
    EventsSortedOnDisk,
    Outcome,
    Reading,
    read_all,
    read_in_slices,
    read_together,
)
from esbank_core.sources.records import NoRecords, Note, Tally, Why
from esbank_core.sources.table import Recognition

__all__ = [
    "ALL",
    "SOURCES",
    "Dump",
    "EventsInOrder",
    "EventsSortedOnDisk",
    "Mapping",
    "NoRecords",
    "Note",
    "Order",
    "OutOfOrder",
    "Outcome",
    "Part",
    "Reading",
    "Recognition",
    "Tally",
    "Why",
    "data_of",
    "open_database",
    "open_dump",
    "parse_mapping",
    "read_all",
    "read_in_slices",
    "read_together",
    "shape_of",
    "suggested_mapping",
    "write_mapping",
]
