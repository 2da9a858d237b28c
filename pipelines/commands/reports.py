"""All finished runs below a folder: as a list, and as pages on this machine only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from nlp.errors import InputError, StorageError
from pipelines.runs.folder import published_runs
from pipelines.runs.manifest import read_manifest

_HOST = "127.0.0.1"
_CHANGES = 3
_OWN_NAMES = (_HOST, "localhost")


def finished_runs(out: Path) -> list[dict[str, Any]]:
    """The manifest of every finished run of every name, newest first, each with its `folder`."""
    if not out.is_dir():
        raise InputError(f"reports: no such folder: {str(out)!r}")
    found = [
        {**read_manifest(folder), "folder": folder}
        for home in sorted(out.iterdir())
        if home.is_dir() and not home.name.startswith(".")
        for folder in published_runs(home)
    ]
    return sorted(found, key=lambda run: (run["created"], run["run_id"]), reverse=True)


def list_runs(out: Path) -> str:
    """One line for each finished run."""
    runs = finished_runs(out)
    if not runs:
        return f"no finished runs in {out}"
    return "\n".join(_line(run) for run in runs)


def _line(run: Mapping[str, Any]) -> str:
    created = datetime.fromisoformat(run["created"]).strftime("%Y-%m-%d %H:%M")
    coherence = run["quality"].get("mean_npmi")
    figures = f"coherence {coherence:.2f}" if coherence is not None else ""
    return (
        f"{created}  {run['name']:<20} {run['records_kept']:>9,} documents "
        f"{run['n_topics']:>4} topics  {run['model_kind']:<5}  {figures}  "
        f"{run['folder'] / 'report.html'}"
    )


def serve_runs(out: Path, port: int, say: Callable[[str], object]) -> None:
    """Show the runs at http://127.0.0.1:PORT until interrupted."""
    with make_server(out, port) as server:
        say(f"http://{_HOST}:{server.server_port}/  (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def make_server(out: Path, port: int) -> ThreadingHTTPServer:
    """A server of the runs below `out`, on the loopback address; port 0 takes a free one."""
    finished_runs(out)
    handler = partial(_Handler, directory=str(out.absolute()))
    try:
        return ThreadingHTTPServer((_HOST, port), handler)
    except OSError as error:
        raise StorageError(
            f"cannot listen on {_HOST}:{port}: {error.strerror}: choose another --port"
        ) from error


class _Handler(SimpleHTTPRequestHandler):
    """The index at `/`, and the files of finished runs; nothing else."""

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
        """No listings."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _is_for_us(self) -> bool:
        """A page elsewhere could point its own name at this address and read the reports."""
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        return host in _OWN_NAMES

    def _send_index(self) -> None:
        from nlp.report import render_index

        out = Path(self.directory)
        runs = [dict(_entry(run, out)) for run in finished_runs(out)]
        page = render_index(runs).encode("utf-8")
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


def _entry(run: Mapping[str, Any], out: Path) -> Iterator[tuple[str, Any]]:
    yield from json.loads(json.dumps(run, default=str)).items()
    changes = [f"{change['label']} {change['text']}" for change in run.get("changes", ())]
    more = [f"and {len(changes) - _CHANGES} more"] if len(changes) > _CHANGES else []
    yield "changed", changes[:_CHANGES] + more
    yield "href", (run["folder"] / "report.html").absolute().relative_to(out).as_posix()
