"""Proxy, exceptions and certificate authorities, chosen once for this process and its children.

Called by applications (the command line, the flows), never when the library is imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from nlp.config import HttpSettings
from nlp.errors import raise_faults
from nlp.http import certificates, proxies
from nlp.http.certificates import Authorities
from nlp.http.proxies import Proxies

PREFIX = "TOPICBRIEF_"
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # Its compiled downloader ignores these certificates and some forms of proxy address.
    "HF_HUB_DISABLE_XET": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
_MARK = f"{PREFIX}AUTHORITIES"


@dataclass(frozen=True)
class Configuration:
    """The network settings of every client in this process and its children."""

    proxies: Proxies
    authorities: tuple[Authorities, ...]
    bundle: Path
    """All authorities in one PEM file."""
    system_judges: bool
    """Whether the operating system's own store judges certificates in this process."""


def configure(
    settings: HttpSettings | None = None,
    environment: MutableMapping[str, str] = os.environ,
) -> Configuration:
    """Choose proxy, exceptions and authorities, and export them to every client.

    Changes `environment`. Raises `InputError` for settings that cannot be used and for every
    attempt to switch certificate checks off.
    """
    settings = settings or HttpSettings()
    raise_faults(certificates.check_environment(environment))
    found = proxies.find_proxies(settings, environment)
    authorities = find_authorities(settings, environment)
    bundle = certificates.write_bundle(authorities, cache_folder(environment) / "certificates")
    environment.update(local_variables(environment))
    environment.update(found.variables())
    environment.update(dict.fromkeys(certificates.VARIABLES, str(bundle)))
    environment[_MARK] = str(bundle)
    if found.http or found.https:
        # NLTK's downloader refuses proxies unless this variable allows them.
        environment.setdefault("NLTK_ALLOW_PROXIED_URLOPEN", "1")
    system_judges = settings.trust_store == "system" or (
        settings.trust_store == "auto" and sys.platform in ("win32", "darwin")
    )
    if system_judges:
        import truststore

        truststore.inject_into_ssl()
    return Configuration(found, authorities, bundle, system_judges)


def local_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that switch telemetry off, unless set, and exempt loopback from the proxy."""
    values = {name: value for name, value in _QUIET.items() if name not in environment}
    for name in ("NO_PROXY", "no_proxy"):
        listed = [part.strip() for part in environment.get(name, "").split(",") if part.strip()]
        missing = [host for host in proxies.LOOPBACK if host not in listed]
        if "*" not in listed:
            values[name] = ",".join([*listed, *missing])
    return values


def find_authorities(
    settings: HttpSettings, environment: Mapping[str, str] = os.environ
) -> tuple[Authorities, ...]:
    """Public authorities, the operating system's, and the company's from settings or variables."""
    found = [certificates.public_authorities(), certificates.system_authorities()]
    known = {der for source in found for der in source.certificates}
    named = {"the setting 'ca_bundle'": settings.ca_bundle or ""}
    # First, so that a bundle that a parent process exported is not listed again as a new source.
    named["an earlier configuration"] = _existing(environment.get(_MARK, ""))
    names = (*certificates.VARIABLES, *certificates.FOLDER_VARIABLES)
    named.update({name: environment.get(name, "") for name in names})
    seen = {environment.get(_MARK, "")} - {named["an earlier configuration"]}
    for source, path in named.items():
        if path and path not in seen:
            seen.add(path)
            authorities = certificates.read_authorities(path, source)
            certificates.check_authorities(authorities, path, known)
            found.append(authorities)
    return tuple(source for source in found if source.certificates)


def _existing(path: str) -> str:
    return path if path and Path(path).is_file() else ""


def settings_from(environment: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Settings from environment variables: `TOPICBRIEF_PROXY`, `TOPICBRIEF_CA_BUNDLE` and so on.

    Lists are separated by commas; `TOPICBRIEF_HTTP_CREDENTIALS` holds `host=VARIABLE` pairs.
    """
    values: dict[str, object] = {}
    for name in HttpSettings.model_fields:
        text = environment.get(PREFIX + name.upper())
        if not text:
            continue
        items = [part.strip() for part in text.split(",") if part.strip()]
        if name == "no_proxy":
            values[name] = tuple(items)
        elif name == "http_credentials":
            pairs = [part.partition("=") for part in items]
            values[name] = {host.strip(): variable.strip() for host, _, variable in pairs}
        else:
            values[name] = text
    return values


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The cache folder: `TOPICBRIEF_CACHE`, or the user's cache folder of the operating system."""
    from platformdirs import user_cache_path

    named = environment.get(f"{PREFIX}CACHE")
    return Path(named).expanduser() if named else user_cache_path("topicbrief", appauthor=False)
