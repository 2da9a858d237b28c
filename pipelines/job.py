"""A job: sources, settings, and how a run uses the earlier runs of its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlp.config import Settings, describe
from nlp.errors import InputError
from nlp.record import RunRecord

Refit = Literal["auto", "always", "never"]


class RunSettings(BaseModel):
    """How a run uses, checks and deletes the earlier runs of its name, and its page's heading."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    query: str | None = Field(
        None, min_length=1, description="SQL query of a database source; one document per row"
    )
    watermark: str | None = Field(
        None,
        min_length=1,
        description="column of the query; fetch only rows from the last run's highest value on",
    )
    follows: str = Field(
        "latest",
        min_length=1,
        description="earlier run whose topics are continued: latest, none or a folder",
    )
    refit: Refit = Field("auto", description="when to fit a new model: auto, always or never")
    min_documents_share: float | None = Field(
        None,
        ge=0,
        description="publish only with at least this share of the last run's number of documents",
    )
    min_coherence: float | None = Field(
        None, ge=-1, le=1, description="publish only with at least this mean coherence (NPMI)"
    )
    keep_runs: int | None = Field(None, ge=1, description="number of runs of one name to keep")
    keep_days: float | None = Field(None, gt=0, description="delete runs older than so many days")
    watch: str | None = Field(None, description="file of the terms and topics to warn about")
    split: Literal["language"] | None = Field(
        None, description="language: one run for each language of a mixed collection"
    )
    title: str | None = Field(
        None, min_length=1, max_length=200, description="heading of the page; else the run's name"
    )

    @classmethod
    def create(cls, **values: object) -> Self:
        """Return checked settings; raises one `InputError` that names every fault."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InputError(describe(error)) from None


@dataclass(frozen=True)
class Job:
    """The sources and the settings of one run."""

    name: str
    sources: tuple[str, ...]
    settings: Settings
    upkeep: RunSettings = field(default_factory=RunSettings)
    repeats: RunRecord | None = None
    """The record of the earlier run to repeat exactly, or None."""
    part: str | None = None
    """The language whose documents alone are analysed; None for all documents."""

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.upkeep.title or self.name
