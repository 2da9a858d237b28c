"""Runs of the library: files, schedules, commands."""
