"""The boot image: the memory of a Python that has the page's modules loaded already.

Pyodide calls it a memory snapshot. It is made in Node by ``boot_image.mjs``, the same bytes for
the same sources, and kept until one of them changes.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from building import machine
from building.steps import environment, run_step

HERE: Final = Path(__file__).parent
PAGE: Final = 4096

NEAR: Final = 64 * PAGE
"""How far around what it has written a fresh machine may have written more elsewhere."""

STATE_BEGINS: Final = 48
"""Where the state stands in a snapshot of Pyodide's."""

HASH_BEGINS: Final = 0x811C9DC5
HASH_FACTOR: Final = 0x01000193

MAKERS: Final = (HERE / "boot_image.mjs", HERE / "boot_image.py")


@dataclass(frozen=True, slots=True)
class BootImage:
    """``packed`` with gzip; ``about`` is what ``runtime.js`` imports as JSON."""

    packed: bytes
    about: bytes


def made(code: bytes, modules: Path) -> BootImage:
    """The boot image of the code, an archive of Python packages.

    Raises:
        Failure: Node or Pyodide could not make it.
    """
    pyodide = machine.folder(modules)
    pyscript = modules / "@pyscript" / "core" / "src" / "stdlib" / "pyscript.js"
    sources = [
        *MAKERS,
        pyscript,
        *(pyodide / name for name in ("pyodide.asm.wasm", "pyodide.asm.mjs", "package.json")),
    ]
    key = hashlib.sha256(
        code + b"".join(map(Path.read_bytes, [*sources, Path(__file__)]))
    ).hexdigest()
    kept = modules / ".cache" / "esbank" / f"{key}.image"
    if not kept.is_dir():
        _make(code, pyodide, pyscript, kept)
    return BootImage((kept / "packed").read_bytes(), (kept / "about.json").read_bytes())


def _make(code: bytes, pyodide: Path, pyscript: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        archive, making = Path(folder, "code.zip"), Path(folder, "image")
        archive.write_bytes(code)
        making.mkdir()
        node = shutil.which("node", path=environment()["PATH"]) or "node"
        run_step(
            "Making the boot image",
            [node, MAKERS[0], pyodide, pyscript, archive, making],
            "Delete node_modules and build again.",
        )
        snapshot = Snapshot.read((making / "snapshot").read_bytes())
        image = without_gaps(snapshot.memory, (making / "fresh").read_bytes())
        about = {
            "length": len(image),
            "hash": hash_of(image),
            "memory": len(snapshot.memory),
            "codeHash": hashlib.sha256(code).hexdigest(),
            "state": snapshot.state,
        }
        (making / "about.json").write_text(json.dumps(about))
        # No time and no name in it: the same image packs into the same bytes.
        (making / "packed").write_bytes(gzip.compress(image, 9, mtime=0))
        for source in ("snapshot", "fresh"):
            (making / source).unlink()
        making.rename(target)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Python's memory, and what Pyodide keeps beside it: the JavaScript objects it knows."""

    memory: bytes
    state: Any

    @classmethod
    def read(cls, snapshot: bytes) -> Snapshot:
        """A snapshot as Pyodide makes it.

        Words of 32 bits, little-endian: a magic number, where the memory begins, the length of
        the state in bytes, zero, and eight of a build's id; then the state as JSON.
        """
        _, begins, length, _ = struct.unpack_from("<4I", snapshot)
        state = json.loads(snapshot[STATE_BEGINS : STATE_BEGINS + length])
        return cls(snapshot[begins:], state)


def without_gaps(memory: bytes, fresh: bytes) -> bytes:
    """The memory without what a fresh machine has in it too; ``image.js`` puts it back.

    Left out is the beginning, the machine's constants, as far as nothing in it has changed, and
    empty pages, which are almost half of it; but not those near a page in which a fresh machine
    has written, since one in another browser may write a little more.
    """
    pages = range(0, len(memory), PAGE)
    empty = bytes(PAGE)
    begins = next((at for at in pages if memory[at : at + PAGE] != fresh[at : at + PAGE]), 0)
    written_until = 0
    stretches: list[list[int]] = []
    for start in range(begins, len(memory), PAGE):
        end = min(start + PAGE, len(memory))
        if fresh[start:end] != empty[: end - start]:
            written_until = end + NEAR
        if memory[start:end] == empty[: end - start] and start >= written_until:
            continue
        if stretches and stretches[-1][1] == start:
            stretches[-1][1] = end
        else:
            stretches.append([start, end])
    words = [len(stretches), *itertools.chain.from_iterable(stretches)]
    head = struct.pack(f"<{len(words)}I", *words)
    return head + b"".join(memory[start:end] for start, end in stretches)


def hash_of(image: bytes) -> int:
    """FNV-1a over words of 32 bits, as ``image.js`` computes it."""
    value = HASH_BEGINS
    for (word,) in struct.iter_unpack("<I", image):
        value = (value ^ word) * HASH_FACTOR & 0xFFFFFFFF
    return value
