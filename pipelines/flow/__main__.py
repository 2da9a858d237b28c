"""`python -m pipelines.flow`: the flow with the options of `topicbrief run`."""

from __future__ import annotations

from typing import Any

from prefect import get_client
from prefect.settings import PREFECT_API_URL
from prefect.types.entrypoint import EntrypointType

from nlp.errors import StorageError
from nlp.http.configuration import configure
from nlp.http.urls import masked
from pipelines.cli import like_run, main
from pipelines.flow.flow import topic_report
from pipelines.flow.source_secrets import check_source
from pipelines.options import read_options


def _require_server() -> None:
    """Raise `StorageError` if the configured Prefect server does not answer.

    If no server is configured, Prefect starts a temporary one itself.
    """
    url = PREFECT_API_URL.value()
    if not url:
        return
    with get_client(sync_client=True) as client:
        fault = client.api_healthcheck()
    if fault is not None:
        raise StorageError(
            f"no Prefect server answers at {masked(url)}: start it (prefect server start), or use "
            "topicbrief run, which takes the same options and needs no server"
        )


def _start(sources: tuple[str, ...], serve: bool, cron: str | None, **flags: Any) -> str:
    """Check the options before any request to Prefect, then run or serve the flow."""
    for source in sources:
        check_source(source)
    job = read_options(sources, flags).job
    configure(job.settings)
    _require_server()
    given = {key: value for key, value in flags.items() if value and key != "quiet"}
    if "topics" in given:
        # The command line gives text; the flow's parameter is a number.
        given["topics"] = job.settings.topics
    given["source"] = list(sources)
    if not serve:
        folder: str = topic_report(**given)
        return folder
    topic_report.serve(
        name=job.name,
        cron=cron,
        parameters=given,
        tags=["topicbrief"],
        limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return "stopped; Prefect has paused the deployment"


if __name__ == "__main__":
    main(command=like_run("pipelines.flow", _start, served=True))
