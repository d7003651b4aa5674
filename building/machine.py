"""Pyodide's machine, without what it exports to extension modules alone.

A page that loads no extension module has no use for most of it: of the eight thousand functions
that Python's machine exports its own script calls some two hundred, and the script names each of
the others twice. Both are read, walked through and given a name at every start.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from building import bundles, shaken
from building.steps import Failure

MAKERS: Final = (__file__, shaken.__file__, bundles.__file__)

SCRIPT: Final = "pyodide/pyodide.asm.mjs"
MACHINE: Final = "pyodide/pyodide.asm.wasm"
API: Final = "pyodide/pyodide.mjs"

WORD: Final = re.compile(r"[\w$]+")
NAMED: Final = re.compile(
    r'(?P<local>[\w$]+)=Module\["(?P<property>[\w$]+)"\]'
    r'=wasmExports2?\["(?P<export>[\w$]+)"\](?:\.value>>>0)?;?'
)
"""What the script says of an export: a variable and a property of its own."""

EXPORTS_NAMED: Final = re.compile(r"(?<=function assignWasmExports\(wasmExports2\)\{)[^{}]*(?=\})")
VARIABLE: Final = re.compile(r"(?<=[;}])var (?P<name>[\w$]+);")
IMPORTS: Final = re.compile(
    r"(?<=;var wasmImports=\{)[^{}]+(?=\})|(?<=\}var wasmImports=\{)[^{}]+(?=\})"
)

PLAIN_WORKER: Final = re.compile(
    r'try\{return globalThis\.importScripts\("data:text/javascript,"\),!0\}catch\{return!1\}'
)
"""Pyodide refuses plain workers, and knows them by an error, which is costly to throw."""

HEADER: Final = 8
"""Bytes before the first section: a magic number and a version."""

IMPORT_SECTION: Final = 2
EXPORT_SECTION: Final = 7


def folder(modules: Path) -> Path:
    """Pyodide's folder with its machine made lighter, kept until one of them changes.

    Raises:
        Failure: this Pyodide is put together in another way.
    """
    source = modules / "pyodide"
    files = {
        f"pyodide/{path.name}": path.read_bytes() for path in source.iterdir() if path.is_file()
    }
    code = b"".join(
        [
            *(Path(maker).read_bytes() for maker in MAKERS),
            *(content for _, content in sorted(files.items())),
        ]
    )
    kept = modules / ".cache" / "esbank" / f"{hashlib.sha256(code).hexdigest()}.pyodide"
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as making:
            target = Path(making, "pyodide")
            target.mkdir()
            for name, content in (files | lighter(files, modules)).items():
                (target / Path(name).name).write_bytes(content)
            target.rename(kept)
    return kept


def lighter(files: Mapping[str, bytes], modules: Path) -> dict[str, bytes]:
    """The machine, its script and interface, without what neither of them uses.

    Raises:
        Failure: this Pyodide is put together in another way.
    """
    machine, script, api = files[MACHINE], files[SCRIPT].decode(), files[API].decode()
    wanted = imported(machine)
    script, api = (_swap(text, PLAIN_WORKER, lambda _: "return!1") for text in (script, api))
    script = shaken.without_unused(_with_imports(script, wanted), api, modules)
    script = _without_unused_names(script, api)
    said = set(WORD.findall(script)) | set(WORD.findall(api))
    made = exporting(machine, said | wanted)
    return {SCRIPT: script.encode(), API: api.encode(), MACHINE: made}


def _without_unused_names(script: str, api: str) -> str:
    count = Counter(WORD.findall(script)) + Counter(WORD.findall(api))
    unused: set[str] = set()

    def only_if_used(named: re.Match[str]) -> str:
        local, name = named["local"], named["property"]
        # Once where it is declared, and once or twice here.
        times = 3 if local == name else 2
        if count[local] > times or (local != name and count[name] > 1):
            return named[0]
        unused.add(local)
        return ""

    script = _swap(script, EXPORTS_NAMED, lambda body: NAMED.sub(only_if_used, body))
    if not unused:
        raise Failure("Pyodide’s script names no export that it could do without.")
    return VARIABLE.sub(lambda found: "" if found["name"] in unused else found[0], script)


def _with_imports(script: str, wanted: set[str]) -> str:
    return _swap(
        script,
        IMPORTS,
        lambda entries: _joined(entries, lambda entry: entry.split(":")[0].strip('"') in wanted),
    )


def _joined(listed: str, keeps: Callable[[str], bool]) -> str:
    return ",".join(filter(keeps, listed.split(",")))


def _swap(script: str, pattern: re.Pattern[str], change: Callable[[str], str]) -> str:
    script, count = pattern.subn(lambda found: change(found[0]), script)
    if count != 1:
        raise Failure(f"Pyodide’s script has “{pattern.pattern}” {count} times, and not once.")
    return script


@dataclass(slots=True)
class _Reader:
    """Reads WebAssembly's binary format, from a place on."""

    content: bytes
    at: int = 0

    def number(self) -> int:
        """An unsigned number in LEB128."""
        value = shift = 0
        while True:
            byte = self.content[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self) -> str:
        length = self.number()
        self.at += length
        return self.content[self.at - length : self.at].decode()

    def limits(self) -> None:
        if self.number() & 1:
            self.number()
        self.number()


def _written(number: int) -> bytes:
    parts = bytearray()
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _sections(machine: bytes) -> Iterator[tuple[int, bytes]]:
    reader = _Reader(machine, HEADER)
    while reader.at < len(machine):
        kind = reader.number()
        length = reader.number()
        yield kind, machine[reader.at : reader.at + length]
        reader.at += length


def imported(machine: bytes) -> set[str]:
    """The names of what a WebAssembly machine imports.

    Raises:
        Failure: it imports something of an unknown kind.
    """
    (section,) = (content for kind, content in _sections(machine) if kind == IMPORT_SECTION)
    reader = _Reader(section)
    names = set()
    for _ in range(reader.number()):
        reader.text()
        names.add(reader.text())
        match reader.number():
            case 0:  # a function: its type
                reader.number()
            case 1:  # a table: the type of its elements, and how many
                reader.number()
                reader.limits()
            case 2:
                reader.limits()
            case 3:  # a global: its type, and whether it changes
                reader.at += 2
            case 4:  # a tag: an attribute, and its type
                reader.number()
                reader.number()
            case kind:
                raise Failure(f"Pyodide’s machine imports something of the kind {kind}.")
    return names


def exporting(machine: bytes, said: set[str]) -> bytes:
    """The machine with the functions among its exports that are said, under whatever prefix.

    What is exported beside functions (memory, tables, addresses) stays if it is said.
    """
    parts = [machine[:HEADER]]
    for kind, content in _sections(machine):
        kept = _exports(content, said) if kind == EXPORT_SECTION else content
        parts += [bytes([kind]), _written(len(kept)), kept]
    return b"".join(parts)


def _exports(section: bytes, said: set[str]) -> bytes:
    reader = _Reader(section)
    kept = []
    for _ in range(reader.number()):
        begins = reader.at
        name = reader.text()
        reader.at += 1
        reader.number()
        if name in said or f"_{name}" in said:
            kept.append(section[begins : reader.at])
    return _written(len(kept)) + b"".join(kept)
