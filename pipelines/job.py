"""What is to be done: sources, settings, and how a run deals with the runs before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlp.config import Settings, describe
from nlp.errors import InputError
from nlp.record import RunRecord

Refit = Literal["auto", "always", "never"]


class RunSettings(BaseModel):
    """How a run deals with the runs of its name before it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    query: str | None = Field(
        None, min_length=1, description="SQL that gives a row for each document; for a database"
    )
    watermark: str | None = Field(
        None, min_length=1, description="column of the query; only rows from its last value on"
    )
    follows: str = Field(
        "latest", min_length=1, description="the run whose topics go on: latest, none or a folder"
    )
    refit: Refit = Field("auto", description="fit the model anew: auto, always or never")
    min_documents_share: float | None = Field(
        None, ge=0, description="publish only with this share of the last run's documents"
    )
    min_coherence: float | None = Field(
        None, ge=-1, le=1, description="publish only with this mean coherence (NPMI)"
    )
    keep_runs: int | None = Field(None, ge=1, description="runs kept of one name")
    keep_days: float | None = Field(None, gt=0, description="days a run is kept")
    watch: str | None = Field(None, description="file of the terms and topics to be warned about")

    @classmethod
    def create(cls, **values: object) -> Self:
        """Settings from loose values; one `InputError` names every fault."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InputError(describe(error)) from None


@dataclass(frozen=True)
class Job:
    """What is to be done: the sources and the settings."""

    name: str
    sources: tuple[str, ...]
    settings: Settings
    upkeep: RunSettings = field(default_factory=RunSettings)
    repeats: RunRecord | None = None
    """The record of the run that is to be repeated exactly, if one is."""
