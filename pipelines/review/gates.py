"""Gates: what a user set as the least a run must reach to be published."""

from __future__ import annotations

from nlp.errors import GateError


def check_share(n_documents: int, n_before: int | None, least: float | None) -> None:
    """`GateError` if fewer documents are left than `least` times those of the last run."""
    if least is None or not n_before or n_documents >= least * n_before:
        return
    raise GateError(
        f"min_documents_share: {n_documents} documents, against {n_before} in the last run, is "
        f"below {least:g} of them; nothing was published: see what became of the source, or lower "
        "--min-documents-share"
    )


def check_coherence(coherence: float, least: float | None) -> None:
    """`GateError` if the mean coherence is below `least`."""
    if least is None or coherence >= least:
        return
    raise GateError(
        f"min_coherence: the mean coherence is {coherence:.3f}, below {least:g}; nothing was "
        "published: try another number of --topics, or lower --min-coherence"
    )
