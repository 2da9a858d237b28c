"""A folder in Hugging Face layout as an encoder: what is read, and what is said of a bad one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from support.small_encoder import SHAPE, random_tensors, write_encoder, write_json

from nlp.encoder import check_choice, open_encoder
from nlp.encoder.bert.reference import last_hidden_state
from nlp.encoder.folder import open_folder
from nlp.encoder.languages import fits, misfit
from nlp.errors import InputError

TEXTS = ["the cat sat", "a dog ran far", "", "the cat sat on"]


def test_a_folder_is_an_encoder(tmp_path: Path) -> None:
    encoder = open_folder(write_encoder(tmp_path / "small"), "small")
    found = encoder.encode_documents(TEXTS)
    assert (encoder.n_dims, encoder.language, found.vectors.shape) == (8, None, (4, 8))
    assert found.unknown.tolist() == [False, False, True, False]
    ids = [2, 4, 6, 9, 3]
    mean = last_hidden_state(random_tensors(), SHAPE, ids).mean(axis=0)
    assert np.allclose(found.vectors[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_tensors_alone_give_the_same_vectors(tmp_path: Path) -> None:
    graph = open_folder(write_encoder(tmp_path / "graph"), "small")
    tensors = open_folder(write_encoder(tmp_path / "tensors", graph=False), "small")
    assert graph.encode(TEXTS).tobytes() == tensors.encode(TEXTS).tobytes()


def test_tensors_alone_need_a_package_that_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(InputError, match="topicbrief\\[encoders\\]"):
        open_folder(write_encoder(tmp_path, graph=False), "small")


@pytest.mark.parametrize("way", ["cls_token", "max_tokens", "mean_sqrt_len_tokens"])
def test_pooling_is_read_from_the_settings(tmp_path: Path, way: str) -> None:
    folder = write_encoder(tmp_path)
    write_json(folder / "1_Pooling/config.json", {f"pooling_mode_{way}": True})
    state = last_hidden_state(random_tensors(), SHAPE, [2, 4, 6, 9, 3])
    expected = {
        "cls_token": state[0],
        "max_tokens": state.max(axis=0),
        "mean_sqrt_len_tokens": state.mean(axis=0),
    }[way]
    found = open_folder(folder, "small").encode(["the cat sat"])[0]
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-5)


def test_the_longest_text_is_the_least_that_any_setting_names(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path)
    assert open_folder(folder, "small").max_pieces == 16
    write_json(folder / "tokenizer_config.json", {"model_max_length": 10**30})
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 6})
    encoder = open_folder(folder, "small")
    assert encoder.max_pieces == 6
    found = encoder.encode_documents(["a cat sat far", "a cat sat far far"])
    assert found.truncated.tolist() == [False, True]
    assert found.vectors[0].tobytes() == found.vectors[1].tobytes()


def test_a_prompt_that_the_makers_put_before_every_text_is_put(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path)
    plain = open_folder(folder, "small").encode(["the cat sat"])
    prompts = {"prompts": {"query": "the "}, "default_prompt_name": "query"}
    write_json(folder / "config_sentence_transformers.json", prompts)
    assert open_folder(folder, "small").encode(["cat sat"]).tobytes() == plain.tobytes()


def test_identity_changes_with_every_file(tmp_path: Path) -> None:
    first = open_folder(write_encoder(tmp_path / "a"), "x").identity
    assert open_folder(write_encoder(tmp_path / "b"), "x").identity == first
    assert open_folder(write_encoder(tmp_path / "c", seed=1), "x").identity != first
    write_json(tmp_path / "b" / "1_Pooling/config.json", {"pooling_mode_cls_token": True})
    assert open_folder(tmp_path / "b", "x").identity != first


def break_folder(folder: Path, how: str) -> Path:
    write_encoder(folder)
    graph, tokenizer = folder / "onnx/model.onnx", folder / "tokenizer.json"
    if how == "no tokenizer":
        tokenizer.unlink()
    elif how == "no model":
        graph.unlink()
    elif how == "tokenizer is text":
        tokenizer.write_text("hello", encoding="utf-8")
    elif how == "graph is text":
        graph.write_text("hello", encoding="utf-8")
    elif how == "graph is cut":
        graph.write_bytes(graph.read_bytes()[:1000])
    elif how == "settings are text":
        (folder / "modules.json").write_text("{", encoding="utf-8")
    elif how == "a dense layer":
        write_json(folder / "modules.json", [{"type": "sentence_transformers.models.Dense"}])
    elif how == "two poolings":
        ways = {"pooling_mode_cls_token": True, "pooling_mode_max_tokens": True}
        write_json(folder / "1_Pooling/config.json", ways)
    elif how == "words that the model has no row for":
        told = json.loads(tokenizer.read_text(encoding="utf-8"))
        told["model"]["vocab"]["a"] = 9_000
        write_json(tokenizer, told)
    return folder


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("no tokenizer", "holds no tokenizer.json"),
        ("no model", "holds no tokenizer.json with onnx/model.onnx"),
        ("tokenizer is text", "is no tokenizer"),
        ("graph is text", "cannot be run"),
        ("graph is cut", "cannot be run"),
        ("settings are text", "modules.json cannot be read"),
        ("a dense layer", "modules Dense are not supported"),
        ("two poolings", "pooling_mode_cls_token, pooling_mode_max_tokens"),
        ("words that the model has no row for", "belong together"),
    ],
)
def test_a_folder_that_is_no_encoder_is_told_in_one_line(
    tmp_path: Path, how: str, said: str
) -> None:
    with pytest.raises(InputError, match="encoder odd: ") as caught:
        open_folder(break_folder(tmp_path, how), "odd")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model_type": "t5"}, "kind 't5'"),
        ({"hidden_act": "relu"}, "activation 'relu'"),
        ({"position_embedding_type": "relative_key"}, "positions 'relative_key'"),
        ({"num_hidden_layers": 3}, "does not fit config.json"),
    ],
)
def test_tensors_of_another_architecture_are_told(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    folder = write_encoder(tmp_path, graph=False)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    write_json(folder / "config.json", config | change)
    with pytest.raises(InputError) as caught:
        open_folder(folder, "odd")
    assert said in str(caught.value)


def test_encoder_option_names_bundled_none_a_folder_or_the_hub(tmp_path: Path) -> None:
    assert open_encoder("none") is None
    bundled = open_encoder()
    assert bundled is not None
    assert bundled.name == "all-MiniLM-L6-v2"
    found = open_encoder(str(write_encoder(tmp_path / "mine")))
    assert found is not None
    assert found.name == "mine"
    check_choice("hf:owner/name@v1.0")
    for wrong in (
        "bundeld",
        "",
        "/no/such/folder",
        "hf:",
        "hf:a/b/c",
        "hf:../x",
        "hf:a@",
        "hf:a b",
    ):
        with pytest.raises(InputError, match="encoder: "):
            check_choice(wrong)


def test_an_english_encoder_fits_english_only(tmp_path: Path) -> None:
    bundled = open_encoder("bundled")
    assert bundled is not None
    assert (fits(bundled, "en"), misfit(bundled, "en")) == (True, "")
    assert not fits(bundled, "de")
    assert "German" in misfit(bundled, "de")
    assert "--encoder hf:" in misfit(bundled, "de")
    own = open_folder(write_encoder(tmp_path), "own")
    assert misfit(own, "de") == ""
