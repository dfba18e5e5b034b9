"""What was found about each criterion, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from interview_service.domain.assessment import MAX_SUMMARY, Coverage, CoverageStatus
from interview_service.domain.plan import Question
from interview_service.engines.builtin.matching import Profile
from interview_service.engines.builtin.passages import Span
from interview_service.engines.builtin.reading import Reading
from interview_service.engines.builtin.replying import Said

_NO_ANSWER = 2  # words that are quoted only where nothing longer answers
_LESS_LIKELY = 0.2  # by how much a passage may be less likely than the likeliest
_LEAST_SUBSTANCE = 3  # times that the most telling turn may say what another says
MOST_QUOTES = 4  # of a criterion


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of the candidate that may answer a criterion.

    :param likelihood: that the question before them was about it.
    :param substance: how many different words say something that the question has not; None where
        that does not matter.
    """

    said: Said
    span: Span | None
    weight: float
    likelihood: float = 1.0
    substance: int | None = None


@dataclass(slots=True)
class Finding:
    """What was found about a criterion.

    :param asked: questions of the plan that were put; None stands for one in other words.
    :param passages: those that answer it, by turn; `asides`, those that tell of it in answer to
        something else, which count where nothing answers it.
    """

    is_asked: bool = False
    is_perhaps_asked: bool = False
    asked: list[Question | None] = field(default_factory=list)
    passages: dict[int, Passage] = field(default_factory=dict)
    asides: dict[int, Passage] = field(default_factory=dict)
    most_quotes: int = MOST_QUOTES

    def add(self, passage: Passage) -> None:
        """Keep a passage that answers it, the heavier one of a turn."""
        _keep(self.passages, passage)

    def add_aside(self, passage: Passage) -> None:
        """Keep a passage that tells of it, the heavier one of a turn."""
        _keep(self.asides, passage)


def _keep(kept: dict[int, Passage], passage: Passage) -> None:
    present = kept.get(passage.said.turn)
    if present is None or present.weight < passage.weight:
        kept[passage.said.turn] = passage


def quoted(finding: Finding) -> dict[int, Passage]:
    """Return the passages to quote, those that say most where there are too many."""
    passages = finding.passages or finding.asides
    likeliest = max((each.likelihood for each in passages.values()), default=0.0)
    passages = {
        turn: each for turn, each in passages.items() if each.likelihood >= likeliest - _LESS_LIKELY
    }
    if any(len(each.said.words) > _NO_ANSWER for each in passages.values()):
        passages = {
            turn: each for turn, each in passages.items() if len(each.said.words) > _NO_ANSWER
        }
    most = max((each.substance or 0 for each in passages.values()), default=0)
    passages = {
        turn: each
        for turn, each in passages.items()
        if each.substance is None or _LEAST_SUBSTANCE * each.substance >= most
    }
    heaviest = sorted(passages, key=lambda turn: (-passages[turn].weight, turn))[
        : finding.most_quotes
    ]
    return {turn: passages[turn] for turn in sorted(heaviest)}


def coverage_of(profile: Profile, finding: Finding, reading: Reading) -> Coverage:
    status = _status(finding, reading)
    follow_up = None if status is CoverageStatus.ANSWERED else _next_question(profile, finding)
    return Coverage(profile.criterion.key, profile.criterion.name, status, follow_up)


def _status(finding: Finding, reading: Reading) -> CoverageStatus:
    if finding.passages or finding.asides:
        return CoverageStatus.ANSWERED
    if finding.is_asked:
        return CoverageStatus.ASKED_NOT_ANSWERED
    if finding.is_perhaps_asked or not reading.is_whole:
        return CoverageStatus.UNCLEAR
    return CoverageStatus.NOT_ASKED


def _next_question(profile: Profile, finding: Finding) -> str | None:
    """Return a question of the plan that was not put; where all were, a follow-up of theirs."""
    put = [question for question in finding.asked if question is not None]
    unasked = [question for question in profile.questions if question not in put]
    if unasked:
        return unasked[0].text
    follow_ups = (text for question in put for text in question.follow_ups)
    return next(follow_ups, profile.questions[0].text if profile.questions else None)


def summary_of(coverage: Sequence[Coverage]) -> str:
    """Say in plain words how many criteria were covered, and which were not."""
    answered = sum(each.status is CoverageStatus.ANSWERED for each in coverage)
    sentences = [
        f"The candidate answered on {answered} of {len(coverage)} "
        f"{'criterion' if len(coverage) == 1 else 'criteria'}."
    ]
    for status, said in (
        (CoverageStatus.ASKED_NOT_ANSWERED, "Asked but not answered"),
        (CoverageStatus.NOT_ASKED, "Not asked"),
        (CoverageStatus.UNCLEAR, "Unclear from the transcript"),
    ):
        names = [each.name for each in coverage if each.status is status]
        if names:
            sentences.append(f"{said}: {', '.join(names[:_MOST_NAMED])}{_more(names)}.")
    return " ".join(sentences)[:MAX_SUMMARY]


_MOST_NAMED = 12


def _more(names: Sequence[str]) -> str:
    return f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
