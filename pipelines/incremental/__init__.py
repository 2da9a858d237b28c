"""Incremental work: a run does only what is new since the last run.

last_run     the earlier run that a new run follows
unchanged    detects that nothing is new, and publishes the last run's files again
new_rows     fetches only new rows from a database
database     rows of a query as records
token_cache  cleaned documents, kept from run to run
"""
