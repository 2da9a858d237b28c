"""The Prefect flow `topic-report`: the job's steps as tasks. The only Prefect import.

python -m pipelines.flow SOURCE [the options of `topicbrief run`]
"""

from __future__ import annotations

import os
from inspect import signature
from pathlib import Path
from typing import Any

from nlp.http.configuration import configure, local_variables

# Before Prefect is imported, which reads them once: nothing is reported home, a server on this
# machine is reached behind any proxy, and one started for a run gets the time it needs.
os.environ.update(local_variables(os.environ))
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")

from prefect import Task, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from nlp.config import Language, ModelName, SourceFormat, Summarizer
from nlp.errors import StorageError
from pipelines.cli import like_run, main
from pipelines.deadline import deadline
from pipelines.options import read_options
from pipelines.runs import Run, open_run
from pipelines.steps import STEPS, Job, finish, timed

_RETRIES = 2
_SECONDS_BEFORE_RETRY = 10


def _may_pass(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only what a disk or a network did is worth another try."""
    return isinstance(state.result(raise_on_failure=False), StorageError)


def _step_task(name: str) -> Task[[Run, Job], float]:
    step = timed(STEPS[name])

    def run_step(run: Run, job: Job) -> float:
        logger = get_run_logger()

        def progress(done: int, total: int) -> None:
            logger.debug("%s: %d of %d", name, done, total)

        seconds = step(run, job, progress)
        logger.info("%s: done in %.1f s", name, seconds)
        return seconds

    decorate = task(
        name=name,
        retries=_RETRIES,
        retry_delay_seconds=_SECONDS_BEFORE_RETRY,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    return decorate(run_step)


TASKS = {name: _step_task(name) for name in STEPS}


@flow(name="topic-report", persist_result=False)
def topic_report(
    source: str | list[str],
    name: str | None = None,
    out: str = "reports",
    text: str | None = None,
    id: str | None = None,
    time: str | None = None,
    label: str | None = None,
    format: SourceFormat = "auto",
    model: ModelName = "auto",
    topics: int | str = "auto",
    language: Language = "en",
    spacy_model: str | None = None,
    summarizer: Summarizer = "lexrank",
    sentences: int = 5,
    seed: int = 0,
    config: str | None = None,
    timeout: float | None = None,
) -> str:
    """Analyse documents into topics, cited summaries and one report; returns the run's folder."""
    parameters = {key: value for key, value in locals().items() if value != _DEFAULTS[key]}
    listed = parameters.pop("source")
    options = read_options([listed] if isinstance(listed, str) else listed, parameters)
    job = options.job
    configure(job.settings)
    with deadline(options.timeout), open_run(Path(options.out), job.name) as run:
        timings = {step: TASKS[step](run, job) for step in STEPS}
        published = finish(run, job, timings)
    get_run_logger().info("published: %s", published / "report.html")
    return str(published)


# A parameter left at its default must not win over the config file.
_DEFAULTS = {key: value.default for key, value in signature(topic_report.fn).parameters.items()}


def _start(sources: tuple[str, ...], **flags: Any) -> str:
    """Check the options before Prefect is asked for anything, then run the flow."""
    configure(read_options(sources, flags).job.settings)
    given = {key: value for key, value in flags.items() if value is not None and key != "quiet"}
    folder: str = topic_report(source=list(sources), **given)
    return folder


if __name__ == "__main__":
    main(command=like_run("pipelines.flow", _start))
