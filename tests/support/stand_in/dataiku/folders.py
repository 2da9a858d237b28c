"""`dataiku.Folder`."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from dataiku.scene import StoredFolder, project


class Folder:
    """FOLDERS: a handle to a managed folder, which need not be on this machine."""

    def __init__(self, lookup: str, project_key: str | None = None, ignore_flow: bool = False):
        self.name = project.short(lookup)
        if self.name not in project.folders:
            raise Exception(f"Managed folder {lookup} does not exist")
        self._ignores_flow = ignore_flow or not project.inputs | project.outputs

    @property
    def _stored(self) -> StoredFolder:
        return project.folders[self.name]

    def get_path(self) -> str:
        # FOLDERS: "can only be called for managed folders that are stored on the local filesystem".
        if self._stored.local_path is None:
            raise Exception(f"Folder {self.name} is not on the local filesystem")
        path: str = self._stored.local_path
        return path

    def list_paths_in_partition(self, partition: str = "") -> list[str]:
        """FOLDERS: paths from the folder's root, each with a slash before it."""
        return sorted(self._stored.files)

    def get_path_details(self, path: str = "/") -> dict[str, Any]:
        if path not in self._stored.files:
            return {"exists": False, "directory": False}
        size, modified = len(self._stored.files[path]), self._stored.modified[path]
        return {"exists": True, "directory": False, "size": size, "lastModified": modified}

    def get_download_stream(self, path: str) -> io.BufferedIOBase:
        """STORED: a file-like object that cannot seek."""
        self._check(project.inputs | project.outputs, "read")
        if _slashed(path) not in self._stored.files:
            raise Exception(f"{path} does not exist in folder {self.name}")
        return _Stream(self._stored.files[_slashed(path)])

    def upload_stream(self, path: str, f: BinaryIO) -> None:
        """FOLDERS: the content of a file-like object of bytes."""
        self._check(project.outputs, "write")
        if not hasattr(f, "read"):
            raise TypeError(f"upload_stream takes a file-like object, got {type(f)}")
        content = f.read()
        if not isinstance(content, bytes):
            raise TypeError("the stream must give bytes")
        project.clock += 1
        self._stored.files[_slashed(path)] = content
        self._stored.modified[_slashed(path)] = project.clock

    def upload_data(self, path: str, data: bytes) -> None:
        self.upload_stream(path, io.BytesIO(data))

    def _check(self, allowed: set[str], verb: str) -> None:
        # RECIPES: a recipe reads its inputs and writes its outputs.
        if not self._ignores_flow and self.name not in allowed:
            raise Exception(f"You cannot {verb} folder {self.name}: it is not declared for that")


class _Stream(io.BufferedIOBase):
    """STORED: no seek, and to be closed."""

    def __init__(self, content: bytes) -> None:
        self._inner = io.BytesIO(content)
        project.open_streams += 1

    def read(self, size: int | None = -1) -> bytes:
        return self._inner.read(size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def seek(self, *args: int) -> int:
        raise io.UnsupportedOperation("seek")

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")

    def close(self) -> None:
        if not self.closed:
            project.open_streams -= 1
        super().close()


def _slashed(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"
