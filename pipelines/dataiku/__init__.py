"""Dataiku DSS: recipes that read and write its datasets and managed folders, and the plugin.

recipes      the functions that a recipe calls
datasets     datasets as DataFrames and back
folders      managed folders
form         the settings of a recipe's form
schemas      columns and types of the output datasets
publication  the report as an insight
build        the plugin's zip

Only modules of this folder import `dataiku`, a package that exists only inside DSS.
"""
