"""Questions to click, each in the words of every database that can be asked it.

Times are compared as text, which RFC 3339 in UTC allows; amounts are in minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from esbank_core.questions.sql.twins import Twin

Queries = Mapping[Twin, str]

EXAMPLES: Final[Mapping[str, Queries]] = {
    "now": {
        Twin.CRUD: "SELECT id, owner, balance FROM accounts",
        Twin.AUDITED: "SELECT id, owner, balance FROM accounts",
        Twin.EVENTS: """\
SELECT stream,
       sum(CASE WHEN type IN ('MoneyWithdrawn', 'TransferSent') THEN -1 ELSE 1 END
           * json_extract(data, '$.amount')) AS balance
FROM events
GROUP BY stream""",
    },
    "tuesday": {
        Twin.AUDITED: """\
-- The last value that the field had when the last Tuesday was over (that is the Wednesday).
SELECT account_id, new_value AS balance, max(at) AS since
FROM audit_log
WHERE field = 'balance'
  AND at < (SELECT date(max(at), 'weekday 2', '-6 days') FROM audit_log)
GROUP BY account_id""",
        Twin.EVENTS: """\
-- The sum of what had happened when the last Tuesday was over (that is the Wednesday).
SELECT stream,
       sum(CASE WHEN type IN ('MoneyWithdrawn', 'TransferSent') THEN -1 ELSE 1 END
           * json_extract(data, '$.amount')) AS balance,
       max(time) AS since
FROM events
WHERE json_extract(data, '$.amount') IS NOT NULL
  AND time < (SELECT date(max(time), 'weekday 2', '-6 days') FROM events)
GROUP BY stream""",
    },
    "five-minutes": {
        Twin.AUDITED: """\
-- A rise and a fall: whether they were a deposit and a withdrawal, no column says.
SELECT account_id, rose, fell
FROM (
  SELECT account_id, at AS fell, CAST(new_value AS INTEGER) - old_value AS change,
         max(CASE WHEN CAST(new_value AS INTEGER) > old_value THEN at END)
           OVER (PARTITION BY account_id ORDER BY id) AS rose
  FROM audit_log
  WHERE field = 'balance'
)
WHERE change < 0 AND strftime('%s', fell) - strftime('%s', rose) <= 300""",
        Twin.EVENTS: """\
SELECT stream, deposited, withdrew
FROM (
  SELECT stream, type, time AS withdrew,
         max(CASE type WHEN 'MoneyDeposited' THEN time END)
           OVER (PARTITION BY stream ORDER BY version) AS deposited
  FROM events
)
WHERE type = 'MoneyWithdrawn' AND strftime('%s', withdrew) - strftime('%s', deposited) <= 300""",
    },
    "frozen": {
        Twin.AUDITED: """\
SELECT account_id, count(*) AS times
FROM audit_log
WHERE field = 'status' AND new_value = 'frozen'
GROUP BY account_id""",
        Twin.EVENTS: """\
SELECT stream, count(*) AS times, group_concat(json_extract(data, '$.reason'), '; ') AS reasons
FROM events
WHERE type = 'AccountFrozen'
GROUP BY stream""",
    },
    "teller": {
        Twin.AUDITED: """\
SELECT actor, field, count(*) AS times
FROM audit_log
GROUP BY actor, field
ORDER BY actor = 'teller' DESC, actor, times DESC""",
        Twin.EVENTS: """\
SELECT actor, type, count(*) AS times
FROM events
GROUP BY actor, type
ORDER BY actor = 'teller' DESC, actor, times DESC""",
    },
    "smaller": {
        Twin.CRUD: """\
SELECT count(*) AS row_count,
       sum(length(id) + length(owner) + length(currency) + length(balance)
           + length(status) + length(updated_at)) AS characters
FROM accounts""",
        Twin.AUDITED: """\
SELECT count(*) AS row_count,
       sum(length(at) + coalesce(length(actor), 0) + length(account_id) + length(field)
           + coalesce(length(old_value), 0) + coalesce(length(new_value), 0)) AS characters
FROM audit_log""",
        Twin.EVENTS: """\
SELECT count(*) AS row_count,
       sum(length(stream) + length(type) + coalesce(length(data), 0) + length(time)
           + coalesce(length(actor), 0)) AS characters
FROM events""",
    },
    "by-name": {
        Twin.CRUD: """\
-- Here CRUD is simply better: what one asks for is what is stored.
SELECT id, owner, balance FROM accounts WHERE owner LIKE '%a%' ORDER BY owner""",
        Twin.AUDITED: """\
SELECT id, owner, balance FROM accounts WHERE owner LIKE '%a%' ORDER BY owner""",
        Twin.EVENTS: """\
-- The last name of each first; an event store keeps a projection for such questions.
SELECT stream, json_extract(data, '$.owner') AS owner
FROM events AS named
WHERE json_extract(data, '$.owner') LIKE '%a%'
  AND version = (
    SELECT max(version) FROM events
    WHERE stream = named.stream AND type IN ('AccountOpened', 'OwnerRenamed')
  )
ORDER BY owner""",
    },
    "delete": {
        Twin.CRUD: "DELETE FROM accounts",
        Twin.AUDITED: "DELETE FROM audit_log",
        Twin.EVENTS: "DELETE FROM events",
    },
}
"""For a history of this bank, by name."""

FOREIGN_EXAMPLES: Final[Mapping[str, Queries]] = {
    "types": {
        Twin.EVENTS: """\
SELECT type, count(*) AS times, min(time) AS first, max(time) AS last
FROM events
GROUP BY type
ORDER BY times DESC"""
    },
    "fields": {
        Twin.EVENTS: """\
-- Which fields the events of each type carry, and a value that each has had.
SELECT events.type, field.key, field.type AS kind, count(*) AS times, max(field.value) AS example
FROM events, json_each(CASE json_type(data) WHEN 'object' THEN data ELSE '{}' END) AS field
GROUP BY events.type, field.key
ORDER BY events.type, times DESC"""
    },
    "newest": {
        Twin.EVENTS: """\
-- Put the name of a field in the place of $: json_extract(data, '$.amount')
SELECT position, stream, type, json_extract(data, '$') AS data
FROM events
ORDER BY position DESC
LIMIT 20"""
    },
    "streams": {
        Twin.EVENTS: """\
SELECT stream, count(*) AS times, max(version) AS version, max(time) AS last
FROM events
GROUP BY stream
ORDER BY times DESC
LIMIT 50"""
    },
    "delete": {Twin.EVENTS: "DELETE FROM events"},
}
"""For a history of others, which is in Events alone."""


@dataclass(frozen=True, slots=True)
class Honest:
    """A question of the table “Free, honestly”: what backs each database's answer to it."""

    name: str
    queries: Queries


HONESTLY: Final = (
    Honest(
        "tuesday",
        {
            Twin.CRUD: "SELECT id, balance, updated_at FROM accounts",
            Twin.AUDITED: EXAMPLES["tuesday"][Twin.AUDITED],
            Twin.EVENTS: EXAMPLES["tuesday"][Twin.EVENTS],
        },
    ),
    Honest(
        "who",
        {
            Twin.CRUD: "SELECT id, updated_at FROM accounts",
            Twin.AUDITED: """\
SELECT at, actor, account_id, old_value, new_value
FROM audit_log
WHERE field = 'balance'
ORDER BY id DESC
LIMIT 20""",
            Twin.EVENTS: """\
SELECT time, actor, stream, type, json_extract(data, '$.amount') AS amount
FROM events
WHERE json_extract(data, '$.amount') IS NOT NULL
ORDER BY position DESC
LIMIT 20""",
        },
    ),
    Honest(
        "why",
        {
            Twin.CRUD: """\
SELECT sql AS no_column_says_why FROM sqlite_schema WHERE name = 'accounts'""",
            Twin.AUDITED: """\
SELECT account_id, field, old_value, new_value
FROM audit_log
ORDER BY id DESC
LIMIT 20""",
            Twin.EVENTS: """\
SELECT stream, type,
       coalesce(json_extract(data, '$.note'), json_extract(data, '$.reason')) AS said_of_it
FROM events
ORDER BY position DESC
LIMIT 20""",
        },
    ),
    Honest(
        "complete",
        {
            Twin.CRUD: "SELECT name AS no_log_among_these FROM sqlite_schema WHERE type = 'table'",
            Twin.AUDITED: """\
-- Entries whose old value is not the new value before it, and accounts that hold something else.
SELECT account_id, field, old_value AS value, 'does not meet the entry before' AS what
FROM (
  SELECT *, lag(new_value) OVER (PARTITION BY account_id, field ORDER BY id) AS before
  FROM audit_log
)
WHERE old_value IS NOT before
UNION ALL
SELECT id, 'balance', balance, 'is not what the log says'
FROM accounts
WHERE balance <> (
  SELECT new_value FROM audit_log
  WHERE account_id = accounts.id AND field = 'balance'
  ORDER BY audit_log.id DESC LIMIT 1
)""",
            Twin.EVENTS: """\
-- Streams with a gap between their first version and their last.
SELECT stream, count(*) AS events, max(version) AS version
FROM events
GROUP BY stream
HAVING count(*) <> max(version)""",
        },
    ),
    Honest(
        "rebuild",
        {
            Twin.CRUD: "SELECT * FROM accounts",
            Twin.AUDITED: """\
SELECT account_id, field, new_value AS value
FROM audit_log AS entry
WHERE id = (
  SELECT max(id) FROM audit_log
  WHERE account_id = entry.account_id AND field = entry.field
)
ORDER BY account_id, field""",
            Twin.EVENTS: EXAMPLES["now"][Twin.EVENTS],
        },
    ),
    Honest(
        "forgetting",
        {
            Twin.CRUD: "DELETE FROM accounts WHERE id = (SELECT min(id) FROM accounts)",
            Twin.AUDITED: """\
DELETE FROM audit_log
WHERE field = 'owner' AND account_id = (SELECT min(id) FROM accounts)""",
            Twin.EVENTS: "DELETE FROM events WHERE stream = (SELECT min(stream) FROM events)",
        },
    ),
)
"""Six questions, each answered by all three."""
