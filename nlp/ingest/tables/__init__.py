"""Tables that people export: which characters separate the fields, and where the header is.

delimited    CSV and its relatives into records, without losing one
dialects     separator, quotes and escapes, chosen from evidence over many records
layouts      the header, the lines above it and the rows of a survey tool under it
cells        what one cell looks like
rows         lines into rows, one broken row at a time
spreadsheet  a sheet of an Excel workbook into records
"""
