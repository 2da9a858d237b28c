"""Which proxy to use, which setting names it, and which hosts bypass it."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import getproxies

from nlp.config import HttpSettings
from nlp.errors import InputError
from nlp.http.urls import masked

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SCHEMES = ("http", "https")
# A network of up to a /24 is written as single addresses, which every client understands; a
# larger one would make the environment variable too long.
_MOST_ADDRESSES = 256


@dataclass(frozen=True)
class Proxies:
    """The proxy of each scheme, the setting that names it, and the hosts that bypass it."""

    http: str | None
    https: str | None
    source: str
    """The setting or variable that names the proxy; empty if there is none."""
    no_proxy: tuple[str, ...]
    partly: tuple[str, ...] = ()
    """Entries of `no_proxy` that only some clients understand."""

    def variables(self) -> dict[str, str]:
        """Environment variables from which every client reads these settings."""
        found = {"HTTP_PROXY": self.http, "HTTPS_PROXY": self.https}
        values = {name: proxy for name, proxy in found.items() if proxy}
        values["NO_PROXY"] = ",".join(self.no_proxy)
        # curl and wget read the lower-case names, others the upper-case ones.
        return values | {name.lower(): value for name, value in values.items()}


def find_proxies(settings: HttpSettings, environment: Mapping[str, str] = os.environ) -> Proxies:
    """The proxies from the settings, else the environment, else the operating system.

    Raises `InputError` for a proxy that cannot be used; the message says what to do instead.
    """
    listed = settings.no_proxy or _split(
        environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    )
    no_proxy, partly = exceptions(listed)
    if settings.proxy:
        proxy = _usable(settings.proxy, "proxy", settings, environment)
        return Proxies(proxy, proxy, "the setting 'proxy'", no_proxy, partly)
    found = {scheme: _find(scheme, environment) for scheme in _SCHEMES}
    proxies = {
        scheme: _usable(address, source, settings, environment)
        for scheme, (address, source) in found.items()
        if address
    }
    sources = dict.fromkeys(found[scheme][1] for scheme in proxies)
    return Proxies(
        proxies.get("http"), proxies.get("https"), " and ".join(sources), no_proxy, partly
    )


def _find(scheme: str, environment: Mapping[str, str]) -> tuple[str, str]:
    for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY"):
        value = environment.get(name, "")
        # Few clients support SOCKS, so it is not used here; `topicbrief doctor` reports it.
        if value and not value.lower().startswith("socks"):
            return value, name
    # Windows and macOS keep a proxy in their settings; elsewhere this repeats the environment.
    system = getproxies().get(scheme, "") if environment is os.environ else ""
    return system, "the operating system's settings"


def _usable(proxy: str, source: str, settings: HttpSettings, environment: Mapping[str, str]) -> str:
    """A proxy's address in the form that every client accepts."""
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
        parts = urlsplit("")
    if parts.path.lower().endswith((".pac", "wpad.dat")) or parts.scheme.startswith("pac"):
        raise InputError(
            f"{source}: {masked(address)!r} is a proxy auto-configuration (PAC) file: open it, "
            "find the line 'PROXY host:port' and set proxy to http://host:port, or let a local "
            "helper such as px read it and set proxy to http://127.0.0.1:3128"
        )
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InputError(
            f"{source}: {_HIDDEN_FORM} is expected, without a path; a password with '/', '#', '?', "
            "'@', ':' or '%' must be percent-encoded, or name a variable with proxy_credentials"
        )
    if parts.scheme not in _SCHEMES:
        raise InputError(
            f"{source}: not every client understands a {parts.scheme}:// proxy: set proxy to an "
            "http:// address, or unset it"
        )
    given, _, netloc = parts.netloc.rpartition("@")
    user = _encoded(given) if given else _credentials(settings, environment)
    return urlunsplit((parts.scheme, f"{user}@{netloc}" if user else netloc, "", "", ""))


_HIDDEN_FORM = "a proxy of the form http://user:password@host:port"


def _credentials(settings: HttpSettings, environment: Mapping[str, str]) -> str:
    name = settings.proxy_credentials
    if not name:
        return ""
    user, colon, password = environment.get(name, "").partition(":")
    if not (user and colon):
        raise InputError(
            f"proxy_credentials: the environment variable {name!r} must hold user:password"
        )
    return f"{quote(user, safe=_PLAIN)}:{quote(password, safe=_PLAIN)}"


# RFC 3986 allows these characters in a user or a password. As little as possible is encoded,
# because websockets sends the address without decoding it.
_PLAIN = "!$&'()*+,;="


def _encoded(given: str) -> str:
    return ":".join(quote(unquote(part), safe=_PLAIN) for part in given.split(":", 1))


def exceptions(listed: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Hosts that bypass the proxy, and the entries among them that only some clients understand.

    requests, httpx, httpx2, urllib and websockets all read `corp.example` as the domain and its
    subdomains, but not `.corp.example` or `*.corp.example`, so these are rewritten. A small network
    is replaced by its addresses. Loopback is always included.
    """
    entries: dict[str, None] = dict.fromkeys(LOOPBACK)
    partly: dict[str, None] = {}
    for raw in listed:
        entry = raw.strip().lower()
        if entry == "*":
            return ("*",), ()
        if "://" in entry or entry.startswith("["):
            entry = urlsplit(entry if "://" in entry else f"//{entry}").hostname or ""
        entry = entry.removeprefix("*").lstrip(".")
        if "/" not in entry:
            if entry:
                entries[entry] = None
            continue
        try:
            network = ipaddress.ip_network(entry, strict=False)
        except ValueError:
            raise InputError(
                f"no_proxy: {raw!r} is neither a host nor a network: use corp.example, 10.1.2.3 "
                "or 10.1.2.0/24"
            ) from None
        if network.num_addresses <= _MOST_ADDRESSES:
            entries.update(dict.fromkeys(str(address) for address in network))
        else:
            entries[entry] = None
            partly[entry] = None
    return tuple(entries), tuple(partly)


def _split(text: str) -> list[str]:
    return [part for part in text.replace(" ", ",").split(",") if part]
