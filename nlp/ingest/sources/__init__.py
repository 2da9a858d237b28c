"""Files, folders and archives of any format into records.

files         one source into records
archives      folders, zip and tar: texts, or the tables they hold
streams       bytes, unpacked, never more than allowed
recognition   what a file holds, by its content
formats       the bytes of one file, in each format
json_records  JSON lines and whole documents
subtitles     cues joined to one text
"""
