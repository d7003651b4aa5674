"""The hash chain: each event's hash covers the event and the hash before it.

Whoever knows the last hash can tell whether anything before it was altered, removed,
inserted or moved. SHA-256 (FIPS 180-4) over the previous hash, as hex text, followed by
the event's canonical JSON without its own hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from esbank_core.kernel.written.canonical_json import canonical_json

GENESIS_HASH: Final = "0" * 64
"""What the first event follows."""

HASH_ATTRIBUTE: Final = "chainhash"


def chain_hash(previous: str, cloud_event: Mapping[str, object]) -> str:
    """The hash, 64 hex digits, of an event (in the file's format) that follows ``previous``.

    Raises:
        ValueError: the event has no canonical form.
    """
    content = {name: value for name, value in cloud_event.items() if name != HASH_ATTRIBUTE}
    return hash_of(previous, canonical_json(content))


def hash_of(previous: str, content: str) -> str:
    """The hash of canonical JSON that follows ``previous``."""
    return sha256((previous + content).encode()).hexdigest()
