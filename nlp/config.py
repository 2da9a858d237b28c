"""Settings: one frozen class per step, validated on creation; `Settings` contains all of them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from nlp.errors import InputError

ModelName = Literal["auto", "lda", "gsdmm", "nmf"]
Summarizer = Literal[
    "lexrank", "textrank", "lsa", "luhn", "kl", "sumbasic", "reduction", "edmundson"
]
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl"),
    *("zh", "ja", "th", "ar", "he", "ru", "el", "tr"),
)
Language = Literal[
    "auto", "en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja", "th", "ar", "he", "ru", "el", "tr"
]
PartOfSpeech = Literal["NOUN", "PROPN", "ADJ", "VERB", "ADV", "NUM", "INTJ", "X"]
SourceFormat = Literal[
    "auto", "csv", "tsv", "json", "jsonl", "parquet", "excel", "subtitles", "text", "lines"
]


def column_name(name: object) -> object:
    """A column's name as text: numbers as they are written, several levels joined by full stops."""
    if isinstance(name, tuple):
        return ".".join(str(part) for part in name if str(part))
    return name if name is None or isinstance(name, (str, list)) else str(name)


def _listed_names(names: object) -> object:
    """Several columns as the command line writes them: `title,body`."""
    if isinstance(names, list):
        return ",".join(str(column_name(name)) for name in names)
    return column_name(names)


ColumnName = Annotated[str | None, BeforeValidator(column_name)]
ColumnNames = Annotated[str | None, BeforeValidator(_listed_names)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class HttpSettings(_Settings):
    """Network settings; the manifest contains none of them."""

    proxy: str | None = Field(
        None, exclude=True, repr=False, description="proxy for http and https, as http://host:port"
    )
    proxy_credentials: str | None = Field(
        None, exclude=True, description="environment variable that holds the proxy's user:password"
    )
    no_proxy: tuple[str, ...] = Field(
        (), exclude=True, description="hosts, domains and addresses reached without the proxy"
    )
    ca_bundle: str | None = Field(
        None, exclude=True, description="file or folder with your company's certificates"
    )
    trust_store: Literal["auto", "system", "bundle"] = Field(
        "auto", exclude=True, description="who verifies certificates: the system or the bundle"
    )
    allow_private_addresses: bool = Field(
        False, exclude=True, description="fetch from private, loopback and link-local addresses"
    )
    http_credentials: dict[str, str] = Field(
        {},
        exclude=True,
        description="host -> environment variable that holds user:password or a token for it",
    )
    http_timeout: float = Field(
        30, gt=0, le=3600, exclude=True, description="seconds to wait for a server's next byte"
    )
    download_timeout: float = Field(
        3600, gt=0, exclude=True, description="seconds that one download may take in total"
    )


class SourceSettings(HttpSettings):
    """How records are read, and the meaning of their columns."""

    text: ColumnNames = Field(
        None, description="column that holds the text, or several to be joined (guessed if clear)"
    )
    id: ColumnName = Field(None, description="column with each document's id")
    time: ColumnName = Field(None, description="column with each document's date or time")
    label: ColumnName = Field(None, description="column with known subjects, used only to score")
    format: SourceFormat = Field(
        "auto", description="format of a source; 'lines' means one document per line"
    )
    sheet: str | None = Field(None, description="sheet of a workbook that holds the documents")
    max_dropped: float = Field(
        0.05, ge=0, le=1, description="largest share of records that may be malformed"
    )
    max_megabytes: int = Field(
        8_000, ge=1, description="largest size of one file after unpacking, in megabytes"
    )


class CleaningSettings(_Settings):
    """How a text becomes tokens and sentences."""

    language: Language = Field("auto", description="language of the documents (found if auto)")
    spacy_model: str | None = Field(None, description="installed trained spaCy pipeline to use")
    parts_of_speech: tuple[PartOfSpeech, ...] = Field(
        ("NOUN", "PROPN", "ADJ", "VERB"),
        description="parts of speech to keep with --spacy-model; empty for all",
    )
    stop_words: tuple[str, ...] = Field((), description="words to leave out besides the usual ones")


class VocabularySettings(_Settings):
    """Which terms are counted."""

    min_documents: int | None = Field(
        None,
        ge=1,
        description="fewest documents a term must occur in (by their number if unset)",
    )
    max_share: float | None = Field(
        None,
        gt=0,
        le=1,
        description="largest share of documents a term may occur in (if unset: a term of more than "
        "half stays where the other documents speak of something else)",
    )
    max_terms: int = Field(50_000, ge=1, description="largest number of terms")
    phrases: bool = Field(False, description="count phrases of two and three words as terms too")


class EncoderSettings(_Settings):
    """Which encoder turns documents into sentence vectors."""

    encoder: str = Field(
        "bundled",
        min_length=1,
        description="bundled, none, a folder in Hugging Face layout, or hf:NAME[@REVISION]",
    )


class ModelSettings(_Settings):
    """Which topic model is fitted."""

    model: ModelName = Field("auto", description="topic model")
    topics: Literal["auto"] | Annotated[int, Field(ge=1)] = Field(
        "auto", description="number of topics"
    )
    seed: int = Field(0, ge=0, lt=2**32, description="seed of every random choice")


class SummarySettings(_Settings):
    """How topics are summarized."""

    summarizer: Summarizer = Field("lexrank", description="method that chooses the sentences")
    sentences: int = Field(5, ge=1, le=100, description="sentences in each summary")
    redact: bool = Field(
        False, description="mask e-mail addresses and phone, account and card numbers"
    )


class Settings(
    SourceSettings,
    CleaningSettings,
    VocabularySettings,
    EncoderSettings,
    ModelSettings,
    SummarySettings,
):
    """Every setting of a run, under the names of the command line and of the config file."""

    @classmethod
    def create(cls, **values: object) -> Self:
        """Return checked settings; raises one `InputError` that names every fault."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InputError(describe(error)) from None


def describe(error: ValidationError) -> str:
    """Return all faults that pydantic found, in one line: option, valid values, value seen."""
    faults: dict[str, list[str]] = {}
    seen: dict[str, object] = {}
    for item in error.errors():
        name = str(item["loc"][0]) if item["loc"] else "settings"
        name = name if name.isprintable() else repr(name)
        message = item["msg"][:1].lower() + item["msg"][1:]
        if item["type"] == "extra_forbidden":
            message = f"there is no such option{_closest(name)}"
        faults.setdefault(name, []).append(message)
        seen[name] = "***" if name in _SECRET else item["input"]
    return "; ".join(
        f"{name}: {' or '.join(messages)} (seen: {seen[name]!r})"
        for name, messages in faults.items()
    )


# A proxy's address may hold a password.
_SECRET = ("proxy", "http_credentials", "proxy_credentials")


def _closest(name: str) -> str:
    close = get_close_matches(name, Settings.model_fields, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
