"""Runs inside Pyodide while the boot image is made: loads what the page needs.

It stays in the image as the module ``boot_image``, whose ``wake`` is called in each browser.
"""

import gc
import importlib
import importlib.util
import pkgutil
import random
import sys
from importlib.machinery import ModuleSpec

made_of = ""
"""The hash of the code in the image: a page takes no image that is of other code than its own."""

PACKAGES = ("bankpage", "esbank_core")

FOR_PYSCRIPT = ("asyncio", "ast", "base64", "html", "inspect", "io", "json", "os", "pathlib")
"""What PyScript imports before it runs anything, and what its own modules import."""

FOR_MAIN = ("datetime", "uuid", "traceback", "linecache", "encodings.idna", "pyodide.ffi")
"""What ``main.py`` imports, and what showing an error wants."""


class PyScriptModules:
    """PyScript's own modules, compiled already, and run when something of them is first used.

    PyScript writes its modules as files and imports them whenever it starts; the page uses none
    of them. They cannot be run while the image is made: they look at the page as they load.
    """

    def __init__(self, sources):
        self._code = {
            name: compile(text, f"/home/pyodide/{name.replace('.', '/')}.py", "exec")
            for name, text in sources.items()
        }

    def find_spec(self, name, path=None, target=None):
        """The spec of one of PyScript's modules, None for any other."""
        if name not in self._code:
            return None
        loader = importlib.util.LazyLoader(self) if name == "pyscript" else self
        return ModuleSpec(name, loader, is_package=name == "pyscript")

    def create_module(self, spec):
        """An ordinary module."""
        return

    def exec_module(self, module):
        """Run the compiled module."""
        exec(self._code[module.__spec__.name], module.__dict__)


def fill(pyscript_sources, code_hash):
    """Load everything that the page needs, and leave nothing else behind."""
    global made_of
    made_of = code_hash
    for name in (*FOR_PYSCRIPT, *FOR_MAIN, *_modules_of_ours()):
        importlib.import_module(name)
    sys.meta_path.insert(0, PyScriptModules(pyscript_sources))
    gc.collect()


def _modules_of_ours():
    for package in map(importlib.import_module, PACKAGES):
        yield package.__name__
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            yield module.name


def wake():
    """Make anew what every visitor would otherwise have in common; returns ``made_of``."""
    random.seed()
    return made_of
