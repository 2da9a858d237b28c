"""Any source into documents, and the ledger: the account of every record.

corpus         documents and ledger of files or of a DataFrame
sources        files, folders and archives of any format into records
tables         delimited text and workbooks: separator, quotes, header
frames         what people have in memory into columns of values
records        one record, and the closed list of reasons to drop it
builder        records into documents and ledger
ledger         the table of dropped records, and the refusal if too many are malformed
reading        what was chosen: facts for the terminal, the page and the manifest
columns        which column holds the text, the id, the time and the label
column_names   names that tell what a column holds
joined_texts   a text of several columns, and where in them a part of it stands
dates          a column of dates into timestamps
encoding       bytes into text
values         single values and columns of them
digests        texts known again by their digests
"""

from nlp.ingest.corpus import Corpus, frame_corpus, read_corpus
from nlp.ingest.reading import Reading, TableReading
from nlp.ingest.records import Reason

__all__ = ["Corpus", "Reading", "Reason", "TableReading", "frame_corpus", "read_corpus"]
