"""Quality gates: minimum values, set by the user, that a run must reach to be published."""

from __future__ import annotations

from nlp.errors import GateError


def check_share(n_documents: int, n_before: int | None, least: float | None) -> None:
    """Raise `GateError` if there are fewer documents than `least` times the last run's number."""
    if least is None or not n_before or n_documents >= least * n_before:
        return
    raise GateError(
        f"min_documents_share: there are {n_documents} documents, and the last run had {n_before}: "
        f"less than the required share of {least:g}; nothing was published: check the source, or "
        "lower --min-documents-share"
    )


def check_coherence(coherence: float, least: float | None) -> None:
    """Raise `GateError` if the mean coherence is below `least`."""
    if least is None or coherence >= least:
        return
    raise GateError(
        f"min_coherence: the mean coherence is {coherence:.3f}, below {least:g}; nothing was "
        "published: try another number of --topics, or lower --min-coherence"
    )
