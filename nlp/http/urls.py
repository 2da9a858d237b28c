"""Addresses: which may be fetched, and how to write one without its secrets."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit, urlunsplit

from nlp.errors import InputError

SCHEMES = ("http", "https")
_HIDDEN = "***"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+")
# RFC 6052: an address in this range (NAT64) contains the IPv4 address that it leads to.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_url(source: object) -> bool:
    """Whether a source is an `http(s)` address."""
    return str(source).lower().startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


def masked(url: object) -> str:
    """A URL without its user, password, query values and fragment; other text as it is."""
    text = str(url)
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
        names = [part.partition("=")[:2] for part in parts.query.split("&") if part]
    except ValueError:
        return f"{text.split('://', 1)[0]}://{_HIDDEN}"
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{_HIDDEN}@{host}" if "@" in parts.netloc else host
    # A part without a name may be a secret as a whole.
    query = "&".join(f"{name}={_HIDDEN}" if equals else _HIDDEN for name, equals in names)
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def mask_text(text: str) -> str:
    """A text with every URL in it masked."""
    return _URL.sub(lambda match: masked(match.group()), text)


def check_url(url: str) -> None:
    """Raise `InputError` unless `url` is a usable `http(s)` address."""
    fault = ""
    try:
        parts = urlsplit(url)
        _ = parts.port
        if parts.scheme.lower() not in SCHEMES:
            fault = f"{parts.scheme}:// is not supported; use http:// or https://"
        elif not parts.hostname:
            fault = "the host is missing"
        elif re.search(r"[\s\x00-\x1f\\]", url):
            fault = "it contains a space, a control character or a backslash; encode it, as %20"
    except ValueError as error:
        fault = str(error)
    if fault:
        raise InputError(f"source: not a usable address: {masked(url)!r}: {fault}")


def literal(host: str) -> _Address | None:
    """The IP address in a host, in any form that a resolver accepts, or None for a name."""
    host = host.strip("[]").split("%", 1)[0]
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:  # a resolver also accepts 127.1, 0x7f000001 and 2130706433
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def is_private(address: _Address | str) -> bool:
    """Whether an address is not a public one: private, loopback, link-local, shared, multicast."""
    if isinstance(address, str):
        address = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_private(inner)
    return not address.is_global or address.is_multicast


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    name = host.lower().rstrip(".")
    address = literal(name)
    if address is None:
        return name == "localhost" or name.endswith(".localhost")
    return address.is_loopback


def check_host(host: str) -> None:
    """Raise `InputError` if a host is written as a private address."""
    address = literal(host)
    if is_loopback(host) or (address is not None and is_private(address)):
        raise refusal(host)


def check_resolved(host: str, port: int) -> None:
    """Resolve a host and raise `InputError` if any of its addresses is private."""
    for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if is_private(str(place[0])):
            raise refusal(host, str(place[0]))


def refusal(host: str, address: str = "") -> InputError:
    """The error for a host that must not be contacted."""
    shown = f"{host} ({address})" if address and address != host else host
    return InputError(
        f"source: {shown} is a private or local address, which is refused: set "
        "allow_private_addresses (or TOPICBRIEF_ALLOW_PRIVATE_ADDRESSES=1) if you trust it"
    )
