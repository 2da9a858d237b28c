"""A text of several columns: each part of it stands in a column, at an offset that is said."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from nlp.config import SourceSettings
from nlp.ingest.corpus import frame_corpus
from nlp.ingest.joined_texts import join_texts, places

cells = st.none() | st.sampled_from(["", " ", "N/A", "-"]) | st.text(min_size=1)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), cells, min_size=1), st.data())
def test_each_part_of_a_joined_text_is_found_in_its_column(
    row: dict[str, str | None], data: st.DataObject
) -> None:
    text = join_texts(list(row.values()))
    if text is None:
        assert all(cell is None for cell in row.values())
        return
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = places(row, start, end)
    said = "".join(str(row[one.column])[one.start : one.end] for one in found)
    assert said.replace("\n", "") in text[start:end].replace("\n", "")
    if len(found) == 1 and "\n\n" not in text[start:end]:
        assert said == text[start:end]


def test_columns_are_joined_carried_and_pointed_into() -> None:
    frame = pd.DataFrame({"title": ["Late", "n/a", None], "body": ["It came late.", "Lost.", "."]})
    corpus = frame_corpus(frame, SourceSettings(text="title,body"))
    assert corpus.texts == ["Late\n\nIt came late.", "Lost."]
    assert corpus.dropped == {"placeholder": 1}
    row = corpus.documents.iloc[0]
    sentence = row["text"].index("It came")
    (place,) = places({name: row[name] for name in corpus.reading.text}, sentence, sentence + 7)
    assert (place.column, row[place.column][place.start : place.end]) == ("body", "It came")
