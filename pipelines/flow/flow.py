"""The Prefect flow `topic-report`: the job's steps as tasks.

    python -m pipelines.flow SOURCE [the options of `topicbrief run`]
    python -m pipelines.flow SOURCE --serve --cron "0 2 * * *"

Prefect is imported in this folder only.
"""

# Annotations stay objects here: a flow that is loaded by its module name cannot look names up.
import os
from inspect import signature
from pathlib import Path
from typing import Annotated, Any, Literal

from nlp.http.configuration import configure, local_variables

# Before Prefect is imported, which reads them once: nothing is reported home, a server on this
# machine is reached behind any proxy, and one started for a run gets the time it needs.
os.environ.update(local_variables(os.environ))
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")

from prefect import Task, flow, get_client, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.client.schemas.objects import State, TaskRun
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists
from pydantic import AfterValidator, Field

from nlp._version import __version__
from nlp.config import Language, ModelName, SourceFormat, Summarizer
from nlp.errors import StorageError
from pipelines.deadline import deadline
from pipelines.flow.artifacts import publish_artifacts, step_progress
from pipelines.flow.source_secrets import (
    SECRET_ADDRESS,
    check_source,
    resolve_sources,
)
from pipelines.job import Refit
from pipelines.options.options import read_options
from pipelines.runner import run_steps, timed
from pipelines.runs.folder import open_run
from pipelines.steps import STEPS, RunPlan

RETRIES = 2
_SECONDS_BEFORE_RETRY = float(os.environ.get("TOPICBRIEF_RETRY_SECONDS", "60"))

Source = Annotated[
    str,
    AfterValidator(check_source),
    Field(min_length=1, json_schema_extra={"not": {"pattern": SECRET_ADDRESS}}),
]


def _may_pass(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only what a disk or a network did is worth another try."""
    return isinstance(state.result(raise_on_failure=False), StorageError)


def _step_task(name: str) -> Task[[RunPlan], float]:
    def run_step(plan: RunPlan) -> float:
        seconds = timed(plan, name, step_progress(name))
        get_run_logger().info("%s: done in %.1f s", name, seconds)
        return seconds

    decorate = task(
        name=name,
        task_run_name=name,
        description=_DESCRIPTIONS[name],
        tags=["topicbrief"],
        retries=RETRIES,
        retry_delay_seconds=_SECONDS_BEFORE_RETRY,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    return decorate(run_step)


_DESCRIPTIONS = {
    "ingest": "Read every source into documents, and account for every record.",
    "clean": "Turn the documents into words; those without a word are dropped, with their reason.",
    "fit": "Continue the last run's topics, or choose and fit a model.",
    "summarize": "Match the topics with the last run's, summarize and score them.",
    "report": "Write the page that people read, and the pyLDAvis view.",
}
TASKS = {name: _step_task(name) for name in STEPS}


@flow(name="topic-report", version=__version__, persist_result=False)
def topic_report(
    source: Source | list[Source],
    name: str | None = None,
    out: str = "reports",
    text: str | None = None,
    id: str | None = None,
    time: str | None = None,
    label: str | None = None,
    format: SourceFormat = "auto",
    query: str | None = None,
    watermark: str | None = None,
    model: ModelName = "auto",
    topics: Literal["auto"] | Annotated[int, Field(ge=1)] = "auto",
    language: Language = "en",
    spacy_model: str | None = None,
    summarizer: Summarizer = "lexrank",
    sentences: Annotated[int, Field(ge=1, le=100)] = 5,
    phrases: bool = False,
    stop_words: str | None = None,
    redact: bool = False,
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0,
    refit: Refit = "auto",
    follows: str = "latest",
    min_documents_share: Annotated[float, Field(ge=0)] | None = None,
    min_coherence: Annotated[float, Field(ge=-1, le=1)] | None = None,
    keep_runs: Annotated[int, Field(ge=1)] | None = None,
    keep_days: Annotated[float, Field(gt=0)] | None = None,
    watch: str | None = None,
    config: str | None = None,
    timeout: Annotated[float, Field(gt=0)] | None = None,
) -> str:
    """Analyse documents into topics, cited summaries and one report; returns the run's folder.

    Args:
        source: File, folder, pattern, URL or database; secret:BLOCK, variable:NAME, env:NAME.
        name: Name of the corpus and of its folder; made from the source if empty.
        out: Folder for results, on the worker.
        text: Column that holds the text; guessed if clear.
        id: Column that names each document; guessed if clear.
        time: Column with each document's date; guessed if clear.
        label: Column with a known subject, used only to score.
        format: How to read the source; lines is one document per line.
        query: SQL that gives a row for each document, if the source is a database.
        watermark: Column of the query; only rows from its last value on are fetched.
        model: Topic model; auto goes by the documents' length.
        topics: Number of topics, or auto.
        language: Language of the documents.
        spacy_model: An installed trained spaCy pipeline.
        summarizer: How sentences are chosen.
        sentences: Sentences per topic's summary.
        phrases: Count phrases of two and three words as terms of their own.
        stop_words: File of words to leave out, on the worker.
        redact: Blot out e-mail addresses, phone, account and card numbers.
        seed: Seed of every random choice.
        refit: Fit the model anew, or go on from the last run's; auto fits when half is new.
        follows: The run whose topics go on; latest, none, or a run's folder.
        min_documents_share: Publish only with this share of the last run's documents.
        min_coherence: Publish only with this mean coherence (NPMI).
        keep_runs: Runs kept of this name; all if empty.
        keep_days: Days a run is kept; for ever if empty.
        watch: File of the terms and topics to be warned about, on the worker.
        config: TOML or YAML file of options, on the worker; what is given here wins.
        timeout: Seconds after which the run is given up.
    """
    parameters = {key: value for key, value in locals().items() if value != _DEFAULTS[key]}
    listed = parameters.pop("source", [])
    sources = resolve_sources([listed] if isinstance(listed, str) else listed)
    options = read_options(sources, parameters)
    configure(options.job.settings)
    _limit_to_one(options.job.name)
    with (
        deadline(options.timeout),
        concurrency(_limit(options.job.name), occupy=1, strict=True),
        open_run(Path(options.out), options.job.name) as run,
    ):
        published = run_steps(
            run, options.job, lambda plan, name: TASKS[name](plan), get_run_logger().info
        )
    publish_artifacts(published)
    get_run_logger().info("published: %s", published / "report.html")
    return str(published)


def _limit(name: str) -> str:
    return f"topicbrief-{name}"


def _limit_to_one(name: str) -> None:
    """One run of a corpus at a time, whatever deployment it comes from; the others wait."""
    limit = GlobalConcurrencyLimitCreate(name=_limit(name), limit=1)
    with get_client(sync_client=True) as client:
        try:
            client.create_global_concurrency_limit(limit)
        except ObjectAlreadyExists:
            return


# A parameter left at its default must not win over the config file.
_DEFAULTS = {key: value.default for key, value in signature(topic_report.fn).parameters.items()}
