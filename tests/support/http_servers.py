"""Real servers on loopback: origins with all kinds of certificates, and proxies that intercept."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import socket
import ssl
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

from support import hub

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in to the proxy</title></head><body/></html>"
TABLE = b"id,body\n" + b"".join(b"%d,some words of ticket %d\n" % (n, n) for n in range(200))
_WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def _wheel(name: str) -> bytes:
    buffer = io.BytesIO()
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(buffer, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return buffer.getvalue()


WHEEL = _wheel("xx_tiny")


def _package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tiny/words.txt", "words")
    return buffer.getvalue()


PACKAGE = _package()
INDEX = (
    '<?xml version="1.0"?><nltk_data><packages><package id="tiny" name="tiny" subdir="corpora" '
    f'unzip="1" size="{len(PACKAGE)}" unzipped_size="5" '
    f'checksum="{hashlib.md5(PACKAGE).hexdigest()}" url="https://origin.test/nltk/tiny.zip"/>'
    "</packages></nltk_data>"
).encode()


class Origin(BaseHTTPRequestHandler):
    """Answers by path, and records every request on the server."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return self._websocket()
        path = self.path.partition("?")[0]
        for pattern, answer in _ANSWERS.items():
            match = re.fullmatch(pattern, path)
            if match:
                return answer(self, *match.groups())
        return self.send(b"not here", 404)

    def send(self, body: bytes, status: int = 200, **headers: object) -> None:
        given = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        given.setdefault("Content-Type", "text/plain")
        given.setdefault("Content-Length", str(len(body)))
        self.send_response(status)
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _websocket(self) -> None:
        key = self.headers["Sec-WebSocket-Key"].encode()
        accept = base64.b64encode(hashlib.sha1(key + _WEBSOCKET).digest())
        self.wfile.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n\x81\x02ok\x88\x00"
        )
        with suppress(OSError):
            self.connection.settimeout(2)
            self.rfile.read(1)
        self.close_connection = True

    def tries(self) -> int:
        """How often this path was requested, including now."""
        return sum(path == self.path for path, _ in self.server.seen)


def _plain(origin: Origin, *_: str) -> None:
    origin.send(b"ok")


def _table(origin: Origin, *_: str) -> None:
    etag = f'"{hashlib.md5(origin.server.table).hexdigest()}"'
    if origin.headers.get("If-None-Match") == etag:
        return origin.send(b"", 304, ETag=etag)
    modified = formatdate(0, usegmt=True)
    return origin.send(
        origin.server.table, Content_Type="text/csv", ETag=etag, Last_Modified=modified
    )


def _broken(origin: Origin, *_: str) -> None:
    """Half of the table, then the connection breaks; the rest for a request with a range."""
    etag, half = '"1"', len(TABLE) // 2
    wanted = origin.headers.get("Range")
    if wanted:
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        rest = TABLE[start:]
        place = f"bytes {start}-{len(TABLE) - 1}/{len(TABLE)}"
        return origin.send(rest, 206, ETag=etag, Content_Range=place)
    origin.send(TABLE[:half], Content_Length=len(TABLE), ETag=etag, Accept_Ranges="bytes")
    origin.close_connection = True
    return None


def _lying(origin: Origin, *_: str) -> None:
    origin.send(TABLE, Content_Length=len(TABLE) + 1000)
    origin.close_connection = True


def _failing(origin: Origin, times: str) -> None:
    if origin.tries() <= int(times):
        return origin.send(b"later", 500)
    return origin.send(TABLE)


def _endless(origin: Origin, *_: str) -> None:
    """Gigabytes until the client stops reading, without a length."""
    origin.send_response(200)
    origin.send_header("Content-Type", "text/csv")
    origin.end_headers()
    with suppress(OSError):
        for _part in range(1000):
            origin.wfile.write(bytes(1_000_000))
    origin.close_connection = True


def _drip(origin: Origin, *_: str) -> None:
    origin.send_response(200)
    origin.send_header("Content-Length", "1000")
    origin.end_headers()
    with suppress(OSError):
        for _part in range(100):
            origin.wfile.write(b"x")
            time.sleep(0.1)
    origin.close_connection = True


def _bomb(origin: Origin, *_: str) -> None:
    origin.send(gzip.compress(bytes(20_000_000)), Content_Encoding="gzip", Content_Type="text/csv")


def _redirect(origin: Origin, *_: str) -> None:
    origin.send(b"", 302, Location=origin.server.location)


def _status(origin: Origin, status: str) -> None:
    origin.send(b"no", int(status))


def _secret(origin: Origin, *_: str) -> None:
    given = origin.headers.get("Authorization", "")
    if given not in ("Basic " + base64.b64encode(b"ann:pass word").decode(), "Bearer tok-en"):
        return origin.send(b"who?", 401)
    return origin.send(TABLE, Content_Type="text/csv")


_ANSWERS: dict[str, Callable[..., None]] = {
    "/ok": _plain,
    r"/table(?:\.csv)?": _table,
    r"/broken\.csv": _broken,
    r"/lying\.csv": _lying,
    r"/failing/(\d+)\.csv": _failing,
    r"/endless\.csv": _endless,
    r"/drip\.csv": _drip,
    r"/bomb\.csv": _bomb,
    r"/redirect(?:\.csv)?": _redirect,
    r"/status/(\d+)\.csv": _status,
    r"/secret\.csv": _secret,
    r"/login\.csv": lambda o: o.send(LOGIN_PAGE, Content_Type="text/html"),
    r"/disguised\.csv": lambda o: o.send(LOGIN_PAGE, Content_Type="text/csv"),
    r"/empty\.csv": lambda o: o.send(b"", Content_Type="text/csv"),
    r"/gigabytes\.csv": lambda o: o.send(b"", Content_Length=5 * 10**9),
    "/simple/xx-tiny/": lambda o: o.send(
        b'<a href="/wheels/xx_tiny-1.0-py3-none-any.whl">xx_tiny-1.0-py3-none-any.whl</a>',
        Content_Type="text/html",
    ),
    r"/wheels/.*\.whl": lambda o: o.send(WHEEL),
    r"/spacy/compatibility\.json": lambda o: o.send(
        json.dumps({"spacy": {o.server.spacy: {"xx_tiny": ["1.0"]}}}).encode(),
        Content_Type="application/json",
    ),
    r"/spacy/.*\.whl": lambda o: o.send(WHEEL),
    r"/nltk/index\.xml": lambda o: o.send(INDEX, Content_Type="text/xml"),
    r"/nltk/tiny\.zip": lambda o: o.send(PACKAGE),
    r"/api/models/(.+)/revision/([^/]+)": hub.list_files,
    rf"/(.+)/resolve/({'[0-9a-f]' * 40})/(.+)": hub.resolve,
    r"/cdn/([^/]+/[^/]+)/(.+)": hub.serve_large,
    "/owner/name/resolve/main/config.json": lambda o: o.send(
        b"{}", ETag='"abc"', X_Repo_Commit="0" * 40
    ),
}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    table = TABLE
    location = ""
    spacy = ""
    hub: hub.Hub = hub.Hub()

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Origin)
        self.context = context
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.scheme = "https" if context else "http"

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        request.settimeout(20)
        with suppress(OSError):
            if self.context is None:
                self.RequestHandlerClass(request, client_address, self)  # type: ignore[arg-type]
                return
            with self.context.wrap_socket(request, server_side=True) as inner:
                self.RequestHandlerClass(inner, client_address, self)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.server_port}{path}"


class Proxy:
    """A proxy that reads the traffic: every CONNECT is answered with its own certificate.

    Whatever host is asked for, `origin` (plain HTTP) answers: no name is ever resolved.
    """

    def __init__(self, authority: trustme.CA, origin: Server, mode: str = "", user: str = ""):
        self.authority, self.origin, self.mode = authority, origin, mode
        self.expected = "Basic " + base64.b64encode(user.encode()).decode() if user else ""
        self.seen: list[str] = []
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def url(self, user: str = "") -> str:
        return f"http://{user + '@' if user else ''}127.0.0.1:{self.port}"

    def close(self) -> None:
        # Closing alone leaves a thread in accept() for ever.
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.socket.accept()
                threading.Thread(target=self._handle, args=(client,), daemon=True).start()

    def _handle(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            client.settimeout(20)
            head = _read_head(client)
            if not head:
                return
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            self.seen.append(f"{method} {target}")
            if self.mode == "stall":
                client.recv(1)
                return
            if (
                self.expected
                and f"Proxy-Authorization: {self.expected}".lower().encode() not in (head.lower())
                and self.expected.encode() not in head
            ):
                scheme = b"Negotiate" if self.mode == "negotiate" else b'Basic realm="corp"'
                client.sendall(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: "
                    + scheme
                    + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                return
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                context = self._context(target.rpartition(":")[0])
                with context.wrap_socket(client, server_side=True) as inner:
                    self._answer(inner, b"")
            else:
                path = "/" + target.split("/", 3)[3]
                self._answer(client, head.replace(target.encode(), path.encode(), 1))

    def _answer(self, client: socket.socket, head: bytes) -> None:
        if self.mode == "login":
            _answer_login(client, head)
        else:
            self._forward(client, head)

    def _context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.authority.issue_cert(host).configure_cert(context)
                self._contexts[host] = context
            return self._contexts[host]

    def _forward(self, client: socket.socket, head: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.origin.server_port)) as upstream:
            upstream.settimeout(20)
            upstream.sendall(head)
            back = threading.Thread(target=_pump, args=(upstream, client), daemon=True)
            back.start()
            _pump(client, upstream)
            back.join(5)


def _answer_login(client: socket.socket, head: bytes) -> None:
    if head or _read_head(client):
        client.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(LOGIN_PAGE), LOGIN_PAGE)
        )


def _read_head(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(65536)
        if not more:
            return b""
        data += more
    return data


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError, ValueError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


class Company:
    """A company's network on loopback: two authorities, origins and proxies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = trustme.CA(
            organization_name="Example Corp", organization_unit_name="Corp Proxy CA"
        )
        self.private = trustme.CA(
            organization_name="Example Corp", organization_unit_name="Corp Server CA"
        )
        self.authority_file = folder / "corp.pem"
        self.authority.cert_pem.write_to_path(self.authority_file)
        self.private.cert_pem.write_to_path(self.authority_file, append=True)
        self._open: list[Server | Proxy] = []
        self.origin = self._serve(Server())
        self.private_origin = self._serve(Server(self._certificate("localhost", "127.0.0.1")))
        past = datetime(2020, 1, 1, tzinfo=UTC)
        self.expired = self._serve(Server(self._certificate("localhost", not_after=past)))
        self.wrong_host = self._serve(Server(self._certificate("other.test")))

    def proxy(self, mode: str = "", user: str = "") -> Proxy:
        proxy = Proxy(self.authority, self.origin, mode, user)
        self._open.append(proxy)
        return proxy

    def close(self) -> None:
        for server in self._open:
            if isinstance(server, Server):
                server.shutdown()
                server.server_close()
            else:
                server.close()

    def _certificate(self, *names: str, not_after: datetime | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.private.issue_cert(*names, not_after=not_after).configure_cert(context)
        return context

    def _serve(self, server: Server) -> Server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self._open.append(server)
        return server


@contextmanager
def company(folder: Path) -> Iterator[Company]:
    made = Company(folder)
    try:
        yield made
    finally:
        made.close()


def dead_port() -> int:
    """A port on loopback without a listener."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
