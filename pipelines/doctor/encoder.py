"""Whether the encoder that runs will use is here, or could be fetched."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.config import Settings
from nlp.encoder import open_encoder
from nlp.encoder.choice import BUNDLED, NONE
from nlp.encoder.hub import PREFIX, cached, read_name
from nlp.encoder.hub.names import HubName, endpoint, hub_settings, listing_url, offline
from nlp.encoder.languages import misfit
from nlp.errors import TopicbriefError
from nlp.http.downloads import probe
from pipelines.doctor.findings import Finding

_SUBJECT = "encoder"


def examine_encoder(settings: Settings) -> Iterator[Finding]:
    """What is found of the encoder in the settings; only one not fetched yet asks the Hub."""
    choice = settings.encoder
    if choice == NONE:
        yield Finding(_SUBJECT, "ok", "none: documents are compared by their words alone")
        return
    try:
        if choice.startswith(PREFIX) and cached(read_name(choice)) is None:
            yield _examine_hub(read_name(choice), settings)
            return
        encoder = open_encoder(choice)
    except TopicbriefError as error:
        # A run goes on with words alone if it is ours that is damaged.
        yield Finding(_SUBJECT, "note" if choice == BUNDLED else "fault", str(error))
        return
    if encoder is not None:
        n_dims = f"{encoder.n_dims} dimensions"
        yield Finding(_SUBJECT, "ok", f"{encoder.name} is here and whole, {n_dims}; no network")
        told = "" if settings.language == "auto" else misfit(encoder, settings.language)
        if told:
            yield Finding(_SUBJECT, "note", told)


def _examine_hub(name: HubName, settings: Settings) -> Finding:
    fix = f"run 'topicbrief encoder {name}' once, or choose --encoder {BUNDLED}"
    if offline():
        message = f"{name} is not on this machine and HF_HUB_OFFLINE is set"
        return Finding(_SUBJECT, "fault", message, f"unset it and {fix}")
    try:
        probe(listing_url(name), hub_settings(settings))
    except TopicbriefError as error:
        told = str(error).removeprefix("source: ")
        return Finding(_SUBJECT, "fault", f"{name} cannot be fetched: {told}", fix)
    message = f"{name} is not on this machine yet; {endpoint()} answers and has it"
    return Finding(_SUBJECT, "ok", message, "run 'topicbrief encoder' with its name beforehand")
