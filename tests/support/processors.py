"""Runs the numeric tests as other processors would compute them: `make test-processors`.

The order of additions, and with it the last digits of a result, depends on the vector instructions
that OpenBLAS, NumPy and numba choose for the processor they run on. Each of the three lets an
environment variable change that choice, so that one machine can compute like several.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NUMERIC = tuple(
    f"tests/nlp/{name}"
    for name in (
        *("test_nmf.py", "retrieval", "kernels", "topics", "gsdmm", "lda", "fitting"),
        *("tracking", "summaries", "report", "vocabulary", "encoder"),
    )
)
# The instruction sets that this NumPy would use here: it refuses names that it does not know.
_NUMPY = import_module("numpy._core._multiarray_umath")
NO_VECTORS = " ".join(name for name in _NUMPY.__cpu_dispatch__ if _NUMPY.__cpu_features__[name])
PROCESSORS: dict[str, dict[str, str]] = {
    "this processor": {},
    "Intel, AVX2": {"OPENBLAS_CORETYPE": "Haswell"},
    "Intel, AVX-512": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "AMD": {"OPENBLAS_CORETYPE": "Zen"},
    "NumPy without AVX2": {"NPY_DISABLE_CPU_FEATURES": NO_VECTORS},
    "no AVX at all": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": NO_VECTORS,
        "NUMBA_CPU_NAME": "nehalem",
    },
}


def runs_here(variables: dict[str, str]) -> bool:
    """Whether this machine has the instructions; OpenBLAS itself does not check and would crash."""
    needed = {"Haswell": "avx2", "Zen": "avx2", "SkylakeX": "avx512f"}
    instruction = needed.get(variables.get("OPENBLAS_CORETYPE", ""))
    return instruction is None or instruction in Path("/proc/cpuinfo").read_text().split()


def main(arguments: list[str]) -> int:
    """Runs pytest once per processor with `arguments` (default: the numeric tests)."""
    arguments = arguments or ["-n", "2", "--dist", "loadfile", *_existing(NUMERIC)]
    failed = []
    for name, variables in PROCESSORS.items():
        if not runs_here(variables):
            print(f"== {name}: left out, this machine lacks its instructions", flush=True)
            continue
        print(f"== {name}: {variables or 'nothing set'}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments]
        kept = {k: v for k, v in os.environ.items() if k not in PROCESSORS["no AVX at all"]}
        if subprocess.run(command, cwd=ROOT, env=kept | variables, check=False).returncode:
            failed.append(name)
    print(f"failed on: {', '.join(failed)}" if failed else "passed on every processor")
    return len(failed)


def _existing(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if (ROOT / name).exists()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
