"""Any source into documents and the ledger: the account of every record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.config import SourceSettings
from nlp.errors import NoDocumentsError
from nlp.http import local_copy
from nlp.http.urls import is_url, masked
from nlp.ingest.builder import CorpusBuilder, ledger
from nlp.ingest.delimited import unique
from nlp.ingest.encoding import without_surrogates
from nlp.ingest.files import read_records
from nlp.ingest.records import Reason
from nlp.progress import Progress, silent

_PROGRESS_EVERY = 10_000


@dataclass(frozen=True)
class Corpus:
    """The documents kept, and every record that was not."""

    documents: pd.DataFrame
    """doc_id, text, timestamp and label if there are any, then every other column, a name that
    the published tables use themselves with `source_` before it; indexed by source and record."""
    rejected: pd.DataFrame
    """source, record, doc_id, reason, detail: a row for each record dropped."""
    records_in: int
    warnings: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    """The column of each role (text, id, time, label), as asked for or as guessed."""

    @property
    def texts(self) -> list[str]:
        """The text of each document."""
        return list(self.documents["text"])

    @property
    def dropped(self) -> dict[str, int]:
        """Records dropped for each reason."""
        return dict(sorted(Counter(self.rejected["reason"]).items()))

    def reject(self, rows: NDArray[np.bool_], reason: Reason) -> Corpus:
        """The same corpus with some documents (a mask) moved to the rejected ones."""
        if not rows.any():
            return self
        gone = self.documents[rows]
        places = zip(gone.index, gone["doc_id"], gone["text"], strict=True)
        more = ledger([(*place, doc_id, reason, _excerpt(text)) for place, doc_id, text in places])
        rejected = pd.concat([self.rejected, more]) if len(self.rejected) else more
        rejected = rejected.sort_values(["source", "record"], kind="stable", ignore_index=True)
        return replace(self, documents=self.documents[~rows], rejected=rejected)

    def select(self, rows: NDArray[np.int64], rejected: pd.DataFrame | None = None) -> Corpus:
        """The documents of these rows, ascending; `rejected` replaces the table if it is given."""
        documents = self.documents
        if len(rows) < len(documents):
            documents = documents.iloc[rows]
        return replace(
            self, documents=documents, rejected=self.rejected if rejected is None else rejected
        )

    def require_documents(self) -> Corpus:
        """This corpus, or `NoDocumentsError` with the account if nothing is left."""
        if len(self.documents):
            return self
        account = ", ".join(f"{reason}: {count}" for reason, count in self.dropped.items())
        raise NoDocumentsError(
            f"no usable documents: {self.records_in} records read"
            + (f", all dropped ({account})" if account else "")
            + "; check the source and the text column"
        )


def read_corpus(
    sources: Sequence[str | Path],
    settings: SourceSettings | None = None,
    progress: Progress = silent,
    *,
    may_be_empty: bool = False,
) -> Corpus:
    """Documents and ledger of files, folders and archives.

    Raises `InputError` for a bad address or column, `StorageError` for a source that cannot be
    read and `NoDocumentsError` if no record has a text, unless the corpus `may_be_empty`.
    """
    settings = settings or SourceSettings()
    builder = CorpusBuilder(settings)
    for source, name in zip(sources, _short_names(sources), strict=True):
        for record in read_records(local_copy(source, settings, progress), settings):
            builder.add(name, record)
            if builder.n_records % _PROGRESS_EVERY == 0:
                progress(builder.n_records, 0)
    corpus = _build(builder, settings, several=len(sources) > 1)
    return corpus if may_be_empty else corpus.require_documents()


def _short_names(sources: Sequence[str | Path]) -> list[str]:
    """Each source's last part, so that tables do not depend on the working directory.

    A URL stands whole, but for its secrets.
    """
    full = [masked(source) for source in sources]
    names = [name if is_url(name) else Path(name).name or name for name in full]
    names = names if len(set(names)) == len(names) else full
    # What tells two URLs apart may be a secret.
    alike = {name for name in names if is_url(name) and names.count(name) > 1}
    names = [f"{n} ({i})" if n in alike else n for i, n in enumerate(names, start=1)]
    return [without_surrogates(name) for name in names]


def frame_corpus(frame: pd.DataFrame, settings: SourceSettings | None = None) -> Corpus:
    """Documents and ledger of a DataFrame's rows; `frame` itself is not changed.

    Columns are known by their names as text; those of one name are numbered.
    """
    settings = settings or SourceSettings()
    builder = CorpusBuilder(settings)
    names = unique([str(name) for name in frame.columns])
    builder.add_columns(
        "frame", {name: frame.iloc[:, i].tolist() for i, name in enumerate(names)}, len(frame)
    )
    return _build(builder, settings, several=False).require_documents()


def _build(builder: CorpusBuilder, settings: SourceSettings, *, several: bool) -> Corpus:
    documents, rejected, warnings = builder.settle(settings, several=several)
    return Corpus(documents, rejected, builder.n_records, warnings, builder.roles)


def _excerpt(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
