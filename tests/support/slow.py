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
        "nlp/report/test_hostile.py",
        "nlp/gsdmm/test_joint_fit.py::test_same_bytes_whatever_the_number_of_threads",
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
    "load the tables of a language, or clean long and many texts": (
        "nlp/cleaning/test_cases.py",
        "nlp/cleaning/test_languages.py::test_every_language_has_its_stop_words",
        "nlp/cleaning/test_reader.py::test_a_language_finds_its_tables_without_network",
        "nlp/cleaning/test_reader.py::test_batches_make_no_difference",
        "nlp/cleaning/test_reader.py::test_every_letter_of_the_plain_text_lies_in_a_sentence",
        "nlp/cleaning/test_reader.py::test_french_elision_is_cut_off",
        "nlp/cleaning/test_reader.py::test_german_words_are_lemmas_without_stop_words",
        "nlp/cleaning/test_reader.py::test_memory_stays_bounded_over_many_distinct_words",
        "nlp/cleaning/test_reader.py::test_no_text_takes_quadratic_time",
        "nlp/cleaning/test_reader.py::test_sentences_lie_in_their_text_in_order_without_overlap",
        "nlp/cleaning/test_reader.py::test_spanish_nouns_are_not_taken_for_verbs",
        "nlp/cleaning/test_sentences.py",
        "nlp/ingest/tables/test_generated_tables.py",
        "nlp/cleaning/test_reader.py::test_courtesy_contractions_numbers_and_addresses_are_no_words",
        "nlp/cleaning/test_words.py::test_a_name_is_one_term_in_every_language",
        "pipelines/dataiku/test_plugin.py",
    ),
    "draw whole pages": (
        "nlp/report/test_page.py",
        "nlp/report/sections",
        "nlp/topics/test_spread_words.py",
    ),
    "wait for a server that does not answer": (
        "nlp/http/test_downloads.py::test_each_kind_of_proxy_works_or_is_explained",
        "nlp/http/test_downloads.py::test_a_drip_of_bytes_ends_at_the_time_limit",
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
