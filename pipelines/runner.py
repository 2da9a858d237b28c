"""One run from source to publication: the steps, with their values stored in the run's folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from nlp.analysis.conductor import Step, conduct, do_step
from nlp.analysis.description import versions
from nlp.cleaning.languages import find_languages
from nlp.errors import GateError, InputError, NoDocumentsError
from nlp.ingest.corpus import read_corpus
from nlp.progress import Progress
from pipelines.console import say, step_progress
from pipelines.incremental.unchanged import publish_again, unchanged_run
from pipelines.job import Job
from pipelines.runs.fingerprints import describe_inputs
from pipelines.runs.folder import Run, open_run, publish
from pipelines.runs.manifest import publication
from pipelines.runs.retention import prune
from pipelines.steps import RunPlan, signature

# A repeated run fails with these again, so the finished steps are not kept for it.
_FINAL = (GateError, InputError, NoDocumentsError)
_SIGNATURE = "signature.json"

Say = Callable[[str], None]


def run_job(job: Job, out: Path, quiet: bool = False) -> Path:
    """Run all steps in order, publish the result, and return the run's folder.

    Nothing is published unless every step succeeds.
    """

    def do(plan: RunPlan, name: str) -> float:
        with step_progress(name, quiet) as progress:
            return timed(plan, name, progress)

    with open_run(out, job.name) as run:
        return run_steps(run, job, do, lambda message: say(message, quiet))


def parts_of(job: Job) -> tuple[Job, ...]:
    """Return the job, or one job for each language of its documents if it is to be split.

    The documents are read once more for this, to find the languages. The part of most documents
    comes first; the name of a part is the job's with the language, as `tickets-de`.
    """
    if job.upkeep.split is None:
        return (job,)
    languages = find_languages(read_corpus(job.sources, job.settings).texts)
    names = [language for language, _ in languages.shares]
    if len(names) < 2:
        return (job,)
    return tuple(
        replace(
            job,
            name=f"{job.name}-{name}",
            part=name,
            settings=job.settings.model_copy(update={"language": name}),
        )
        for name in names
    )


def run_steps(run: Run, job: Job, do: Callable[[RunPlan, str], float], tell: Say) -> Path:
    """Run the steps that are not finished yet, publish, and return the run's folder.

    `do(plan, name)` runs the step of that name, directly or as a Prefect task, and returns the
    seconds it took.
    """
    last = unchanged_run(run, job)
    if last is not None:
        tell(f"nothing new: inputs, settings and versions are the same as in run {last.name}")
        return publish_again(run, job, last)
    plan = RunPlan(run, job)
    timings: dict[str, float] = {}

    def do_timed(step: Step) -> None:
        timings[step.name] = do(plan, step.name)

    _resume(plan, tell)
    try:
        conduct(plan.steps(), plan.store, do_timed)
    except _FINAL:
        plan.store.clear()
        raise
    return _publish(plan, timings)


def timed(plan: RunPlan, name: str, progress: Progress) -> float:
    """Run one step of a plan and return the seconds it took."""
    start = perf_counter()
    do_step(plan.step(name), plan.store, progress)
    return round(perf_counter() - start, 3)


def _resume(plan: RunPlan, tell: Say) -> None:
    """Keep the finished steps of an interrupted run if this run would only repeat them."""
    store, job = plan.store, plan.job
    signed = store.folder / _SIGNATURE
    now = signature(plan.run, job, versions())
    # The pages contain the id of their run, and this run has another id.
    store.forget("report")
    if (
        store.has("ingest")
        and job.upkeep.query is None
        and signed.is_file()
        and signed.read_text(encoding="utf-8") == now
        and store.is_whole()
        and describe_inputs(job.sources, job.settings) == store.load("source").inputs
    ):
        tell(f"goes on from an unfinished run; done already: {', '.join(store.finished())}")
        return
    store.clear()
    store.folder.mkdir(parents=True, exist_ok=True)
    signed.write_text(now, encoding="utf-8")


def _publish(plan: RunPlan, timings: dict[str, float]) -> Path:
    run, upkeep = plan.run, plan.job.upkeep
    record = plan.store.load("record")
    published = replace(publication(record), timings=timings)
    plan.store.hand_over(run.stage)
    folder = publish(run, replace(record, published=published))
    plan.store.clear()
    prune(run.home, upkeep.keep_runs, upkeep.keep_days)
    return folder
