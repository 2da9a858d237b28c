"""Documents into topics and cited summaries: plain functions over plain data.

The names below are loaded on first use, so that `import nlp` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.analysis import Result, analyze
    from nlp.config import Settings
    from nlp.errors import TopicbriefError
    from nlp.gsdmm import GSDMM
    from nlp.lda import LDA
    from nlp.topics import TopicModel

__version__ = "0.1.0"

_HOMES = {
    "GSDMM": "nlp.gsdmm",
    "LDA": "nlp.lda",
    "Result": "nlp.analysis",
    "Settings": "nlp.config",
    "TopicModel": "nlp.topics",
    "TopicbriefError": "nlp.errors",
    "analyze": "nlp.analysis",
}
__all__ = ["GSDMM", "LDA", "Result", "Settings", "TopicModel", "TopicbriefError", "analyze"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'nlp' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
