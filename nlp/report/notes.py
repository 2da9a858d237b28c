"""Explanations of the quality figures, and warnings about results that need care."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.record import Account
from nlp.report.content import ReportContent
from nlp.report.templating import percent
from nlp.topics.model import NO_TOPIC
from nlp.topics.quality import Quality

# When the page warns. Not measured: a warning costs the reader one line, so these are cautious.
# With fewer documents, a topic of one percent has no more than a document.
FEW_DOCUMENTS = 100
# A quarter of the documents is more than most single topics have.
MANY_OUTLIERS = 0.25
# Stricter than for outliers: many dropped records often mean a fault in the source.
MANY_DROPPED = 0.10
# Halfway from chance to equal topics: below, two fits differ in more than they share.
UNSTABLE = 0.5
# As many documents as a new topic needs between two fits (`nlp.tracking.new_topics`).
SMALL_TOPIC = 5

_COHERENCE = (
    "Do a topic's leading words occur together? 1 means always, 0 means as often as by chance, "
    "-1 means never. Short texts give lower values than long texts."
)
_COMPANY = (
    "Do a topic's leading words occur with the same other words, in windows of 110 words? 1 means "
    "with the same words, 0 means with different words."
)
_RARITY = (
    "How likely is a leading word in a document that contains a leading word ranked above it? 0 "
    "means always; lower values mean more rarely."
)
_DIVERSITY = (
    "How many of the leading words belong to only one topic? 1 means that no two topics share a "
    "leading word; low values mean that topics repeat each other."
)
_STABILITY = (
    "Does a fit with another seed find the same topics? 1 means always; below 0.5, read single "
    "topics with caution."
)
_NMI = (
    "Agreement with the known labels: 1 means perfect, 0 means none. The value rises with the "
    "number of topics."
)
_AMI = "Agreement with the known labels, corrected for chance: 1 means perfect, 0 means chance."
_ARI = (
    "Agreement with the known labels over pairs of documents, corrected for chance: 1 means "
    "perfect, 0 means chance."
)
_PURITY = (
    "Share of documents that have the most frequent label of their topic. 1 means perfect. The "
    "value rises with the number of topics."
)


@dataclass(frozen=True)
class Figure:
    """A quality figure of the whole result, and a sentence that explains it."""

    name: str
    value: float
    reading: str


def figures(quality: Quality) -> list[Figure]:
    """Return the known quality figures of the whole result, each with its explanation."""
    found = [
        Figure("Coherence (mean NPMI)", quality.mean_npmi, _COHERENCE),
        Figure("Coherence (mean c_v)", quality.mean_c_v, _COMPANY),
        Figure("Coherence (mean u_mass)", quality.mean_u_mass, _RARITY),
        Figure("Diversity", quality.diversity, _DIVERSITY),
    ]
    if quality.agreement is not None:
        found += [
            Figure("Agreement: NMI", quality.agreement.nmi, _NMI),
            Figure("Agreement: AMI", quality.agreement.ami, _AMI),
            Figure("Agreement: ARI", quality.agreement.ari, _ARI),
            Figure("Agreement: Purity", quality.agreement.purity, _PURITY),
        ]
    if quality.stability is not None:
        found.append(Figure("Stability", quality.stability, _STABILITY))
    return found


def warnings(content: ReportContent) -> list[str]:
    """Return the reasons to read this result with care; the warnings of the run come first."""
    found = list(content.record.warnings)
    n_documents = len(content.documents)
    if n_documents < FEW_DOCUMENTS:
        found.append(
            f"Only {n_documents} documents were analysed. With fewer than about {FEW_DOCUMENTS}, "
            "topics may be due to chance: use them as a reading aid, not as a finding."
        )
    outliers = float((content.documents["topic_id"] == NO_TOPIC).mean()) if n_documents else 0.0
    if outliers > MANY_OUTLIERS:
        found.append(
            f"{percent(outliers)} of the documents fit no topic. The topics do not describe these "
            "documents; read some of them in the table of documents."
        )
    found += _dropped(content.record.account) + _unstable(content.record.quality) + _tiny(content)
    return list(dict.fromkeys(found))


def _dropped(account: Account) -> list[str]:
    if not account.records_in or account.n_dropped / account.records_in <= MANY_DROPPED:
        return []
    sentence = (
        f"{percent(account.n_dropped / account.records_in)} of the records were dropped before "
        "the analysis. The section “How this was made” lists the reasons."
    )
    return [sentence]


def _unstable(quality: Quality) -> list[str]:
    if quality.stability is None or quality.stability >= UNSTABLE:
        return []
    sentence = (
        f"The topics are unstable (stability {quality.stability:.2f}): a fit with another seed "
        "finds many different topics. Trust the overall picture more than any single topic."
    )
    return [sentence]


def _tiny(content: ReportContent) -> list[str]:
    topics = content.topics[content.topics["topic_id"] != NO_TOPIC]
    tiny = int((topics["size"] < SMALL_TOPIC).sum())
    if not tiny or len(topics) < 2:
        return []
    sentence = (
        f"{tiny} of {len(topics)} topics have fewer than {SMALL_TOPIC} documents: "
        "too few to know their subject."
    )
    return [sentence]
