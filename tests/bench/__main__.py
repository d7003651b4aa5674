"""Every measurement, or those named: ``python -m tests.bench [core] [page] [long] [start]``."""

from __future__ import annotations

import sys

from tests.bench import bench_core, bench_long, bench_page, bench_start

PARTS = {
    "core": bench_core.main,
    "page": bench_page.main,
    "long": bench_long.main,
    "start": bench_start.main,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
