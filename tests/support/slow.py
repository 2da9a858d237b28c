"""The tests that `make test-fast` leaves out, and why; `tests/conftest.py` marks them `slow`.

The rule: a test is slow if it takes more than a second by itself on an idle core, or starts a
server, a browser or another interpreter. `@pytest.mark.slow` on a test does the same.
"""

from __future__ import annotations

# Folders, files or tests below tests/, by the reason.
SLOW: dict[str, tuple[str, ...]] = {
    "start a server, a browser or another interpreter": (
        "pipelines/flow",
        "pipelines/test_cli.py",
        "pipelines/doctor/test_examine.py",
        "nlp/encoder/test_bundled.py::test_a_vector_is_the_same_bytes_in_another_process",
        "nlp/encoder/test_bundled.py::test_importing_the_package_loads_no_engine",
        "nlp/http/test_clients.py",
        "nlp/http/test_configuration.py::test_a_job_on_local_input_asks_the_network_nothing",
        "nlp/report/test_browser.py",
    ),
    "are whole runs": (
        "pipelines/commands",
        "pipelines/incremental",
        "pipelines/test_phrase_runs.py",
        "pipelines/test_runner.py",
        "pipelines/dataiku/test_recipes.py",
        "nlp/analysis",
        "nlp/topics/test_spread_words.py::test_the_report_lists_them_with_the_way_to_cut_them",
    ),
    "encode thousands of word pieces": (
        "nlp/encoder/test_bundled.py::test_a_vector_is_the_same_bytes_in_any_company",
        "nlp/encoder/test_bundled.py::test_progress_may_stop_the_work",
    ),
    "fit many models, or large ones": (
        "nlp/fitting",
        "nlp/gsdmm/test_estimator.py::test_a_fit_can_be_cut_at_any_number_of_topics",
        "nlp/kernels/test_gsdmm_sweep.py::test_kernel_scores_equal_equation_4",
        "nlp/lda/test_gensim_model.py::test_topics_are_gensims",
        "nlp/lda/test_sampler.py::test_counts_are_conserved_at_every_sweep",
        "nlp/summaries/test_summarize.py::test_a_topic_of_a_hundred_thousand_sentences_takes_seconds",
        "nlp/topics/test_model.py::test_a_damaged_model_is_refused_with_one_line",
        "nlp/topics/test_quality.py::test_coherence_is_gensims",
    ),
}


def is_slow(node: str) -> bool:
    """Whether a test is in the list, by its id (`tests/nlp/test_nmf.py::test_name[case]`)."""
    within = node.removeprefix("tests/")
    entries = (entry for entries in SLOW.values() for entry in entries)
    return any(
        within == entry or within.startswith((f"{entry}/", f"{entry}::", f"{entry}["))
        for entry in entries
    )
