"""Ready-made compressed copies, for hosts that hand them out, and the table of sizes."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from building.steps import environment, run_step

SMALLEST: Final = 4_000
"""Files of fewer bytes than this travel in a packet or three anyway."""

DOWNLOAD: Final = "esbank.html"
"""The single file: there to be kept, and no part of a visit. It is packed already, inside."""

PACKED_ALREADY: Final = (".zip", ".woff2", ".image", ".png", ".gz", ".br")

BROTLI: Final = """
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants } = require("node:zlib");
const [source, target, quality] = process.argv.slice(1);
const content = readFileSync(source);
writeFileSync(target, brotliCompressSync(content, { params: {
  [constants.BROTLI_PARAM_QUALITY]: Number(quality),
  [constants.BROTLI_PARAM_LGWIN]: 24,
  [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
} }));
"""
"""Python's standard library packs no Brotli; Node does."""


def compressed_copies(files: Mapping[str, bytes], kept: Path) -> dict[str, bytes]:
    """A ``.gz`` and a ``.br`` beside each large file. What was packed before is in ``kept``."""
    copies: dict[str, bytes] = {}
    for name, content in files.items():
        if len(content) >= SMALLEST and not name.endswith(PACKED_ALREADY):
            copies[f"{name}.gz"] = gzip.compress(content, 9, mtime=0)
            copies[f"{name}.br"] = _brotli(name, content, kept)
    return copies


def _brotli(name: str, content: bytes, kept: Path) -> bytes:
    quality = 5 if name == DOWNLOAD else 11
    target = kept / f"{hashlib.sha256(content).hexdigest()}.{quality}.br"
    if not target.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            source, packed = Path(folder, "source"), Path(folder, "packed")
            source.write_bytes(content)
            node = shutil.which("node", path=environment()["PATH"]) or "node"
            run_step(
                f"Compressing {name.split('/')[-1]}",
                [node, "-e", BROTLI, "--", source, packed, str(quality)],
                "Delete node_modules and build again.",
            )
            shutil.copy(packed, target)
    return target.read_bytes()


def table_of_sizes(files: Mapping[str, bytes]) -> str:
    """What a visitor downloads: each file, raw, and as hosts with the ready-made copies send it."""
    rows = [
        (name, [len(files.get(name + copy, content)) for copy in ("", ".gz", ".br")])
        for name, content in sorted(files.items())
        if not name.endswith((".gz", ".br"))
    ]
    visited = [sizes for name, sizes in rows if name != DOWNLOAD]
    rows.append(
        (f"in all, without {DOWNLOAD}", [sum(sizes) for sizes in zip(*visited, strict=True)])
    )
    width = max(len(name) for name, _ in rows)
    lines = [f"  {'file'.ljust(width)} {'raw':>12} {'gzip':>12} {'brotli':>12}"]
    lines += [
        f"  {name.ljust(width)}" + "".join(f" {size:>12,}" for size in sizes)
        for name, sizes in rows
    ]
    return "\n".join(lines)
