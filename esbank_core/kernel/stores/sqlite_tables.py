"""The tables of a ledger in SQLite, and what is asked of them."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x65736231
"""By which SQLite's ``application_id`` tells a ledger from any other database: "esb1"."""

TABLES: Final = (
    """
    CREATE TABLE ledger (
        position  INTEGER PRIMARY KEY,
        stream_id TEXT    NOT NULL,
        version   INTEGER NOT NULL,
        line      TEXT    NOT NULL,
        UNIQUE (stream_id, version)
    ) STRICT
    """,
    """
    CREATE TABLE answers (
        stream_id  TEXT NOT NULL,
        command_id TEXT NOT NULL,
        code       TEXT,  -- of the rejection; NULL where nothing had to happen
        sentence   TEXT,
        PRIMARY KEY (stream_id, command_id)
    ) STRICT, WITHOUT ROWID
    """,
)
HEAD: Final = (
    "SELECT position, CASE WHEN json_valid(line) THEN json_extract(line, '$.chainhash') END, line "
    "FROM ledger ORDER BY position DESC LIMIT 1"
)
EXTENT: Final = (
    "SELECT count(*), coalesce(min(position), 1), coalesce(max(position), 0) FROM ledger"
)
GAP: Final = (
    "SELECT min(position) FROM ledger AS here WHERE position > 1 AND NOT EXISTS "
    "(SELECT 1 FROM ledger WHERE position = here.position - 1)"
)
SKIPPING: Final = """
    SELECT min(position) FROM ledger AS here WHERE position > ? AND version > 1 AND NOT EXISTS (
        SELECT 1 FROM ledger AS before WHERE before.stream_id = here.stream_id
        AND before.version = here.version - 1 AND before.position < here.position
    )
    """
TO_BE_READ: Final = """
    SELECT position, stream_id, version, line FROM ledger WHERE position > ? AND NOT CASE
        WHEN json_valid(line) THEN json_extract(line, '$.subject') IS stream_id
            AND json_extract(line, '$.streamversion') IS version
            AND json_extract(line, '$.sequence') IS printf('%012d', position)
            AND json_extract(line, '$.id') IS stream_id || '/' || version
        ELSE FALSE END
    ORDER BY position
    """
"""The rows that do not stand where their lines say, or go by another name than that place's."""

COUNT_TO: Final = "SELECT count(*) FROM ledger WHERE position <= ?"
HASH_AT: Final = (
    "SELECT json_extract(line, '$.chainhash') FROM ledger ORDER BY position LIMIT 1 OFFSET ?"
)
NAME_AT: Final = (
    "SELECT json_extract(line, '$.source'), json_extract(line, '$.id') FROM ledger "
    "WHERE stream_id = ? AND version = ?"
)
VERSION: Final = "SELECT max(version) FROM ledger WHERE stream_id = ?"
INSERT: Final = "INSERT INTO ledger VALUES (?, ?, ?, ?)"
AFTER_POSITION: Final = (
    "SELECT position, stream_id, version, line FROM ledger "
    "WHERE position > ? ORDER BY position LIMIT ?"
)
AFTER_VERSION: Final = (
    "SELECT position, stream_id, version, line FROM ledger "
    "WHERE stream_id = ? AND version > ? ORDER BY version LIMIT ?"
)
