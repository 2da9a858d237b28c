"""The library: turns documents into topics and cited summaries, with plain functions.

The public names are loaded on first use, so that `import nlp` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from nlp._version import __version__ as __version__

if TYPE_CHECKING:
    from nlp.analysis import Result as Result
    from nlp.analysis import analyze as analyze
    from nlp.config import Settings as Settings
    from nlp.errors import TopicbriefError as TopicbriefError
    from nlp.gsdmm import GSDMM as GSDMM
    from nlp.lda import LDA as LDA
    from nlp.topics import TopicModel as TopicModel

_HOMES = {
    "GSDMM": "nlp.gsdmm",
    "LDA": "nlp.lda",
    "Result": "nlp.analysis",
    "Settings": "nlp.config",
    "TopicModel": "nlp.topics",
    "TopicbriefError": "nlp.errors",
    "analyze": "nlp.analysis",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'nlp' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
