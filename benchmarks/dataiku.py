"""Both recipes of the Dataiku plugin on banking77, and a million rows through Assign topics.

    python -m benchmarks.dataiku

Runs the recipes themselves against the stand-in for DSS in tests/support, so it measures our side
only: no time of DSS's own is in it. Needs banking77.jsonl.gz in ../shared/corpora beside the
checkout, or in the folder that TOPICBRIEF_CORPORA names.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("TOPICBRIEF_CORPORA", ROOT.parent / "shared" / "corpora"))
RESULTS = Path(__file__).parent / "results" / "dataiku.json"
MANY = 1_000_000
SCHEMA = (("id", "string"), ("label", "string"), ("text", "string"), ("split", "string"))
LEARN = {name: name for name in ("topics", "documents", "summaries", "rejected")}

sys.path.insert(0, str(ROOT / "tests"))


def main() -> None:
    """Run the recipes and write the figures."""
    source = CORPORA / "banking77.jsonl.gz"
    if not source.exists():
        sys.exit(f"{source} is missing: set TOPICBRIEF_CORPORA to the folder that holds it")
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        questions = [json.loads(line) for line in lines]
    rows = [[question[name] for name, _ in SCHEMA] for question in questions]
    known = [row for row in rows if row[3] == "train"]
    new = [row for row in rows if row[3] != "train"]

    from support import dataiku_scene as scene

    roles = {"texts": "tickets", "folder": "reports", **LEARN}
    scene.desk(known, SCHEMA)
    learned = measured(
        lambda: scene.run_plugin_recipe(
            "topicbrief-topics", roles, text="text", id="id", label="label", publish=True
        )
    )
    learned |= {name: len(scene.cells(name)) for name in LEARN}
    learned |= agreement(scene.cells("documents"), "label")
    learned["insight_kilobytes"] = len(scene.project.insights["topicbrief"][0]) // 1_000
    learned["folder"] = {
        path: len(content) for path, content in scene.project.folders["reports"].files.items()
    }
    assigned = {f"{len(new)} new questions": assign(scene, lambda: iter(new))}
    assigned["new questions"] = agreement(scene.cells("assigned"), "label")
    write({"learn": learned, "assign": assigned})
    for count in (MANY // 10, MANY):
        assigned[f"{count} rows"] = assign(scene, lambda count=count: repeated(new, count), False)
    write({"learn": learned, "assign": assigned})


def assign(scene, rows: Callable[[], Iterator[list[str]]], keep: bool = True) -> dict:
    """Figures of Assign topics on these rows."""
    scene.project.add("new", SCHEMA, rows)
    scene.project.add("assigned").keeps_rows = keep
    roles = {"texts": "new", "folder": "reports", "assigned": "assigned"}
    figures = measured(lambda: scene.run_plugin_recipe("topicbrief-assign", roles))
    return {**figures, "rows": scene.project.datasets["assigned"].written}


def measured(work: Callable[[], None]) -> dict[str, float]:
    """CPU seconds, and the process's largest memory so far in megabytes."""
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"cpu_seconds": round(seconds, 1), "peak_megabytes": peak}


def agreement(rows: list[dict[str, str]], label: str) -> dict[str, float]:
    """How well topics agree with the known subjects, and how many rows have a topic."""
    topics, labels = [row["topic_id"] for row in rows], [row[label] for row in rows]
    return {
        "nmi": round(float(normalized_mutual_info_score(labels, topics)), 3),
        "ari": round(float(adjusted_rand_score(labels, topics)), 3),
        "without_topic": topics.count("-1"),
    }


def repeated(rows: list[list[str]], count: int) -> Iterator[list[str]]:
    """Rows without end made of a few, cut at `count`."""
    for number in range(count):
        yield rows[number % len(rows)]


def write(figures: dict) -> None:
    """Print the figures and keep them beside the script."""
    setup = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        **{name: version(name) for name in ("pandas", "numpy", "spacy", "numba")},
    }
    text = json.dumps({"setup": setup, **figures}, indent=1)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
