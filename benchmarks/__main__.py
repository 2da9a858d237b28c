"""Every benchmark in turn: `python -m benchmarks`. Hours; needs the corpora, see README.md."""

from __future__ import annotations

import runpy
from pathlib import Path

_HELPERS = ("__init__", "__main__", "counted")

for script in sorted(Path(__file__).parent.glob("*.py")):
    if script.stem not in _HELPERS:
        print(f"== benchmarks.{script.stem}", flush=True)
        runpy.run_module(f"benchmarks.{script.stem}", run_name="__main__")
