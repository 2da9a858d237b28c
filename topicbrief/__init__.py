"""The public names of `nlp`, under the name that the package is installed by.

`from topicbrief import analyze` and `from nlp import analyze` give the same function. The names are
loaded on first use, so that `import topicbrief` stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import nlp
from nlp import __version__ as __version__

if TYPE_CHECKING:
    from nlp import GSDMM as GSDMM
    from nlp import LDA as LDA
    from nlp import Result as Result
    from nlp import Settings as Settings
    from nlp import TopicbriefError as TopicbriefError
    from nlp import TopicModel as TopicModel
    from nlp import analyze as analyze

__all__ = sorted(nlp.__all__)


def __getattr__(name: str) -> object:
    if name not in nlp.__all__:
        raise AttributeError(f"module 'topicbrief' has no attribute {name!r}")
    return getattr(nlp, name)


def __dir__() -> list[str]:
    return list(__all__)
