"""`topicbrief name`: whose topic is meant, and what is to become of it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from nlp.errors import InputError
from nlp.tables import NO_TOPIC_KEY
from pipelines.incremental.last_run import load_last
from pipelines.review.topic_names import hide, merge, rename
from pipelines.runs.folder import published_runs
from pipelines.runs.manifest import MANIFEST


def choose(
    run: str,
    key: str,
    out: Path,
    text: str | None = None,
    hidden: bool | None = None,
    into: str | None = None,
    part: bool = False,
) -> str:
    """Keep a person's choices about one topic; returns what was kept, in words."""
    if (into is not None or part) and (into is not None) == part:
        raise InputError("name: give --merge-into or --part, not both")
    if text is None and hidden is None and into is None and not part:
        raise InputError("name: give a TEXT, --hide, --show, --merge-into or --part")
    folder = _folder(run, out)
    home = folder.parent.parent
    key = _known_key(folder, key)
    done = []
    if text is not None:
        rename(home, key, text)
        done.append(f"is called “{text}”" if text.strip() else "has no name of its own")
    if hidden is not None:
        hide(home, key, hidden)
        done.append("is hidden" if hidden else "is shown")
    if into is not None:
        into = _known_key(folder, into)
        merge(home, key, into)
        done.append(f"is part of {into}")
    elif part:
        merge(home, key, None)
        done.append("is a topic of its own")
    return f"from the next run on, {key} {' and '.join(done)}"


def _folder(run: str, out: Path) -> Path:
    """The run's folder, or the last run of that name."""
    path = Path(run).expanduser()
    if (path / MANIFEST).is_file():
        return path.resolve()
    for home in (out / run, path):
        runs = published_runs(home)
        if runs:
            return runs[-1].resolve()
    raise InputError(f"name: {run!r} is no finished run, and {out} holds no runs of that name")


def _known_key(folder: Path, key: str) -> str:
    topics = pd.read_parquet(folder / "topics.parquet", columns=["topic_id", "key"])
    last = load_last(folder)
    keys = {life.key for life in last.past.lives} if last else set(topics["key"])
    if key in keys:
        return key
    numbered = topics.loc[topics["topic_id"].astype(str) == key, "key"]
    if len(numbered) and numbered.iloc[0] != NO_TOPIC_KEY:
        return str(numbered.iloc[0])
    close = get_close_matches(key, keys, n=1)
    raise InputError(
        f"name: no topic {key!r} in {folder}" + (f"; did you mean {close[0]!r}?" if close else "")
    )
