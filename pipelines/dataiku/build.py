"""The plugin's zip: its sources, the library in `python-lib`, and pinned requirements.

python -m pipelines.dataiku.build [FOLDER]        writes FOLDER/topicbrief-VERSION.zip (dist)
"""

from __future__ import annotations

import json
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from nlp._version import __version__

_ROOT = Path(__file__).resolve().parents[2]
_PLUGIN = Path(__file__).resolve().parent / "plugin"
_REQUIREMENTS = "code-env/python/spec/requirements.txt"
# DSS installs these itself; an exact version could conflict with the one it has chosen.
_CORE = {
    "pandas": "pandas>=2.2.3,<3",
    "numpy": "numpy>=2.0",
    **{name: name for name in ("certifi", "requests", "urllib3")},
}
# Only the command line and the flow need these.
_COMMAND_LINE = {"click", "pyyaml", "tqdm"}
_WEBAPP = "flask>=2.2,<4"
# The earliest time that a zip can hold: the same sources give the same bytes on any day.
_BUILT = (1980, 1, 1, 0, 0, 0)


def build_plugin(folder: Path) -> Path:
    """Write the zip into `folder` and return it; the same sources give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"topicbrief-{__version__}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_contents()):
            entry = zipfile.ZipInfo(name, _BUILT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return target


def requirements() -> list[str]:
    """The library's dependencies at their locked versions; those that DSS installs as ranges."""
    lock = tomllib.loads((_ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    locked = {package["name"]: package.get("version") for package in lock}
    ours = next(package["dependencies"] for package in lock if package["name"] == "topicbrief")
    lines = {_line(one, locked) for one in ours if one["name"] not in _COMMAND_LINE}
    return sorted([*lines, _WEBAPP])


def _line(dependency: Mapping[str, str], locked: Mapping[str, str]) -> str:
    name = dependency["name"]
    if name in _CORE:
        return _CORE[name]
    version = dependency.get("version", locked[name])
    marker = f"; {dependency['marker']}" if "marker" in dependency else ""
    return f"{name}=={version}{marker}"


def _contents() -> Iterator[tuple[str, bytes]]:
    for path in _files(_PLUGIN):
        yield path.relative_to(_PLUGIN).as_posix(), _versioned(path)
    adapter = Path(__file__).resolve().parent
    library = [*_files(_ROOT / "nlp"), *adapter.glob("*.py"), adapter.parent / "__init__.py"]
    for path in set(library) - {Path(__file__).resolve()}:
        yield f"python-lib/{path.relative_to(_ROOT).as_posix()}", path.read_bytes()
    yield _REQUIREMENTS, ("\n".join(requirements()) + "\n").encode()
    yield "LICENSE", (_ROOT / "LICENSE").read_bytes()


def _versioned(path: Path) -> bytes:
    if path != _PLUGIN / "plugin.json":
        return path.read_bytes()
    described = {**json.loads(path.read_text(encoding="utf-8")), "version": __version__}
    return (json.dumps(described, indent=2) + "\n").encode()


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


if __name__ == "__main__":
    sys.stdout.write(f"{build_plugin(Path(sys.argv[1] if len(sys.argv) > 1 else 'dist'))}\n")
