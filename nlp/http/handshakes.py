"""A TLS handshake as HTTP clients make it: the chain of certificates, and any fault in it."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from nlp.http.certificates import common_name
from nlp.http.responses import PROXY_LOGIN, TUNNEL_REFUSED, certificate_fault

# Seconds; the same limit as for a connection of a download.
_TIMEOUT = 10.0


@dataclass(frozen=True)
class Handshake:
    """The outcome of a handshake."""

    trusted: bool
    fault: str
    """Why it failed and what to do; empty if it succeeded."""
    chain: tuple[str, ...]
    """Names from the server's certificate to the last one found, each with its expiry date."""
    issuer: str
    """Who signed the last certificate of the chain."""
    version: str = ""


def proxy_for(url: str) -> str | None:
    """The proxy that the environment sets for an address, or None for a direct connection."""
    parts = urlsplit(url)
    if proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return getproxies().get(parts.scheme)


def shake_hands(
    url: str, bundle: Path | None = None, timeout: float = _TIMEOUT, proxy: str | None = None
) -> Handshake:
    """A handshake with the server of an https address, through a proxy if one is given.

    Certificates are verified; if that fails, the result still lists the chain. `bundle` is a file
    or folder of authorities; with None the authorities of the process are used.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        context = _context(bundle)
        with _line(host, port, proxy, timeout) as line:
            tls = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
            with tls:
                fault = ""
                try:
                    tls.do_handshake()
                except ssl.SSLCertVerificationError as error:
                    fault = certificate_fault(error.verify_message)
                chain = _chain(tls)
                last = chain[-1] if chain else {}
                return Handshake(
                    trusted=not fault,
                    fault=fault,
                    chain=tuple(
                        f"{common_name(one['subject'])} (until {one['notAfter']})" for one in chain
                    ),
                    issuer=common_name(last["issuer"]) if last else "",
                    version="" if fault else str(tls.version()),
                )
    except TimeoutError:
        fault = f"no answer in {timeout:g} s" + (" from the proxy" if proxy else "")
    except ssl.SSLError as error:
        fault = f"no encrypted connection ({error.reason or error}): is it an https server?"
    except OSError as error:
        fault = (
            PROXY_LOGIN
            if TUNNEL_REFUSED in str(error)
            else f"no connection ({error.strerror or error})"
        )
    return Handshake(False, fault, (), "")


def _context(bundle: Path | None) -> ssl.SSLContext:
    if bundle is None:
        return ssl.create_default_context()
    if bundle.is_dir():
        return ssl.create_default_context(capath=str(bundle))
    return ssl.create_default_context(cafile=str(bundle))


def _line(host: str, port: int, proxy: str | None, timeout: float) -> socket.socket:
    """A connection to a host, or a tunnel to it."""
    if proxy is None:
        return socket.create_connection((host, port), timeout)
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    headers = {}
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(user).decode("ascii")
    connections = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    tunnel = connections[parts.scheme](parts.hostname or "", parts.port, timeout=timeout)
    tunnel.set_tunnel(host, port, headers)
    if parts.scheme == "https":
        raise OSError("the doctor cannot examine a proxy whose own address is https")
    tunnel.connect()
    line: socket.socket = tunnel.sock
    return line


def _chain(tls: ssl.SSLSocket) -> Sequence[Mapping[str, object]]:
    """The chain that OpenSSL has built, trusted or not."""
    # Public since Python 3.13, before that on the inner object; it survives a failed verification.
    inner = getattr(tls, "_sslobj", None)
    find = getattr(inner, "get_verified_chain", None)
    return [one.get_info() for one in (find() or ())] if find else []
