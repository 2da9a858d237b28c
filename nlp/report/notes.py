"""Notes in plain words: how to read each figure, and when not to trust the result."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.record import Account
from nlp.report.content import ReportContent
from nlp.report.templating import percent
from nlp.topics.model import NO_TOPIC
from nlp.topics.quality import Quality

FEW_DOCUMENTS = 100
MANY_OUTLIERS = 0.25
MANY_DROPPED = 0.10
UNSTABLE = 0.5
SMALL_TOPIC = 5

_COHERENCE = (
    "Do a topic's leading words occur in the same documents? 1 is always, 0 is as often as by "
    "chance, -1 is never. Short texts give lower values than long ones."
)
_COMPANY = (
    "As NPMI, but it compares the words that each leading word occurs with, in windows of 110 "
    "words where their order is known: 1 is the same words, 0 none."
)
_RARITY = (
    "How likely a leading word is in a document that has one ranked above it: 0 is always, the "
    "lower the rarer."
)
_DIVERSITY = (
    "How many of the leading words belong to one topic only. 1 means that no two topics share a "
    "leading word; low values mean that topics repeat each other."
)
_STABILITY = (
    "Do the same topics come back when the model is fitted again with another seed? 1 means "
    "always; below 0.5 read single topics with caution."
)
_NMI = "Agreement with the labels given: 1 is perfect, 0 is none. It favours many topics."
_AMI = "Agreement with the labels given, corrected for chance: 1 is perfect, 0 is chance."
_ARI = "Agreement with the labels given, pair by pair, corrected for chance: 1 is perfect."
_PURITY = (
    "Share of documents whose label is the most frequent one of their topic. 1 is perfect; it "
    "favours many topics."
)


@dataclass(frozen=True)
class Figure:
    """A quality figure of the whole result and how to read it."""

    name: str
    value: float
    reading: str


def figures(quality: Quality) -> list[Figure]:
    """The quality figures of the whole result that are known, each with a sentence."""
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
    """Why this result should not be trusted blindly, in plain words; the run's own come first."""
    found = list(content.record.warnings)
    n_documents = len(content.documents)
    if n_documents < FEW_DOCUMENTS:
        found.append(
            f"Only {n_documents} documents were analysed. Below about {FEW_DOCUMENTS}, topics are "
            "easily chance; take them as a reading aid, not as a finding."
        )
    outliers = float((content.documents["topic_id"] == NO_TOPIC).mean()) if n_documents else 0.0
    if outliers > MANY_OUTLIERS:
        found.append(
            f"{percent(outliers)} of the documents fit no topic. What the topics say does not hold "
            "for them; look at some in the table of documents."
        )
    found += _dropped(content.record.account) + _unstable(content.record.quality) + _tiny(content)
    return list(dict.fromkeys(found))


def _dropped(account: Account) -> list[str]:
    if not account.records_in or account.n_dropped / account.records_in <= MANY_DROPPED:
        return []
    sentence = (
        f"{percent(account.n_dropped / account.records_in)} of the records were dropped before "
        "the analysis. The reasons are listed under “How this was made”."
    )
    return [sentence]


def _unstable(quality: Quality) -> list[str]:
    if quality.stability is None or quality.stability >= UNSTABLE:
        return []
    sentence = (
        f"The topics are unstable (stability {quality.stability:.2f}): fitted again with another "
        "seed, many come out differently. Trust the broad picture more than any single topic."
    )
    return [sentence]


def _tiny(content: ReportContent) -> list[str]:
    topics = content.topics[content.topics["topic_id"] != NO_TOPIC]
    tiny = int((topics["size"] < SMALL_TOPIC).sum())
    if not tiny or len(topics) < 2:
        return []
    sentence = (
        f"{tiny} of {len(topics)} topics have fewer than {SMALL_TOPIC} documents: "
        "too few to say what they are about."
    )
    return [sentence]
