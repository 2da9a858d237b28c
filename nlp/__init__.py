"""Documents into topics and cited summaries: plain functions over plain data.

The names below are loaded on first use, so that `import nlp` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.config import Settings
    from nlp.errors import TopicbriefError
    from nlp.topics import TopicModel

_HOMES = {
    "Settings": "nlp.config",
    "TopicModel": "nlp.topics",
    "TopicbriefError": "nlp.errors",
}
__all__ = ["Settings", "TopicModel", "TopicbriefError"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'nlp' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
