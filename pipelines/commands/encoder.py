"""`topicbrief encoder`: download an encoder from the Hub before a run needs it."""

from __future__ import annotations

from nlp.encoder.hub import fetch, open_hub, read_name
from nlp.http.configuration import configure
from pipelines.console import step_progress
from pipelines.options.options import read_options


def fetch_encoder(name: str, config: str | None = None, quiet: bool = False) -> str:
    """Download the missing files of a model and test it; returns a sentence about the result.

    Raises the errors of `nlp.encoder.hub.fetch`, and `InputError` for a model that cannot run.
    """
    wanted = read_name(name)
    settings = read_options(["encoder"], {"config": config}).job.settings
    configure(settings)
    with step_progress("encoder", quiet) as progress:
        found = fetch(wanted, settings, progress)
    encoder = open_hub(wanted, settings)
    # Some models load but fail when they encode a text.
    encoder.encode(["a first text"])
    state = "was downloaded" if found.fetched else "was already downloaded"
    return (
        f"{wanted} {state}: commit {found.commit[:12]}, {found.n_bytes / 1e6:,.1f} MB, "
        f"{encoder.n_dims} dimensions, in {found.folder}; use it with --encoder {wanted}"
    )
