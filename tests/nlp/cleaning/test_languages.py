"""The language of a corpus: found, said where it is mixed or misfits, the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.cleaning import segmenters
from nlp.cleaning.languages import find_languages
from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings
from nlp.errors import InputError

TEXTS = {
    "en": "Please refund the double payment to my card, the bank has charged it twice.",
    "de": "Die Rückzahlung der Überweisung ist überfällig, und die Bank antwortet nicht.",
    "fr": "Le colis est arrivé en retard chez le voisin, et personne ne répond.",
    "es": "El paquete llegó tarde a casa de mi vecino y nadie contesta mis llamadas.",
    "it": "Il pacco è arrivato in ritardo dal vicino di casa e nessuno risponde.",
    "pt": "A encomenda chegou atrasada à casa do vizinho e ninguém atende o telefone.",
    "nl": "Het pakket kwam te laat aan bij de buren en niemand neemt de telefoon op.",
    "ru": "Посылка пришла поздно к соседу, и никто не отвечает на мои звонки.",
    "el": "Το δέμα έφτασε αργά στον γείτονα και κανείς δεν απαντά στο τηλέφωνο.",
    "tr": "Kargo komşuya geç geldi ve hiç kimse telefonlarıma cevap vermiyor.",
    "ar": "وصل الطرد متأخرا ولم يتصل السائق بي ولا أحد يرد على الهاتف",
    "he": "החבילה הגיעה באיחור לשכן ואף אחד לא עונה לטלפון שלי",
    "zh": "包裹在海关被扣留了，快递员没有联系我。",
    "ja": "荷物が隣の家に遅れて届きましたが、誰も電話に出ません。",
    "th": "พัสดุมาถึงบ้านเพื่อนบ้านช้ามากและไม่มีใครรับโทรศัพท์",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_corpus_in_one_language_is_cleaned_for_it(language: str) -> None:
    found = find_languages([TEXTS[language]] * 30)
    assert found.main == language
    assert found.shares == ((language, 1.0),)
    assert found.of_documents is None


def test_a_language_that_is_not_known_is_said() -> None:
    korean = ["안녕하세요 제 카드가 거절되었습니다"] * 30
    found = find_languages(korean)
    assert found.shares == ()
    assert "No language that topicbrief knows" in found.warnings[0]


@pytest.mark.parametrize("language", sorted(set(TEXTS) - segmenters.UNSPACED))
def test_every_language_has_its_stop_words(language: str) -> None:
    tokens = clean([TEXTS[language]], CleaningSettings(language=language))
    assert 3 <= len(tokens.codes) < len(TEXTS[language].split())


def test_a_mixed_corpus_is_said_so_and_each_document_cleaned_by_its_own() -> None:
    texts = [TEXTS["en"]] * 20 + [TEXTS["de"]] * 20 + ["?", "ok"]
    found = find_languages(texts)
    assert found.of_documents is not None
    assert found.of_documents[:40] == ("en",) * 20 + ("de",) * 20
    assert set(found.of_documents) == {"en", "de"}
    assert "several languages" in found.warnings[0]
    words = set(clean(texts).words)
    assert {"payment", "bank", "überweisung"} <= words
    assert not {"die", "der", "the", "und"} & words


def test_a_few_foreign_documents_make_no_mixed_corpus() -> None:
    assert find_languages([TEXTS["en"]] * 98 + [TEXTS["fr"]] * 2).of_documents is None


def test_a_language_that_does_not_fit_is_warned_of() -> None:
    found = find_languages([TEXTS["de"]] * 30, "en")
    assert found.main == "en"
    assert "but 100% of the documents read as German (de)" in found.warnings[0]
    assert find_languages([TEXTS["en"]] * 30, "en").warnings == ()
    assert "no table of base forms" in find_languages([TEXTS["ar"]] * 30).warnings[0]


def test_texts_without_a_language_are_taken_for_english() -> None:
    for texts in ([], [""], ["!", "7"]):
        assert find_languages(texts).main == "en"


def test_words_are_numbered_the_same_whatever_the_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [TEXTS["en"], TEXTS["de"]] * 20
    whole = clean(texts)
    monkeypatch.setattr("nlp.cleaning.reader._BATCH_CHARACTERS", 100)
    parts = clean(texts)
    assert whole.words == parts.words
    np.testing.assert_array_equal(whole.codes, parts.codes)
    np.testing.assert_array_equal(whole.spans, parts.spans)


@pytest.mark.parametrize("language", sorted(segmenters.UNSPACED))
def test_without_its_library_a_language_is_refused_by_the_name_of_the_extra(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segmenters, "find_spec", lambda _: None)
    segmenters.segmenter.cache_clear()
    with pytest.raises(InputError, match=rf"pip install 'topicbrief\[{language}\]'"):
        clean([TEXTS[language]] * 30)
    tokens = clean([TEXTS["en"]] * 30 + [TEXTS[language]] * 10)
    assert tokens.document_lengths[30:].tolist() == [0] * 10


@pytest.mark.parametrize("language", sorted(segmenters.UNSPACED))
def test_with_its_library_a_language_has_words(language: str) -> None:
    if not segmenters.is_installed(language):
        pytest.skip(f"the extra {language} is not installed")
    tokens = clean([TEXTS[language]], CleaningSettings(language=language))
    assert len(tokens.codes) >= 3
    assert {"zh": "快递", "ja": "電話", "th": "เพื่อนบ้าน"}[language] in tokens.words
    assert max(map(len, tokens.words)) < {"zh": 8, "ja": 8, "th": 12}[language]
