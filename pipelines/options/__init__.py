"""Flags, environment and config file become a Job.

options       all options of a run, checked together
source_names  what a user's source stands for: a pattern, a variable, a database
"""

from pipelines.options.options import Options, read_options

__all__ = ["Options", "read_options"]
