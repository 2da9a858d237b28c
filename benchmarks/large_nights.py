"""A night over many known short documents and 10,000 new ones: what is cleaned, time, memory.

    python -m benchmarks.large_nights [100000 300000 1000000]

Documents are headlines of dated_headlines ($TOPICBRIEF_CORPORA, or ../shared/corpora beside the
checkout), each with half of its words exchanged for those of another headline of its label, so that
nearly every text is another. Each night is its own process; its peak memory as the kernel has it.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

BESIDE = Path(__file__).resolve().parents[1].parent / "shared" / "corpora"
CORPORA = Path(os.environ.get("TOPICBRIEF_CORPORA", BESIDE))
RESULT = Path(__file__).parent / "results" / "large_nights.json"
NEW = 10_000


def headlines() -> list[list[list[str]]]:
    """Words of the headlines of each label."""
    by_label: dict[str, list[list[str]]] = {}
    with gzip.open(CORPORA / "dated_headlines.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            record = json.loads(line)
            by_label.setdefault(record["label"], []).append(record["text"].split())
    return [texts for texts in by_label.values() if len(texts) > 50]


def write(path: Path, n_documents: int) -> None:
    """The same documents first, however many there are."""
    random = np.random.default_rng(0)
    labels = headlines()
    shares = np.array([len(texts) for texts in labels], dtype=float)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "text"])
        for number in range(n_documents):
            texts = labels[random.choice(len(labels), p=shares / shares.sum())]
            one, other = (texts[row] for row in random.integers(0, len(texts), 2))
            swapped = random.random(len(one)) < 0.5
            words = [
                other[place % len(other)] if swap and other else word
                for place, (word, swap) in enumerate(zip(one, swapped, strict=True))
            ]
            writer.writerow([f"d{number}", " ".join(words)])


def night(source: Path, out: Path) -> None:
    """One run in this process; its figures on stdout."""
    from pipelines.options.options import read_options
    from pipelines.runner import run_job

    start, cpu = time.perf_counter(), time.process_time()
    folder = run_job(read_options([str(source)], {"name": "large"}).job, out, quiet=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    found = {
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "timings": manifest["timings"],
        "kept": manifest["records_kept"],
        "topics": manifest["n_topics"],
        "model": manifest["model"]["reason"],
        "cleaned": manifest["lineage"]["cleaned"],
        "documents": manifest["lineage"]["documents"],
        "cache_mb": round(sum(p.stat().st_size for p in (out / "large/.cache").iterdir()) / 1e6),
    }
    print(json.dumps(found))


def measure(n_known: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.csv", Path(folder) / "out"
        told = []
        for n_documents in (n_known, n_known + NEW):
            write(source, n_documents)
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.large_nights", "--night", source, out],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            told.append(json.loads(done.stdout.splitlines()[-1]))
            print(n_documents, json.dumps(told[-1]), flush=True)
    return {"known": n_known, "new": NEW, "first_night": told[0], "next_night": told[1]}


def main() -> None:
    if sys.argv[1:2] == ["--night"]:
        night(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    if not CORPORA.is_dir():
        raise SystemExit(f"no corpora in {CORPORA}: set TOPICBRIEF_CORPORA")
    sizes = [int(size) for size in sys.argv[1:]] or [100_000, 300_000, 1_000_000]
    setup = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        **{name: version(name) for name in ("numpy", "scipy", "pandas", "spacy", "numba")},
    }
    nights = [measure(size) for size in sizes]
    asked = {"known": 1_000_000, "new": NEW, "cleaned": NEW}
    result = {"setup": setup, "asked": asked, "nights": nights}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
