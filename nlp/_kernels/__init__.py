"""Compiled loops: arrays in, arrays out. The only home of numba.

A prefix names the model that a kernel serves.

gsdmm_state, gsdmm_sweep     state and sweep of the GSDMM sampler
gsdmm_mixture                expectation-maximisation of a mixture of multinomials
lda_sweep, lda_sweep_sparse  sweeps of the LDA sampler, for few and for many topics
lda_draws, simd              draws from many topics, sixteen at once
lda_variational              gensim's variational E-step
fold_in                      topic shares of documents under fixed topics
tree                         what merging two topics costs
cooccurrence                 in how many sliding windows words occur together
sentence_scores              scores of sumy's Reduction, SumBasic and KL summarizers
"""
