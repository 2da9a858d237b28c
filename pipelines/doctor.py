"""What works on this machine, and what to do about the rest: `topicbrief doctor`."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from textwrap import fill
from typing import Literal

from nlp.config import Settings
from nlp.errors import InputError, StorageError, TopicbriefError
from nlp.http import certificates
from nlp.http.addresses import check_url, mask_text, masked
from nlp.http.certificates import Authorities
from nlp.http.configuration import Configuration, cache_folder, configure
from pipelines.clients import failing_clients
from pipelines.options import read_options

_PACKAGES = ("topicbrief", "spacy", "gensim", "prefect", "requests", "httpx", "certifi")
_WIDTH = 100
_LABEL = 20
_SIGNS = {"ok": "ok", "note": "note", "fault": "FAULT"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: Literal["ok", "note", "fault"]
    message: str
    fix: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """All findings."""

    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0 only if a job can run."""
        faults = [finding for finding in self.findings if finding.state == "fault"]
        if not faults:
            return 0
        settings = any(finding.subject == "settings" for finding in faults)
        return InputError.exit_code if settings else StorageError.exit_code

    def as_json(self) -> str:
        """The findings and the verdict as JSON."""
        findings = [asdict(finding) for finding in self.findings]
        return json.dumps({"ready": not self.exit_code, "findings": findings}, indent=2)

    def as_text(self) -> str:
        """The findings, one below the other, each with its fix."""
        lines: list[str] = []
        for finding in self.findings:
            head = f"{_SIGNS[finding.state]:<6}{finding.subject:<{_LABEL - 6}}"
            lines.append(_paragraph(head, finding.message))
            if finding.fix:
                lines.append(_paragraph(" " * _LABEL, f"-> {finding.fix}"))
        verdict = "A job can run." if not self.exit_code else "A job cannot run: see FAULT above."
        return "\n".join([*lines, "", verdict])


def _paragraph(head: str, text: str) -> str:
    return fill(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * _LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )


def examine(url: str | None = None, config: str | None = None, out: str | None = None) -> Diagnosis:
    """Findings on network, certificates, language models, Prefect and disk; secrets are masked.

    Asks the network for `url`, if one is given, and for a Prefect server, if one is set.
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
        findings += [*_proxy(configuration, shell), *_certificates(configuration)]
    findings += _insecure(shell)
    if url is not None and configuration is not None:
        findings += _address(url, settings, configuration, shell)
    findings += [_models(shell), *_prefect(settings), *_folders(folder)]
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


def _proxy(configuration: Configuration, shell: Mapping[str, str]) -> Iterator[Finding]:
    found = configuration.proxies
    addresses = dict.fromkeys(filter(None, (found.http, found.https)))
    if addresses:
        yield Finding("proxy", "ok", f"{' and '.join(addresses)}, from {found.source}")
    else:
        yield Finding(
            "proxy", "ok", "none is set", "if you need one: HTTPS_PROXY or the setting 'proxy'"
        )
    if any("%" in address for address in addresses):
        yield Finding(
            "proxy",
            "note",
            "its password holds characters that a URL must encode; websockets (the live events of "
            "a Prefect server that is reached through the proxy) sends them encoded",
            "let a local helper such as px log in, or change the password",
        )
    socks = [n for n in shell if n.lower().endswith("_proxy") and shell[n].startswith("socks")]
    if socks:
        yield Finding(
            "proxy",
            "note",
            f"{' and '.join(sorted(socks))}: SOCKS is not understood by every client and not used",
            "set proxy to an http:// proxy",
        )
    pac = next((shell[name] for name in ("auto_proxy", "AUTO_PROXY") if shell.get(name)), "")
    if pac:
        yield Finding(
            "proxy",
            "note",
            f"a proxy auto-configuration (PAC) file is named, {pac}; no Python client reads it",
            "find 'PROXY host:port' in it and set proxy to http://host:port, or run px",
        )
    hosts = ", ".join(found.no_proxy[:6]) + (", …" if len(found.no_proxy) > 6 else "")
    yield Finding("no proxy for", "ok", hosts)
    if found.partly:
        yield Finding(
            "no proxy for",
            "note",
            f"{', '.join(found.partly)}: networks this large are understood by requests and httpx2 "
            "only",
            "list hosts, or a domain as corp.example",
        )


def _certificates(configuration: Configuration) -> Iterator[Finding]:
    known: set[bytes] = set()
    for given in configuration.authorities:
        public = given.source.startswith(("certifi", "operating system"))
        source = Authorities(given.source, tuple(d for d in given.certificates if d not in known))
        known.update(given.certificates)
        if not source.certificates:
            yield Finding("certificates", "ok", f"{given.source}, nothing that is not above")
            continue
        details = [] if public else sorted(source.details, key=certificates.expiry)
        names = [
            f"{certificates.common_name(one['subject'])} until {certificates.expiry(one):%Y-%m-%d}"
            for one in details
        ]
        more = f": {', '.join(names)}" if 0 < len(names) <= 3 else ""
        message = f"{source.source}, {len(source.certificates)} authorities{more}"
        expired = [] if public else source.expired()
        yield Finding(
            "certificates",
            "note" if expired else "ok",
            message + (f"; expired: {', '.join(expired[:3])}" if expired else ""),
            "ask for the new certificate and put it into that file" if expired else "",
        )
    judge = "the operating system judges, with" if configuration.system_judges else "all together:"
    yield Finding("certificates", "ok", f"{judge} {configuration.bundle}")


def _insecure(shell: Mapping[str, str]) -> Iterator[Finding]:
    for name in ("PIP_TRUSTED_HOST", "UV_INSECURE_HOST", "GIT_SSL_NO_VERIFY"):
        if shell.get(name):
            yield Finding(
                "certificates",
                "note",
                f"{name}={shell[name]} switches checks off for that tool",
                "unset it: the authorities above are told to it too",
            )


def _address(
    url: str, settings: Settings, configuration: Configuration, shell: Mapping[str, str]
) -> Iterator[Finding]:
    from nlp.http.handshakes import proxy_for, shake_hands

    try:
        check_url(url)
    except InputError as error:
        yield Finding("settings", "fault", str(error))
        return
    proxy = proxy_for(url)
    way = f"through {proxy}" if proxy else "directly"
    if url.lower().startswith("https"):
        seen = shake_hands(url, configuration.bundle, proxy=proxy)
        chain = " <- ".join(seen.chain)
        if not seen.trusted:
            end = f"; signed by {seen.issuer!r}" if seen.issuer else ""
            told = f": {chain}{end}" if chain else ""
            yield Finding("handshake", "fault", f"{masked(url)} {way} fails{told}", seen.fault)
            return
        yield Finding("handshake", "ok", f"{seen.version} {way}: {chain}")
        failing = failing_clients(url, shell, proxy)
        if failing:
            yield Finding(
                "clients",
                "note",
                "all work inside topicbrief; started alone from this shell these would fail: "
                + "; ".join(f"{name} ({why})" for name, why in failing.items()),
                f"export REQUESTS_CA_BUNDLE={configuration.bundle} and SSL_CERT_FILE the same"
                + (" and the proxy as HTTPS_PROXY" if proxy else ""),
            )
        else:
            yield Finding("clients", "ok", "all work, in topicbrief and alone from this shell")
    yield _probe(url, settings)


def _probe(url: str, settings: Settings) -> Finding:
    """The first bytes of an address, asked for as a source would be."""
    import requests
    from urllib3.exceptions import HTTPError

    from nlp.http.answers import check_answer, check_start, explain
    from nlp.http.connections import credentials, open_session

    try:
        with (
            open_session(settings) as session,
            session.get(url, auth=credentials(url, settings), timeout=10, stream=True) as response,
        ):
            check_answer(response, url, settings)
            check_start(response.raw.read1(1024, decode_content=True), response, url)
            return Finding("address", "ok", f"{masked(url)} answers {response.status_code}")
    except TopicbriefError as error:
        return Finding("address", "fault", str(error))
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return Finding("address", "fault", explain(error, url)[0])


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
        else "to have one: ask for its wheel (such as en_core_web_sm) on your package "
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
        yield Finding("prefect", "ok", "no server is set; a flow starts its own on this machine")
        return
    trusting = settings.model_copy(update={"allow_private_addresses": True})
    found = _probe(f"{address.rstrip('/')}/health", trusting)
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
