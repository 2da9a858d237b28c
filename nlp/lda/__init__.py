"""LDA for long documents: a compiled sampler that ends as gensim's model or as a `TopicModel`.

`CompiledLdaModel` is loaded on first use: it needs gensim, the sampler does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlp.lda.estimator import LDA, fit_lda

if TYPE_CHECKING:
    from nlp.lda.variational import CompiledLdaModel

__all__ = ["LDA", "CompiledLdaModel", "fit_lda"]


def __getattr__(name: str) -> object:
    if name != "CompiledLdaModel":
        raise AttributeError(f"module 'nlp.lda' has no attribute {name!r}")
    from nlp.lda.variational import CompiledLdaModel

    return CompiledLdaModel
