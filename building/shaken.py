"""Pyodide's script without the functions that nothing in it calls.

Emscripten brings all that a program in C may want of a browser, for extension modules that are
loaded later: OpenGL, windows, sound. It stands in one large function, in which no bundler looks
for what is unused, and which is read whole by each new worker. Here that function is taken apart,
shaken by esbuild as if it were a module, and put together again.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Final

from building.bundles import shaken
from building.steps import Failure

BEGINS: Final = "async function _createPyodideModule(moduleArg={}){"
ENDS: Final = ";return moduleRtn}export default _createPyodideModule;"
GIVEN: Final = "var moduleArg=__given_by_whoever_calls__;"
TAKEN: Final = "export{moduleRtn};"

WORD: Final = re.compile(r"[\w$]+")
DRAWING: Final = re.compile(r"(?<=[,{])(?P<name>emscripten_gl\w+):_(?P=name)(?=[,}])")
NO_DRAWING: Final = 'const _without_gl=Object.assign(()=>{},{sig:"v"});'

PROPERTY: Final = re.compile(r'(?<=[;}\n])Module\["(?P<name>[\w$]+)"\]=[\w$]+;')
"""What is offered to whoever has the machine, under a name."""

SIGNATURE: Final = re.compile(r'(?<=[;}\n])(?P<of>[\w$]+)\.sig="\w*";')
"""Said of each function that a machine may import: of which types it is."""

EVALUATED: Final = re.compile(r"\beval\(")
NOT_EVALUATED: Final = "__evaluated_here__("
"""A script that evaluates texts may need any name; this one does it for extension modules alone."""

QUIETER: Final = (
    (
        "new Int32Array(new WebAssembly.Memory({shared:true,initial:1,maximum:1}).buffer)",
        "new Int32Array(1)",
    ),
    (";FS.staticInit();", ";await Promise.resolve().then(()=>FS.staticInit());"),
    (
        "wasmExports=await createWasm();run();",
        "wasmExports=await createWasm();await Promise.resolve().then(run);",
    ),
)
"""For an error, and for shared memory where no thread may have any, a browser looks up the lines of
all who called; for those of the one large function it reads that anew. Memory to sleep on is for
Node alone. That a file is not there yet is found by an error, some forty times in a start: here the
large function is not among those who called."""


def without_unused(script: str, api: str, modules: Path) -> str:
    """The script without what neither it nor Pyodide's interface uses.

    Raises:
        Failure: this Pyodide is put together in another way, or esbuild failed.
    """
    head, begins, rest = script.partition(BEGINS)
    body, ends, tail = rest.rpartition(ENDS)
    if not (begins and ends):
        raise Failure("Pyodide’s script is not one large function.")
    body, count = DRAWING.subn(r"\g<name>:_without_gl", body)
    if not count:
        raise Failure("Pyodide’s script gives the machine no OpenGL that it could do without.")
    body = _without_unused_properties(body, api)
    signatures = {found["of"]: found[0] for found in SIGNATURE.finditer(body)}
    body = EVALUATED.sub(NOT_EVALUATED, SIGNATURE.sub("", body))
    body = shaken("".join([GIVEN, NO_DRAWING, body, ";", TAKEN]), modules)
    body = body.strip().removeprefix(GIVEN).removesuffix(TAKEN).replace(NOT_EVALUATED, "eval(")
    for before, after in QUIETER:
        body = replaced_once(body, before, after)
    left = set(WORD.findall(body))
    said = "".join(text for of, text in signatures.items() if of in left)
    body = replaced_once(body, "var wasmExports;", f"{said}var wasmExports;")
    return f"{head}{begins}{body}{ends}{tail}"


def _without_unused_properties(body: str, api: str) -> str:
    said = Counter(re.findall(r'\.([\w$]+)|"([\w$]+)"', body))
    names = Counter[str]()
    for (dotted, quoted), times in said.items():
        names[dotted or quoted] += times
    offered = Counter(found["name"] for found in PROPERTY.finditer(body))
    wanted = set(WORD.findall(api))

    def only_if_used(found: re.Match[str]) -> str:
        name = found["name"]
        return found[0] if name in wanted or names[name] > offered[name] else ""

    return PROPERTY.sub(only_if_used, body)


def replaced_once(text: str, before: str, after: str) -> str:
    """The text with one place in it changed.

    Raises:
        Failure: there is no such place, or there are several.
    """
    if text.count(before) != 1:
        raise Failure(f"Pyodide’s script has “{before}” {text.count(before)} times, and not once.")
    return text.replace(before, after)
