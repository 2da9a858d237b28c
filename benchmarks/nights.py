"""Ten nights of one corpus: what is new, what is done, which topics keep their keys.

Run as `python -m benchmarks.nights`; uses data/tickets.csv only.
"""

from __future__ import annotations

import csv
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nlp.errors import TopicbriefError
from pipelines.commands.name import choose
from pipelines.options.options import read_options
from pipelines.runner import run_job

TICKETS = Path(__file__).resolve().parents[1] / "data" / "tickets.csv"
RESULT = Path(__file__).parent / "results" / "nights.json"
Rows = list[dict[str, str]]


def edited(rows: Rows) -> Rows:
    """Ten tickets with another text."""
    changed = [{**row, "body": row["body"] + " Please call me back."} for row in rows[:10]]
    return changed + rows[10:]


def with_recall(rows: Rows) -> Rows:
    """Thirty more tickets, of a subject that nobody wrote of before."""
    random = np.random.default_rng(0)
    what = ["kettle", "toaster", "iron"]
    harm = ["smoke", "sparks", "burnt", "melted", "smell"]
    asked = ["recall", "recall notice", "safety recall", "batch number", "replacement part"]
    bodies = [
        f"The {random.choice(what)} {random.choice(harm)} and {random.choice(harm)}, is there a "
        f"{random.choice(asked)} and which {random.choice(asked)}? I unplugged it."
        for _ in range(30)
    ]
    more = [
        {**rows[-1], "ticket_id": f"R-{number:04d}", "body": body, "label": "recall"}
        for number, body in enumerate(bodies)
    ]
    return rows + more


NIGHTS: list[tuple[str, Callable[[Rows], Rows], dict[str, Any]]] = [
    ("the first 500 tickets", lambda rows: rows[:500], {}),
    ("20 new ones", lambda rows: rows[:520], {}),
    ("nothing new", lambda rows: rows[:520], {}),
    ("20 new, 30 deleted", lambda rows: rows[30:540], {}),
    ("10 edited", lambda rows: edited(rows[30:540]), {}),
    ("a source that shrank to 5", lambda rows: rows[:5], {}),
    ("all of it back, 40 new", lambda rows: rows[30:580], {}),
    ("another seed", lambda rows: rows[30:580], {"seed": 7}),
    ("105 new, 30 more of a new subject", lambda rows: with_recall(rows[30:]), {"seed": 7}),
    (
        "the weekly refit",
        lambda rows: with_recall(rows[30:]),
        {"seed": 7, "refit": "always"},
    ),
]


def keys(folder: Path) -> Mapping[str, str]:
    topics = pd.read_parquet(folder / "topics.parquet").set_index("topic_id")["key"]
    documents = pd.read_parquet(folder / "documents.parquet").set_index("doc_id")["topic_id"]
    return {str(doc): str(topics[topic]) for doc, topic in documents.items()}


def night(source: Path, out: Path, more: Mapping[str, Any]) -> dict[str, Any]:
    flags = {"out": str(out), "name": "tickets", "min_documents_share": 0.5, **more}
    start, cpu = time.perf_counter(), time.process_time()
    try:
        folder = run_job(read_options([str(source)], flags).job, out, quiet=True)
    except TopicbriefError as error:
        return {"refused": str(error), "exit": error.exit_code}
    manifest = json.loads((folder / "manifest.json").read_text())
    return {
        "folder": folder,
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "kept": manifest["records_kept"],
        "documents": manifest["lineage"]["documents"],
        "cleaned": manifest["lineage"]["cleaned"],
        "same_as": manifest.get("same_as"),
        "model": manifest["model"]["reason"],
        "changes": [f"{one['label']}: {one['text']}" for one in manifest["changes"]],
    }


def main() -> None:
    with TICKETS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    told: list[dict[str, Any]] = []
    before: Mapping[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "tickets.csv", Path(folder) / "out"
        for number, (what, select, more) in enumerate(NIGHTS, start=1):
            with source.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows(select(rows))
            found = night(source, out, more)
            run = found.pop("folder", None)
            if run is not None:
                now = keys(run)
                both = before.keys() & now.keys()
                if both:
                    found["same_key"] = round(sum(before[d] == now[d] for d in both) / len(both), 4)
                before = now
            if number == 1:
                choose("tickets", "1", out, text="The largest on the first night")
            told.append({"night": number, "what": what, **found})
            print(json.dumps(told[-1], ensure_ascii=False))
        latest = pd.read_parquet(out / "tickets" / "latest" / "topics.parquet")
        history = latest[["key", "label", "size", "change", "history"]]
        print(history.to_string(index=False))
    result = {"nights": told, "history": history.to_dict(orient="records")}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
