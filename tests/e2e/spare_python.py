"""The Python that can be thrown away, put into an open page as a lab's script would have it.

It runs a program that evaluates whatever it is asked, in Python or in the JavaScript around it.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Final

import build
from building import spare
from building.assembly import ours, runtime
from building.bundles import bundled

PROGRAM: Final = '''
import js
from pyodide.code import run_js

def answer(text, tell):
    if text.startswith("js "):
        js.tried = text[3:]
        run_js("""
            globalThis.outcome = "";
            (async () => (0, eval)(tried))().then(
                (value) => (outcome = "got " + value), (error) => (outcome = "refused: " + error));
        """)
        return ""
    if text == "outcome":
        return js.outcome
    scope = {"tell": tell}
    exec(text, scope)
    return str(scope.get("said", ""))
'''

WAYS_OUT: Final = {
    "fetch from its own host": "fetch(host + 'favicon.svg')",
    "fetch without an answer": "fetch(host + 'favicon.svg', { mode: 'no-cors' })",
    "fetch from elsewhere": "fetch('http://127.0.0.1/', { mode: 'no-cors' })",
    "an old request": "new Promise((yes, no) => { const r = new XMLHttpRequest();"
    " r.onload = yes; r.onerror = () => no('error'); r.open('GET', host); r.send(); })",
    "a socket": "new Promise((yes, no) => { const s = new WebSocket('ws://localhost:1/');"
    " s.onopen = yes; s.onerror = () => no('error'); })",
    "an event source": "new Promise((yes, no) => { const s = new EventSource(host);"
    " s.onopen = yes; s.onerror = () => no('error'); })",
    "importScripts": "importScripts(host + 'service-worker.js')",
    "import": "import(host + 'service-worker.js')",
    "localStorage": "localStorage.length",
    "IndexedDB": "new Promise((yes, no) => { const r = indexedDB.open('esbank');"
    " r.onsuccess = yes; r.onerror = () => no('error'); })",
    "caches": "caches.keys().then((keys) => keys.length || Promise.reject('none'))",
    "a folder": "navigator.storage.getDirectory()",
    "a lock": "navigator.locks.request('esbank', () => 'held')",
    "a cookie": "document.cookie",
    "a channel": "new Promise((yes, no) => { const c = new BroadcastChannel('esbank');"
    " c.onmessage = yes; c.postMessage('out'); setTimeout(no, 300, 'silence'); })",
    "the page above": "parent.document",
    "the page that opened it": "opener.document",
    "a shared worker": "new SharedWorker(host + 'service-worker.js')",
    "a worker by address": "new Promise((yes, no) => {"
    " const w = new Worker(host + 'service-worker.js');"
    " w.onmessage = yes; w.onerror = () => no('error'); setTimeout(no, 300, 'silence'); })",
    "a worker's own fetch": "nested('fetch(host).then(() => 1)')",
    "a worker's own database": "nested('new Promise((yes, no) => {"
    ' const r = indexedDB.open("x"); r.onsuccess = yes; r.onerror = no; })\')',
    "a worker of data": "new Promise((yes, no) => {"
    " const w = new Worker('data:text/javascript,postMessage(1)');"
    " w.onmessage = yes; w.onerror = () => no('error'); setTimeout(no, 300, 'silence'); })",
}
"""What code might try, each as JavaScript that must come to nothing. ``host`` is the page's own."""

NESTED: Final = """
globalThis.nested = (source) => new Promise((yes, no) => {
  const text = `const host = ${JSON.stringify(host)};
    (async () => ${source})().then(() => postMessage("out"), () => postMessage("in"));`;
  const worker = new Worker(URL.createObjectURL(new Blob([text])));
  worker.onmessage = ({ data }) => (data === "out" ? yes(data) : no(data));
  worker.onerror = () => no("error");
});
"""


@cache
def script() -> str:
    """JavaScript that starts one in the page, as ``spare``, and ``askSpare`` to ask it."""
    sources = ours(build.SITE, build.MODULES) | runtime(build.MODULES)
    sources["boot-image.json"] = b"{}"
    sources[spare.DOCUMENT] = spare.document(sources, build.MODULES)
    module = bundled("spare/spare.js", "esm", sources, build.MODULES).decode()
    body, _, exported = module.rpartition("export{")
    assert exported.startswith("startSpare}")
    return f"""
        {body}
        globalThis.spare = startSpare({json.dumps(PROGRAM)});
        globalThis.told = [];
        globalThis.askSpare = (text, deadline = 20000) =>
            spare.ask(text, deadline, (said) => told.push(said));
        globalThis.tryOut = async (source) => {{
            const host = `globalThis.host = ${{JSON.stringify(location.href)}};`;
            await askSpare("js " + host + {json.dumps(NESTED)});
            await askSpare("js " + source);
            for (let round = 0; round < 600; round++) {{
                const {{ answer }} = await askSpare("outcome");
                if (answer) return answer;
                await new Promise((resume) => setTimeout(resume, 50));
            }}
            return "pending";
        }};
    """
