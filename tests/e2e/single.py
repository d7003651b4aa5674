"""The single file, changed as a test wants it."""

from __future__ import annotations

from pathlib import Path


def with_first(single: Path, folder: Path, script: str, statement: str) -> Path:
    """A copy in which one of its workers' scripts begins with another statement.

    These are ``loader-script``, and ``runtime-script``, with which Python's worker begins.
    """
    page = single.read_text()
    begin = f'<script type="text/plain" id="{script}">'
    assert page.count(begin) == 1
    copy = folder / f"{script}.html"
    copy.write_text(page.replace(begin, begin + statement))
    return copy


def never_ready(single: Path, folder: Path) -> Path:
    """A copy whose Python keeps its thread busy for ever, and never gets ready."""
    return with_first(single, folder, "runtime-script", "for (;;);")
