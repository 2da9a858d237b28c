"""Dataiku DSS: the library over its datasets and managed folders, and the plugin.

recipes      what a recipe calls
datasets     datasets as DataFrames and back
folders      managed folders
form         the settings of a recipe's form
schemas      columns and types of the output datasets
publication  the report as an insight
build        the plugin's zip

Only modules in here import `dataiku`, which exists inside DSS alone.
"""
