"""The run folder on disk.

folder         a lock per name, a staging folder, and the atomic publication
manifest       the record of a finished run, with a hash of every file
store          the values of each step as files, and the path of each
finished       documents and counts of a finished run
document_rows  single columns and rows of the documents of a finished run
fingerprints   name, size and hash of each source
retention      which finished runs are kept
"""
