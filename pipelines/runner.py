"""One run from source to publication, in this process."""

from __future__ import annotations

from pathlib import Path

from pipelines.console import say, step_progress
from pipelines.incremental.unchanged import publish_again, unchanged_run
from pipelines.job import Job
from pipelines.runs.folder import open_run
from pipelines.steps import STEPS, finish, timed


def run_job(job: Job, out: Path, quiet: bool = False) -> Path:
    """Do the steps in order and publish; returns the run's folder.

    Nothing is left behind unless all of it succeeds.
    """
    with open_run(out, job.name) as run:
        last = unchanged_run(run, job)
        if last is not None:
            say(f"nothing new: inputs, settings and versions are those of run {last.name}", quiet)
            return publish_again(run, job, last)
        timings: dict[str, float] = {}
        for name, step in STEPS.items():
            with step_progress(name, quiet) as progress:
                timings[name] = timed(step)(run, job, progress)
        return finish(run, job, timings)
