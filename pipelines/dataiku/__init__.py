"""Dataiku DSS: the library over its datasets and managed folders, and the sources of a plugin.

`recipes` holds what a recipe calls; `build` makes the plugin's zip. Only modules in here import
`dataiku`, which exists inside DSS alone.
"""
