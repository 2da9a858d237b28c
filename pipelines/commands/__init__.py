"""One module for each subcommand besides `run` and `doctor`.

assign        topics for new documents
encoder       download of an encoder before a run needs it
evaluate      quality figures
find          documents that speak of something
found_text    what find prints for a person to read
name          a person's name for a topic
outcome       what `run` says at its end
renamed_run   the last run published again with new names
reports       all finished runs, listed or served
search_index  the index that find reads, kept beside the runs
"""
