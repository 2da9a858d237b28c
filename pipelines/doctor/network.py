"""Checks of the proxy, the certificates and one address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nlp.config import Settings
from nlp.errors import InputError, TopicbriefError
from nlp.http import certificates
from nlp.http.certificates import Authorities
from nlp.http.configuration import Configuration
from nlp.http.urls import check_url, masked
from pipelines.doctor.clients import failing_clients
from pipelines.doctor.findings import Finding


def examine_proxy(configuration: Configuration, shell: Mapping[str, str]) -> Iterator[Finding]:
    """Which proxy is used, which setting names it, and which hosts bypass it."""
    found = configuration.proxies
    addresses = dict.fromkeys(filter(None, (found.http, found.https)))
    if addresses:
        yield Finding("proxy", "ok", f"{' and '.join(addresses)}, from {found.source}")
    else:
        yield Finding(
            "proxy", "ok", "none is set", "if you need one, set HTTPS_PROXY or the setting 'proxy'"
        )
    if any("%" in address for address in addresses):
        yield Finding(
            "proxy",
            "note",
            "its password contains characters that a URL must encode; websockets (the live events "
            "of a Prefect server that is reached through the proxy) sends them encoded",
            "use a local helper such as px for the log-in, or change the password",
        )
    socks = [n for n in shell if n.lower().endswith("_proxy") and shell[n].startswith("socks")]
    if socks:
        yield Finding(
            "proxy",
            "note",
            f"{' and '.join(sorted(socks))}: not every client supports SOCKS, so it is not used",
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
            f"{', '.join(found.partly)}: only requests and httpx2 understand networks of this size",
            "list hosts, or a domain such as corp.example",
        )


def examine_certificates(configuration: Configuration) -> Iterator[Finding]:
    """Each source of authorities, and when those that the company added expire."""
    known: set[bytes] = set()
    for given in configuration.authorities:
        public = given.source.startswith(("certifi", "operating system"))
        source = Authorities(given.source, tuple(d for d in given.certificates if d not in known))
        count = f"{len(source.certificates)} {'more ' if known else ''}authorities"
        known.update(given.certificates)
        if not source.certificates:
            yield Finding("certificates", "ok", f"{given.source}, all of them listed above")
            continue
        details = [] if public else sorted(source.details, key=certificates.expiry)
        names = [
            f"{certificates.common_name(one['subject'])} until {certificates.expiry(one):%Y-%m-%d}"
            for one in details
        ]
        more = f": {', '.join(names)}" if 0 < len(names) <= 3 else ""
        message = f"{source.source}, {count}{more}"
        expired = [] if public else source.expired()
        yield Finding(
            "certificates",
            "note" if expired else "ok",
            message + (f"; expired: {', '.join(expired[:3])}" if expired else ""),
            "ask for the new certificate and put it into that file" if expired else "",
        )
    judge = (
        "verified by the operating system, with"
        if configuration.system_judges
        else "all together in"
    )
    yield Finding("certificates", "ok", f"{judge} {configuration.bundle}")


def examine_insecure(shell: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that switch checks off for other tools."""
    for name in ("PIP_TRUSTED_HOST", "UV_INSECURE_HOST", "GIT_SSL_NO_VERIFY"):
        if shell.get(name):
            yield Finding(
                "certificates",
                "note",
                f"{name}={shell[name]} switches checks off for that tool",
                "unset it: that tool uses the authorities above too",
            )


def examine_address(
    url: str, settings: Settings, configuration: Configuration, shell: Mapping[str, str]
) -> Iterator[Finding]:
    """A handshake with a URL's server, the clients for which it fails, and the server's answer."""
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
            seen_chain = f": {chain}{end}" if chain else ""
            yield Finding(
                "handshake", "fault", f"{masked(url)} {way} fails{seen_chain}", seen.fault
            )
            return
        yield Finding("handshake", "ok", f"{seen.version} {way}: {chain}")
        failing = failing_clients(url, shell, proxy)
        if failing:
            yield Finding(
                "clients",
                "note",
                "all clients work inside topicbrief; started from this shell, these would fail: "
                + "; ".join(f"{name} ({why})" for name, why in failing.items()),
                f"export REQUESTS_CA_BUNDLE={configuration.bundle} and SSL_CERT_FILE the same"
                + (" and the proxy as HTTPS_PROXY" if proxy else ""),
            )
        else:
            yield Finding("clients", "ok", "all clients work, in topicbrief and from this shell")
    yield reach(url, settings)


def reach(url: str, settings: Settings) -> Finding:
    """Whether an address answers with data."""
    from nlp.http.downloads import probe

    try:
        return Finding("address", "ok", f"{masked(url)} answers {probe(url, settings)}")
    except TopicbriefError as error:
        return Finding("address", "fault", str(error))
