"""The machine made lighter: what nothing names is gone, and all that anything names is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

import build
from building import machine
from building.assembly import runtime
from building.steps import Failure

TOLD = """
const { readFileSync } = require("node:fs");
const made = new WebAssembly.Module(readFileSync(process.argv[1]));
const names = (of) => of.map(({ name }) => name);
console.log(JSON.stringify([
  names(WebAssembly.Module.imports(made)), names(WebAssembly.Module.exports(made)),
]));
"""

TINY = bytes.fromhex(
    "0061736d 01000000"  # the magic number, and a version
    "01 04 01 60 00 00"  # one type: of nothing to nothing
    "02 0c 01 03 656e76 04 77616974 00 00"  # imports env.wait
    "03 02 01 00"  # one function
    "07 0d 02 04 6b657074 00 01 02 676f 00 01"  # exports “kept” and “go”
    "0a 04 01 02 00 0b"  # which does nothing
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return runtime(build.MODULES)


@pytest.fixture(scope="module")
def lighter(files: dict[str, bytes]) -> dict[str, bytes]:
    return machine.lighter(files, build.MODULES)


def told_by_an_engine(wasm: bytes, folder: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """What a machine imports and exports, as an engine says that compiles it."""
    file = folder.mktemp("machine") / "machine.wasm"
    file.write_bytes(wasm)
    node = shutil.which("node") or "node"
    done = subprocess.run([node, "-e", TOLD, file], capture_output=True, text=True, check=True)
    imports, exports = json.loads(done.stdout)
    return set(imports), set(exports)


def test_an_engine_takes_the_machine_and_finds_all_that_its_script_names(
    files: dict[str, bytes],
    lighter: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    imports, exports = told_by_an_engine(lighter[machine.MACHINE], tmp_path_factory)
    assert imports == machine.imported(files[machine.MACHINE])
    _, all_exports = told_by_an_engine(files[machine.MACHINE], tmp_path_factory)
    assert len(exports) < len(all_exports) / 10
    script = lighter[machine.SCRIPT].decode()
    named = re.findall(r'wasmExports(?:\["([\w$]+)"\]|\.([\w$]+))', script)
    assert {one or other for one, other in named} & all_exports <= exports


def test_no_name_is_gone_that_the_script_still_says(
    files: dict[str, bytes], lighter: dict[str, bytes]
) -> None:
    before, after = (some[machine.SCRIPT].decode() for some in (files, lighter))
    gone = {found["local"] for found in machine.NAMED.finditer(before)} - {
        found["local"] for found in machine.NAMED.finditer(after)
    }
    assert len(gone) > 1_000
    api = files[machine.API].decode()
    assert not gone & set(machine.WORD.findall(after + api))


def test_what_the_machine_imports_is_given_to_it(
    files: dict[str, bytes], lighter: dict[str, bytes]
) -> None:
    def given(script: bytes) -> set[str]:
        (entries,) = machine.IMPORTS.findall(script.decode())
        return {entry.split(":")[0].strip('"') for entry in entries.split(",")}

    wanted = machine.imported(files[machine.MACHINE])
    assert given(lighter[machine.SCRIPT]) == given(files[machine.SCRIPT]) & wanted


def test_of_any_machine_what_is_said_stays(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert told_by_an_engine(TINY, tmp_path_factory) == ({"wait"}, {"kept", "go"})
    assert machine.imported(TINY) == {"wait"}
    for said, left in [({"kept"}, {"kept"}), ({"_go"}, {"go"}), ({"wait"}, set[str]())]:
        fewer = machine.exporting(TINY, said)
        assert told_by_an_engine(fewer, tmp_path_factory) == ({"wait"}, left)


def test_what_is_left_names_nothing_that_is_gone(
    files: dict[str, bytes], lighter: dict[str, bytes]
) -> None:
    before, after = (some[machine.SCRIPT].decode() for some in (files, lighter))
    declared = re.compile(r"(?:function\*? |(?:var|let|const) )([\w$]+)")
    gone = set(declared.findall(before)) - set(declared.findall(after))
    assert {"EGL", "_emscripten_glClear"} <= gone
    (entries,) = machine.IMPORTS.findall(after)
    assert not gone & {entry.partition(":")[2] or entry for entry in entries.split(",")}
    offered = set(re.findall(r'(?<![\w$])Module\["([\w$]+)"\]=', before))
    asked_for = re.findall(r"(?<![\w$])Module\.([\w$]+)", after + files[machine.API].decode())
    given = set(re.findall(r'(?<![\w$])Module\["([\w$]+)"\]=', after))
    assert offered & set(asked_for) <= given


def test_most_of_the_script_was_for_what_the_page_never_does(
    files: dict[str, bytes], lighter: dict[str, bytes]
) -> None:
    assert len(lighter[machine.SCRIPT]) < len(files[machine.SCRIPT]) / 3
    assert b"emscripten_gl" in files[machine.SCRIPT]
    assert b"_emscripten_gl" not in lighter[machine.SCRIPT]


@pytest.mark.parametrize(
    ("place", "other"),
    [
        ("function assignWasmExports(wasmExports)", "function assignExports(wasmExports)"),
        ("var wasmImports={", "var otherImports={"),
        ("return globalThis.importScripts(", "return globalThis.other("),
        ("FS.staticInit();", "FS.begin();"),
        ("{shared:!0,initial:1,maximum:1}", "{shared:!0,initial:1,maximum:2}"),
        (";return moduleRtn}", ";return (moduleRtn)}"),
    ],
)
def test_a_script_put_together_otherwise_is_refused(
    files: dict[str, bytes], place: str, other: str
) -> None:
    assert place.encode() in files[machine.SCRIPT]
    changed = files[machine.SCRIPT].replace(place.encode(), other.encode())
    with pytest.raises(Failure, match=r"and not once|one large function"):
        machine.lighter(files | {machine.SCRIPT: changed}, build.MODULES)
