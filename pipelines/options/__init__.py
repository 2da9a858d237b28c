"""Flags, environment variables and config file become a Job.

options       all options of a run, checked together
source_names  patterns, environment variables and databases that a user gives as sources
"""

from pipelines.options.options import Options, read_options

__all__ = ["Options", "read_options"]
