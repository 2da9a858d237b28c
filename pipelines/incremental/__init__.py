"""Only what is new is done.

last_run     the run that a new one follows
unchanged    a run that could only repeat the last one
new_rows     only new rows are fetched from a database
database     rows of a query as records
token_cache  cleaned documents kept from run to run
"""
