"""Every measurement, or those named: ``python -m tests.bench [core] [page]``."""

from __future__ import annotations

import sys

from tests.bench import bench_core, bench_page

PARTS = {"core": bench_core.main, "page": bench_page.main}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
