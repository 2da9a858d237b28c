"""The Prefect flow `topic-report`: the steps of the job as tasks.

    python -m pipelines.flow SOURCE [the options of `topicbrief run`]
    python -m pipelines.flow SOURCE --serve --cron "0 2 * * *"

Only this folder imports Prefect.
"""

# No `from __future__ import annotations` here: Prefect loads the flow by its module name and
# then cannot resolve annotations that are text.
import os
from inspect import signature
from pathlib import Path
from typing import Annotated, Any, Literal

from nlp.http.configuration import configure, local_variables

# Prefect reads these variables once, when it is imported: it sends no usage data, and requests to
# a server on this machine bypass every proxy.
os.environ.update(local_variables(os.environ))
# Not measured: more than Prefect's default, for a temporary server on a busy machine.
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
from pipelines.job import Job, Refit
from pipelines.options.options import read_options
from pipelines.runner import parts_of, run_steps, timed
from pipelines.runs.folder import open_run
from pipelines.steps import STEPS, RunPlan

# Not measured: two retries, a minute apart, are enough for a short network fault or a file that is
# still being written, and they delay the report of a lasting fault by only two minutes.
RETRIES = 2
_SECONDS_BEFORE_RETRY = float(os.environ.get("TOPICBRIEF_RETRY_SECONDS", "60"))

Source = Annotated[
    str,
    AfterValidator(check_source),
    Field(min_length=1, json_schema_extra={"not": {"pattern": SECRET_ADDRESS}}),
]


def _may_pass(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Return whether a retry can help: only after a fault of the disk or the network."""
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
    "ingest": "Read all sources into documents; count every record as kept or dropped.",
    "clean": "Split the documents into words; drop documents without words.",
    "encode": "Turn the documents into sentence vectors, where a model uses them.",
    "fit": "Continue the last run's topics, or choose and fit a new model.",
    "summarize": "Match the topics with those of the last run, then summarize and score them.",
    "report": "Write the report page and the pyLDAvis view.",
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
    sheet: str | None = None,
    max_dropped: Annotated[float, Field(ge=0, le=1)] = 0.05,
    query: str | None = None,
    watermark: str | None = None,
    model: ModelName = "auto",
    topics: Literal["auto"] | Annotated[int, Field(ge=1)] = "auto",
    language: Language = "auto",
    spacy_model: str | None = None,
    summarizer: Summarizer = "lexrank",
    sentences: Annotated[int, Field(ge=1, le=100)] = 5,
    phrases: bool = False,
    max_share: Annotated[float, Field(gt=0, le=1)] | None = None,
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
    split: Literal["language"] | None = None,
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None,
    config: str | None = None,
    timeout: Annotated[float, Field(gt=0)] | None = None,
) -> str:
    """Analyse documents into topics, cited summaries and one report; returns the run's folder.

    Args:
        source: File, folder, pattern, URL or database; secret:BLOCK, variable:NAME, env:NAME.
        name: Name of the corpus and of its folder; taken from the source if empty.
        out: Folder for the results, on the worker.
        text: Column that holds the text, or several with commas; guessed if empty.
        id: Column with each document's id; guessed if empty.
        time: Column with each document's date; guessed if empty.
        label: Column with known subjects, used only to score the topics.
        format: Format of the source; lines means one document per line.
        sheet: Sheet of an Excel workbook; the only one if empty.
        max_dropped: Largest share of records that may be malformed.
        query: SQL query, if the source is a database; one document per row.
        watermark: Column of the query; fetch only rows from the last run's highest value on.
        model: Topic model; auto chooses by the documents' length.
        topics: Number of topics, or auto.
        language: Language of the documents.
        spacy_model: Installed trained spaCy pipeline to use.
        summarizer: Method that chooses the sentences of a summary.
        sentences: Sentences in each summary.
        phrases: Count phrases of two and three words as terms too.
        stop_words: File of extra stop words, on the worker.
        redact: Mask e-mail addresses and phone, account and card numbers.
        max_share: Largest share of documents a term may occur in; learned if empty.
        seed: Seed of every random choice.
        refit: When to fit a new model; auto does if more than half of the documents are new.
        follows: Earlier run whose topics are continued; latest, none, or a run's folder.
        min_documents_share: Publish only with at least this share of the last run's documents.
        min_coherence: Publish only with at least this mean coherence (NPMI).
        keep_runs: Number of runs of this name to keep; all if empty.
        keep_days: Delete runs older than this many days; never if empty.
        watch: File of terms and topics to warn about, on the worker.
        split: One run for each language of a mixed collection, if it is language.
        title: Heading of the page; the corpus's name if empty.
        config: TOML or YAML file of options, on the worker; parameters override it.
        timeout: Stop after this many seconds and publish nothing.
    """
    parameters = {key: value for key, value in locals().items() if value != _DEFAULTS[key]}
    listed = parameters.pop("source", [])
    sources = resolve_sources([listed] if isinstance(listed, str) else listed)
    options = read_options(sources, parameters)
    configure(options.job.settings)
    with deadline(options.timeout):
        folders = [_publish(job, Path(options.out)) for job in parts_of(options.job)]
    return str(folders[0])


def _publish(job: Job, out: Path) -> Path:
    """Run and publish one job; runs of the same corpus wait for each other."""
    _limit_to_one(job.name)
    with (
        concurrency(_limit(job.name), occupy=1, strict=True),
        open_run(out, job.name) as run,
    ):
        published = run_steps(run, job, lambda plan, name: TASKS[name](plan), get_run_logger().info)
    publish_artifacts(published)
    get_run_logger().info("published: %s", published / "report.html")
    return published


def _limit(name: str) -> str:
    return f"topicbrief-{name}"


def _limit_to_one(name: str) -> None:
    """Let only one run of a corpus work at a time; runs from other deployments wait for it."""
    limit = GlobalConcurrencyLimitCreate(name=_limit(name), limit=1)
    with get_client(sync_client=True) as client:
        try:
            client.create_global_concurrency_limit(limit)
        except ObjectAlreadyExists:
            return


# A parameter left at its default must not override the config file.
_DEFAULTS = {key: value.default for key, value in signature(topic_report.fn).parameters.items()}
