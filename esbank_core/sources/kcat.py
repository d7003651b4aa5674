"""Kafka records as ``kcat -J`` writes them: order only within a partition.

What kind of event a record holds is told by its headers, CloudEvents' own (Kafka protocol
binding) or a plain ``type``, by its payload, or by nothing but its topic.
"""

from __future__ import annotations

from typing import Final

from esbank_core.sources.table import Parts, Table, at, joined

_TYPE_NAMES: Final = ("type", "eventType", "event_type", "@type")

KCAT: Final = Table(
    name="kcat",
    marks=("/topic", "/partition", "/offset", "/payload"),
    also=("tstype", "broker", "headers"),
    required=("type", "position"),
    parts=Parts(
        type=at(
            "/headers/ce_type",
            *(f"/headers/{name}" for name in _TYPE_NAMES),
            *(f"/payload/{name}" for name in _TYPE_NAMES),
            "/topic",
        ),
        stream=at("/key", "/headers/ce_subject", "/payload/subject", "/topic"),
        data=at("/payload"),
        id=joined("/topic", "/partition", "/offset"),
        position=at("/offset"),
        group=joined("/topic", "/partition"),
        time=at("/headers/ce_time", "/ts"),
        recorded_time=at("/ts"),
        correlation=at("/headers/correlationid", "/headers/correlationId"),
        causation=at("/headers/causationid", "/headers/causationId"),
    ),
)
