"""All checks of `topicbrief doctor`: what works on this machine, and how to mend what does not."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Literal

from nlp.config import Settings
from nlp.errors import TopicbriefError
from nlp.http.configuration import Configuration, cache_folder, configure
from nlp.http.urls import mask_text, masked
from pipelines.doctor.encoder import examine_encoder
from pipelines.doctor.findings import Diagnosis, Finding
from pipelines.doctor.network import (
    examine_address,
    examine_certificates,
    examine_insecure,
    examine_proxy,
    reach,
)
from pipelines.options.options import read_options

_PACKAGES = (
    "topicbrief",
    "spacy",
    "gensim",
    "onnxruntime",
    "prefect",
    "requests",
    "httpx",
    "certifi",
)


def examine(url: str | None = None, config: str | None = None, out: str | None = None) -> Diagnosis:
    """Findings on network, certificates, language models, Prefect and disk; secrets are masked.

    Connects only to `url`, if given, to the Prefect server, if one is configured, and to the Hub,
    if the settings name an encoder that was not fetched yet.
    """
    shell = dict(os.environ)
    findings = [_versions()]
    try:
        options = read_options(["doctor"], {"config": config, "out": out})
        settings, folder = options.job.settings, options.out
        configuration: Configuration | None = configure(settings)
    except TopicbriefError as error:
        findings.append(Finding("settings", "fault", str(error)))
        settings, folder, configuration = Settings(), out or "reports", None
    if configuration is not None:
        findings += [*examine_proxy(configuration, shell), *examine_certificates(configuration)]
    findings += examine_insecure(shell)
    if url is not None and configuration is not None:
        findings += examine_address(url, settings, configuration, shell)
    findings += [_models(shell), *examine_encoder(settings)]
    findings += [*_prefect(settings), *_folders(folder)]
    return Diagnosis(tuple(_masked(finding) for finding in findings))


def _masked(finding: Finding) -> Finding:
    return Finding(
        finding.subject, finding.state, mask_text(finding.message), mask_text(finding.fix)
    )


def _versions() -> Finding:
    found = [f"{name} {number}" for name in _PACKAGES if (number := _version(name))]
    system = f"Python {platform.python_version()} on {platform.system()}"
    return Finding("versions", "ok", ", ".join([system, *found]))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _models(shell: Mapping[str, str]) -> Finding:
    models = sorted({point.name for point in entry_points(group="spacy_models")})
    index = shell.get("PIP_INDEX_URL") or shell.get("UV_INDEX_URL") or "https://INDEX/simple"
    found = f"trained: {', '.join(models)}" if models else "no trained spaCy pipeline"
    return Finding(
        "language",
        "ok",
        f"en, de, fr and es work with what is installed; {found}",
        ""
        if models
        else "to get one: ask for its wheel (such as en_core_web_sm) on your package "
        f"index, then pip install --index-url {masked(index)} en_core_web_sm",
    )


def _prefect(settings: Settings) -> Iterator[Finding]:
    if not _version("prefect"):
        yield Finding(
            "prefect",
            "ok",
            "not installed; 'topicbrief run' does not need it",
            "for schedules: pip install 'topicbrief[prefect]'",
        )
        return
    address = os.environ.get("PREFECT_API_URL", "")
    if not address:
        yield Finding(
            "prefect", "ok", "no server is configured; a flow starts its own on this machine"
        )
        return
    trusting = settings.model_copy(update={"allow_private_addresses": True})
    found = reach(f"{address.rstrip('/')}/health", trusting)
    yield Finding(
        "prefect",
        "note" if found.state == "fault" else "ok",
        found.message,
        "start it, correct PREFECT_API_URL, or name its host in no_proxy; "
        "'topicbrief run' works without it" if found.state == "fault" else "",
    )  # fmt: skip


def _folders(out: str) -> Iterator[Finding]:
    places: dict[str, tuple[Path, Callable[[str], str]]] = {
        "results": (Path(out), lambda _: "choose another --out"),
        "temporary": (Path(tempfile.gettempdir()), lambda _: "set TMPDIR"),
        "cache": (cache_folder(), lambda _: "set TOPICBRIEF_CACHE"),
    }
    for name, (place, fix) in places.items():
        fault = _unwritable(place)
        # Only downloads need the cache.
        state: Literal["ok", "note", "fault"] = (
            "ok" if not fault else "note" if name == "cache" else "fault"
        )
        shown = place.expanduser().absolute()
        message = f"{shown} can be written" if not fault else f"{shown}: {fault}"
        yield Finding(name, state, message, fix(name) if fault else "")


def _unwritable(place: Path) -> str:
    folder = place.expanduser().absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"cannot be written ({error.strerror or error})"
