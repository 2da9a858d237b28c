"""Any source into documents, and the ledger: the account of every record.

corpus      documents and ledger of files or of a DataFrame
files       files, folders and archives into records
formats     one file's format into records
delimited   CSV and TSV into records, without losing one
encoding    bytes into text
records     one record, and the closed list of reasons to drop it
builder     records into documents and ledger
columns     which column holds the text, the id, the time and the label
dates       a column of dates into timestamps
values      single values and columns of them
digests     texts known again by their digests
"""

from nlp.ingest.corpus import Corpus, frame_corpus, read_corpus
from nlp.ingest.records import Reason

__all__ = ["Corpus", "Reason", "frame_corpus", "read_corpus"]
