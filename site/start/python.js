// Python's own thread: PyScript's worker, and in it its interpreter, which begins to start at once
// and not when PyScript asks for it. The hosted page's is this script; the single file puts the
// same two together itself (single-early.js).

import "./runtime.js";
import "../pyscript/worker.js";
