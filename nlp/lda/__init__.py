"""LDA for long documents: a compiled sampler whose result is gensim's model or a `TopicModel`.

estimator        LDA, an estimator as scikit-learn's users expect it; `fit_lda`
plain            one sweep of the sampler as the paper writes it
sampler          the state of the collapsed Gibbs sampler, compiled
shards           tokens in the order in which the sampler visits them
document_counts  number of tokens of each document in each topic
defaults         the numbers that steer the fit, each with its source
priors           Dirichlet parameters learned from counts
gensim_model     CompiledLdaModel, gensim's own fit with a compiled E-step
to_gensim        a fitted model as gensim's own

`CompiledLdaModel` is loaded on first use: it needs gensim, the sampler does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlp.lda.estimator import LDA, fit_lda

if TYPE_CHECKING:
    from nlp.lda.gensim_model import CompiledLdaModel

__all__ = ["LDA", "CompiledLdaModel", "fit_lda"]


def __getattr__(name: str) -> object:
    if name != "CompiledLdaModel":
        raise AttributeError(f"module 'nlp.lda' has no attribute {name!r}")
    from nlp.lda.gensim_model import CompiledLdaModel

    return CompiledLdaModel
