"""Engines for tests: they answer as told, and record what they were given."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from interview_service.domain.assessment import AssessmentResult, Evidence, Recommendation
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure, Question, Section
from interview_service.domain.transcript import Transcript
from interview_service.engines.base import Draft, EngineError, Provenance

PATIENCE_SECONDS = 60
GENERATED_BY = Provenance("test", "model", attempts=1, duration_ms=3)


@dataclass(frozen=True)
class Asked:
    """What an engine was given."""

    brief: Brief
    feedback: tuple[str, ...]
    plan: PlanStructure | None = None
    transcript: Transcript | None = None


def plan_of(brief: Brief, feedback: Sequence[str]) -> PlanStructure:
    """Return a sound plan that tells by its text what it was made from."""
    topics = (*brief.skills, *(f"As asked: {wish}" for wish in feedback))
    return PlanStructure(
        45,
        (
            Section("Talk", 30, topics, (Question(f"Why {brief.position}?", ("Reasons",)),)),
            Section("Close", 15, ("Next steps",)),
        ),
    )


def assessment_of(transcript: Transcript, feedback: Sequence[str]) -> AssessmentResult:
    """Return a sound assessment that quotes the transcript's last turn."""
    last = len(transcript.turns) - 1
    return AssessmentResult(
        overall_score=70,
        recommendation=Recommendation.HIRE,
        summary=f"Sound. {' '.join(feedback)}".strip(),
        scores={"skills": {"Depth": 4}},
        evidence=(Evidence("Depth", transcript.turns[last].text, last),),
    )


@dataclass
class GoodEngine:
    """Answers soundly, at once."""

    asked: list[Asked] = field(default_factory=list)

    @property
    def positions(self) -> Counter[str]:
        """How often each position was planned for: one position an interview counts its calls."""
        return Counter(each.brief.position for each in self.asked if each.plan is None)

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        self.asked.append(Asked(brief, tuple(feedback)))
        return Draft(plan_of(brief, feedback), GENERATED_BY)

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentResult]:
        self.asked.append(Asked(brief, tuple(feedback), plan, transcript))
        return Draft(assessment_of(transcript, feedback), GENERATED_BY)


class FailingEngine(GoodEngine):
    """Fails a number of times, then answers soundly."""

    def __init__(self, times: int, error: Exception | None = None) -> None:
        super().__init__()
        self.left = times
        self.error = error or EngineError("The model is busy")

    def _fail(self) -> None:
        if self.left:
            self.left -= 1
            raise self.error

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        draft = super().plan(brief, feedback)
        self._fail()
        return draft

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentResult]:
        draft = super().assess(brief, plan, transcript, feedback)
        self._fail()
        return draft


class GarbageEngine(GoodEngine):
    """Answers with what breaks the rules, for ever: sums that are wrong, quotes never spoken."""

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        super().plan(brief, feedback)
        return Draft(PlanStructure(60, (Section("Talk", 5, ("Work",)),)), GENERATED_BY)

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentResult]:
        super().assess(brief, plan, transcript, feedback)
        invented = Evidence("Depth", "words that nobody said", 0)
        result = AssessmentResult(
            90, Recommendation.STRONG_HIRE, "Fine.", {"skills": {"Depth": 5}}, (invented,)
        )
        return Draft(result, GENERATED_BY)


class MeddledEngine(GoodEngine):
    """Something happens while it thinks, the first time or each time."""

    def __init__(self, meanwhile: Callable[[], object], *, always: bool = False) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] | None = meanwhile
        self.always = always

    def _meddle(self) -> None:
        meanwhile = self.meanwhile
        if not self.always:
            self.meanwhile = None
        if meanwhile is not None:
            meanwhile()

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        draft = super().plan(brief, feedback)
        self._meddle()
        return draft

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentResult]:
        draft = super().assess(brief, plan, transcript, feedback)
        self._meddle()
        return draft


class BlockingEngine(GoodEngine):
    """Thinks until it is released; `thinking` tells that it has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.thinking = threading.Event()
        self.released = threading.Event()

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        draft = super().plan(brief, feedback)
        self.thinking.set()
        assert self.released.wait(PATIENCE_SECONDS), "never released"
        return draft
