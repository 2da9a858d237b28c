"""What a response means: an error message, a log-in page instead of data, a file format."""

from __future__ import annotations

import re
import socket
import ssl

import requests
from urllib3.exceptions import HTTPError, NameResolutionError, ProtocolError, ProxyError

from nlp.errors import StorageError
from nlp.http.urls import mask_text, masked

_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.I | re.S)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)
_BOMS = (b"\xef\xbb\xbf",)
_SUFFIXES = {
    "text/csv": ".csv",
    "application/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/jsonl": ".jsonl",
    "application/json-lines": ".jsonl",
    "application/x-jsonlines": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "application/ndjson": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/x-tar": ".tar",
    "text/plain": ".txt",
    "text/markdown": ".md",
}
# The standard library's message when a proxy asks for a log-in before it opens a tunnel.
TUNNEL_REFUSED = "connection failed: 407"
PROXY_LOGIN = (
    "the proxy requires a user and password (407): name a variable that holds user:password with "
    "proxy_credentials; if it requires NTLM or Kerberos, run a local helper such as px and set "
    "proxy to http://127.0.0.1:3128"
)
_STATUS = {
    401: "it requires a user and password, or a token: name a variable for its host in "
    "http_credentials, or add the host to ~/.netrc",
    403: "access is refused: check the rights of the account, or the proxy's rules",
    404: "nothing exists at this address: check it",
    407: PROXY_LOGIN,
    410: "the content was removed: check the address",
    511: "a portal requires a log-in first: open any page in a browser on this network",
}
_CERTIFICATE = {
    "expired": "the certificate has expired: its owner must renew it",
    "hostname mismatch": "the certificate is for another host: use the name that it is for",
    "ip address mismatch": "the certificate is for another address: use the name that it is for",
    "not yet valid": "the certificate is not valid yet: check this machine's clock",
}
UNKNOWN_AUTHORITY = (
    "no known authority signed the certificate: a proxy that reads the traffic, or the server, "
    "uses the company's own authority; get its certificate (PEM) and set ca_bundle or "
    "TOPICBRIEF_CA_BUNDLE to it"
)


class RefusedError(StorageError):
    """A server responded without the requested content; `status` is its status code."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def explain(error: BaseException, url: str) -> tuple[str, bool]:
    """A one-line message with what to do, and whether the failure may be temporary."""
    shown = masked(url)
    causes = list(_causes(error))
    text = " ".join(str(cause) for cause in causes)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{shown}: {certificate_fault(cause.verify_message)}", False
    if TUNNEL_REFUSED in text:
        return f"{shown}: {PROXY_LOGIN}", False
    if isinstance(error, requests.TooManyRedirects):
        return f"{shown}: too many redirects: check the address", False
    if any(isinstance(cause, NameResolutionError | socket.gaierror) for cause in causes):
        return (
            f"{shown}: the host name cannot be resolved: check it; if only a proxy can resolve "
            "outside names, set proxy or HTTPS_PROXY"
        ), True
    if any(isinstance(cause, requests.exceptions.ProxyError | ProxyError) for cause in causes):
        return (
            f"{shown}: the proxy refuses the connection ({_reason(causes)}): see "
            "'topicbrief doctor', or add the host to no_proxy if it is inside the company"
        ), True
    if any(isinstance(cause, requests.Timeout | TimeoutError) for cause in causes):
        return f"{shown}: no answer in time: see 'topicbrief doctor', or raise http_timeout", True
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"{shown}: no encrypted connection ({_reason(causes)}): is it an https server?", True
    if isinstance(error, requests.exceptions.InvalidURL | ValueError) and not isinstance(
        error, requests.ConnectionError
    ):
        return f"{shown}: not a usable address", False
    broken = any(isinstance(cause, ProtocolError) for cause in causes)
    what = "the connection broke" if broken else "no connection"
    return f"{shown}: {what} ({_reason(causes)})", True


def certificate_fault(message: str) -> str:
    """What a failed verification means and what to do, from OpenSSL's message."""
    lowered = message.lower()
    return next((t for words, t in _CERTIFICATE.items() if words in lowered), UNKNOWN_AUTHORITY)


def _causes(error: BaseException) -> list[BaseException]:
    """An error and all its causes, in whichever attribute a library stores them."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found


def _reason(causes: list[BaseException]) -> str:
    for cause in reversed(causes):
        words = getattr(cause, "strerror", None) or getattr(cause, "reason", None)
        if isinstance(words, str) and words:
            return mask_text(words)
    plain = next((c for c in reversed(causes) if not isinstance(c, HTTPError)), causes[-1])
    return type(plain).__name__


def check_answer(response: requests.Response, url: str) -> None:
    """Raise `RefusedError` unless a response has the requested content (status 200 or 206)."""
    status = response.status_code
    if status in (requests.codes.ok, requests.codes.partial_content):
        return
    advice = _STATUS.get(status, "see the server's log for why")
    raise RefusedError(f"{masked(url)} answers {status} {response.reason}: {advice}", status)


def check_start(block: bytes, response: requests.Response, url: str) -> None:
    """Raise `StorageError` if the content is a web page instead of data."""
    kind = str(response.headers.get("Content-Type", "")).split(";")[0].strip().lower()
    for bom in _BOMS:
        block = block.removeprefix(bom)
    if kind not in ("text/html", "application/xhtml+xml") and not _HTML.match(block):
        return
    title = _TITLE.search(block)
    words = " ".join(title.group(1).decode("utf-8", "replace").split())[:80] if title else ""
    via = f" by way of {masked(response.url)}" if response.history else ""
    raise StorageError(
        f"{masked(url)}: a web page{f' ({words!r})' if words else ''} came{via} instead of data: "
        "a proxy, a portal or the server requires a log-in, or the address is that of a page; open "
        "it in a browser and use the address of the file itself"
    )


def suffix_for(response: requests.Response) -> str:
    """The file suffix for a response's content type; empty if the type is unknown."""
    kind = str(response.headers.get("Content-Type", "")).split(";")[0].strip().lower()
    return _SUFFIXES.get(kind, "")
