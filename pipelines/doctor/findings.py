"""Findings about a machine, as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from textwrap import fill
from typing import Literal

from nlp.errors import InputError, StorageError

# Columns of the text: fits a terminal and a ticket; and of a label: fits the longest subject.
_WIDTH = 100
_LABEL = 20
_SIGNS = {"ok": "ok", "note": "note", "fault": "FAULT"}


@dataclass(frozen=True)
class Finding:
    """The outcome of one check."""

    subject: str
    state: Literal["ok", "note", "fault"]
    message: str
    fix: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """All findings."""

    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0 only if a job can run."""
        faults = [finding for finding in self.findings if finding.state == "fault"]
        if not faults:
            return 0
        settings = any(finding.subject == "settings" for finding in faults)
        return InputError.exit_code if settings else StorageError.exit_code

    def as_json(self) -> str:
        """The findings and the verdict as JSON."""
        findings = [asdict(finding) for finding in self.findings]
        return json.dumps({"ready": not self.exit_code, "findings": findings}, indent=2)

    def as_text(self) -> str:
        """The findings as lines of text, each with its fix."""
        lines: list[str] = []
        for finding in self.findings:
            head = f"{_SIGNS[finding.state]:<6}{finding.subject:<{_LABEL - 6}}"
            lines.append(_paragraph(head, finding.message))
            if finding.fix:
                lines.append(_paragraph(" " * _LABEL, f"-> {finding.fix}"))
        verdict = "A job can run." if not self.exit_code else "A job cannot run: see FAULT above."
        return "\n".join([*lines, "", verdict])


def _paragraph(head: str, text: str) -> str:
    return fill(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * _LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )
