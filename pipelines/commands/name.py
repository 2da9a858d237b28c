"""`topicbrief name`: a person's choices for one topic: its name, hidden or shown, merged."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from nlp.errors import InputError, LockedError, StorageError
from nlp.tables import NO_TOPIC_KEY
from pipelines.commands.renamed_run import publish_renamed
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
    """Store a person's choices for one topic; returns a sentence that says what was stored.

    Raises `InputError` if nothing is chosen, or for a run or a topic that does not exist.
    """
    if (into is not None or part) and (into is not None) == part:
        raise InputError("name: give either --merge-into or --part, and not both")
    if text is None and hidden is None and into is None and not part:
        raise InputError("name: nothing to do: give TEXT, --hide, --show, --merge-into or --part")
    folder = _folder(run, out)
    home = folder.parent.parent
    key = _known_key(folder, key)
    done, later = [], []
    if text is not None:
        rename(home, key, text)
        done.append(f"is called “{text}”" if text.strip() else "has its automatic name")
    if hidden is not None:
        hide(home, key, hidden)
        done.append("is hidden" if hidden else "is shown")
    if into is not None:
        into = _known_key(folder, into)
        merge(home, key, into)
        later.append(f"is part of {into}")
    elif part:
        merge(home, key, None)
        later.append("is a separate topic")
    said = []
    if done:
        said.append(f"topic {key} {' and '.join(done)}, {_show(home)}")
    if later:
        said.append(f"from the next run on, topic {key} {later[0]}")
    return "; ".join(said)


def _show(home: Path) -> str:
    """Publish the last run again with the names now stored; returns where they are to be seen."""
    try:
        return f"now in {publish_renamed(home) / 'report.html'}"
    except (LockedError, StorageError, InputError) as error:
        return f"from the next run on; the last report stays as it is: {error}"


def _folder(run: str, out: Path) -> Path:
    """Return the run's folder, or the folder of the last run of that name."""
    path = Path(run).expanduser()
    if (path / MANIFEST).is_file():
        return path.resolve()
    for home in (out / run, path):
        runs = published_runs(home)
        if runs:
            return runs[-1].resolve()
    raise InputError(
        f"name: {run!r} is not a finished run, and {out} has no runs of that name: give a run's "
        "folder, or its name with --out"
    )


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
        f"name: there is no topic {key!r} in {folder}"
        + (f"; did you mean {close[0]!r}?" if close else ": use a key or topic_id of topics.csv")
    )
