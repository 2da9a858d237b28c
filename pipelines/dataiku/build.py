"""The plugin's zip: its sources, the library in `python-lib`, and pinned requirements.

python -m pipelines.dataiku.build [FOLDER]        writes FOLDER/topicbrief-VERSION.zip (dist)
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from nlp import __version__

_ROOT = Path(__file__).resolve().parents[2]
_PLUGIN = Path(__file__).resolve().parent / "plugin"
_REQUIREMENTS = "code-env/python/spec/requirements.txt"
# DSS brings these itself; an exact version would quarrel with the one it has chosen.
_CORE = {"pandas": "pandas>=2.2.3,<3", "numpy": "numpy>=2.0"}
# Only the command line and the flow need these.
_COMMAND_LINE = {"click", "filelock", "pyyaml", "tqdm"}
_WEBAPP = "flask>=2.2,<4"
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
    """What the library imports, at the locked versions; DSS's own packages by range."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = tomllib.loads((_ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {package["name"]: package.get("version", "") for package in lock["package"]}
    names = {_name(line) for line in project["project"]["dependencies"]} - _COMMAND_LINE
    pinned = [_CORE.get(name, f"{name}=={locked[name]}") for name in names]
    return sorted([*pinned, _WEBAPP])


def _contents() -> Iterator[tuple[str, bytes]]:
    for path in _files(_PLUGIN):
        yield path.relative_to(_PLUGIN).as_posix(), _versioned(path)
    adapter = Path(__file__).resolve().parent
    library = [*_files(_ROOT / "nlp"), *adapter.glob("*.py"), adapter.parent / "__init__.py"]
    for path in library:
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


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


if __name__ == "__main__":
    sys.stdout.write(f"{build_plugin(Path(sys.argv[1] if len(sys.argv) > 1 else 'dist'))}\n")
