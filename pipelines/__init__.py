"""What runs the library: the command line, the run folder on disk, the Prefect flow, Dataiku."""
