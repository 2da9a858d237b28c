"""Labelled corpora as counts, cut into words the same plain way for every rival."""

from __future__ import annotations

import gzip
import json
import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

RESULTS = Path(__file__).with_name("results")
_PACKAGES = ("numpy", "scipy", "numba", "gensim", "scikit-learn", "tomotopy")


@dataclass(frozen=True)
class Counted:
    """Documents shuffled by a fixed seed, as counts, with their labels."""

    counts: sp.csr_matrix
    terms: list[str]
    labels: np.ndarray


def corpora() -> Path:
    """Where the labelled corpora lie."""
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "corpora"
    folder = Path(os.environ.get("TOPICBRIEF_CORPORA", beside))
    if not folder.is_dir():
        raise SystemExit("no corpora: put them in ../shared/corpora or set TOPICBRIEF_CORPORA")
    return folder


def records(name: str) -> list[dict[str, Any]]:
    """Records of one corpus, shuffled."""
    with gzip.open(corpora() / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]


def count(texts: list[str], labels: list[str], min_df: int = 5) -> Counted:
    """Words of three letters and more but stop words, in 5 documents and at most half of them."""
    vectorizer = CountVectorizer(
        token_pattern=r"(?u)\b[^\W\d_]{3,}\b",
        stop_words=list(ENGLISH_STOP_WORDS),
        min_df=min_df,
        max_df=0.5,
    )
    counts = vectorizer.fit_transform(texts).astype(np.int32)
    return Counted(counts, list(vectorizer.get_feature_names_out()), np.array(labels))


def counted(name: str) -> Counted:
    """One corpus as counts."""
    rows = records(name)
    return count([row["text"] for row in rows], [row["label"] for row in rows])


def setup() -> dict[str, Any]:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "python": platform.python_version(),
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    """Versions of the packages that are installed: not every benchmark needs all of them."""
    found = {}
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def record(name: str, key: str, figures: Any) -> None:
    """Put `figures` under `key` into `results/NAME.json`."""
    path = RESULTS / f"{name}.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    kept |= {"setup": setup()}
    kept.setdefault("figures", {})[key] = figures
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
