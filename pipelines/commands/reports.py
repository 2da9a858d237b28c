"""`topicbrief reports`: all finished runs in a folder, as a list or served on this machine only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from nlp.errors import InputError, StorageError
from nlp.record import RunRecord
from pipelines.runs.folder import published_runs
from pipelines.runs.manifest import publication, readable_records

_HOST = "127.0.0.1"
_OWN_NAMES = (_HOST, "localhost")


@dataclass(frozen=True)
class FinishedRun:
    """A finished run and where it is."""

    record: RunRecord
    folder: Path

    @property
    def report(self) -> Path:
        """The path of its report page."""
        return self.folder / "report.html"


def finished_runs(out: Path) -> list[FinishedRun]:
    """Return all readable finished runs of all names, newest first."""
    if not out.is_dir():
        raise InputError(f"reports: there is no folder {str(out)!r}: give the --out of your runs")
    homes = (h for h in sorted(out.iterdir()) if h.is_dir() and not h.name.startswith("."))
    found = [
        FinishedRun(record, folder)
        for home in homes
        for folder, record in readable_records(published_runs(home))
    ]

    def made(run: FinishedRun) -> tuple[str, str]:
        published = publication(run.record)
        return published.created, published.run_id

    return sorted(found, key=made, reverse=True)


def list_runs(out: Path) -> str:
    """Return one line for each finished run."""
    runs = finished_runs(out)
    if not runs:
        return f"no finished runs in {out}"
    return "\n".join(_line(run) for run in runs)


def _line(run: FinishedRun) -> str:
    record, published = run.record, publication(run.record)
    created = datetime.fromisoformat(published.created).strftime("%Y-%m-%d %H:%M")
    return (
        f"{created}  {published.name:<20} {record.account.records_kept:>9,} documents "
        f"{record.model.n_topics:>4} topics  {record.model.kind:<5}  "
        f"coherence {record.quality.mean_npmi:.2f}  {run.report}"
    )


def serve_runs(out: Path, port: int, say: Callable[[str], object]) -> None:
    """Serve the runs at http://127.0.0.1:PORT until the user interrupts."""
    with make_server(out, port) as server:
        say(f"http://{_HOST}:{server.server_port}/  (press Ctrl-C to stop)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def make_server(out: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the runs in `out`, on the loopback address; port 0 chooses a free port."""
    finished_runs(out)
    handler = partial(_Handler, directory=str(out.absolute()))
    try:
        return ThreadingHTTPServer((_HOST, port), handler)
    except OSError as error:
        raise StorageError(
            f"cannot open port {port} on {_HOST}: {error.strerror}: choose another --port"
        ) from error


class _Handler(SimpleHTTPRequestHandler):
    """Serves the index at `/` and the files of finished runs, and nothing else."""

    def do_GET(self) -> None:
        if not self._is_for_us():
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path.split("?")[0] == "/":
            self._send_index()
        elif any(part.startswith(".") for part in unquote(self.path).split("/")):
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)

    def list_directory(self, path: Any) -> None:
        """Refuse to list a folder."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Write no log."""

    def _is_for_us(self) -> bool:
        """Return whether the request names this host.

        Otherwise a web page elsewhere could let its own host name resolve to 127.0.0.1 and read
        the reports (DNS rebinding).
        """
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        return host in _OWN_NAMES

    def _send_index(self) -> None:
        from nlp.report import IndexEntry, render_index

        out = Path(self.directory)
        entries = [
            IndexEntry(run.record, run.report.absolute().relative_to(out).as_posix())
            for run in finished_runs(out)
        ]
        page = render_index(entries).encode("utf-8")
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
