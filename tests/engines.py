"""Engines for tests: they answer as told, and record what they were given."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from interview_service.domain.assessment import (
    AssessmentDraft,
    Binder,
    Coverage,
    CoverageStatus,
    Evidence,
    ModelDraft,
    Recommendation,
    criteria_of,
)
from interview_service.domain.interview import Brief
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section
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


ANCHORS = {"1": "Names it", "3": "Explains it", "5": "Weighs it"}
DEPTH = Criterion("depth", "skills", "Depth", ANCHORS)


def plan_of(brief: Brief, feedback: Sequence[str]) -> PlanStructure:
    """Return a sound plan that tells by its text what it was made from."""
    topics = (*brief.skills, *(f"As asked: {wish}" for wish in feedback))
    return PlanStructure(
        45,
        (
            Section("Talk", 30, topics, (Question(f"Why {brief.position}?", ("Reasons",)),)),
            Section("Close", 15, ("Next steps",)),
        ),
        criteria=(DEPTH,),
    )


def assessment_of(
    plan: PlanStructure, transcript: Transcript, feedback: Sequence[str] = ()
) -> AssessmentDraft:
    """Return a sound draft that quotes the transcript's last turn for each criterion."""
    last = len(transcript.turns) - 1
    quote = transcript.turns[last].text
    criteria = criteria_of(plan)
    summary = " ".join(("Sound.", *feedback))
    scores: dict[str, dict[str, int]] = {}
    for each in criteria:
        scores.setdefault(each.group, {})[each.key] = 4
    binder = Binder(
        coverage=tuple(
            Coverage(each.key, each.name, CoverageStatus.ANSWERED, None) for each in criteria
        ),
        evidence=tuple(Evidence(each.key, quote, last) for each in criteria),
        summary=summary,
        notes=("Nothing was checked.",),
    )
    return AssessmentDraft(binder, ModelDraft(70, Recommendation.HIRE, summary, scores))


@dataclass
class GoodEngine:
    """Answers soundly, at once."""

    asked: list[Asked] = field(default_factory=list)

    @property
    def positions(self) -> Counter[str]:
        """How often each position was planned for: one position an interview counts its calls."""
        return Counter(each.brief.position for each in self.asked if each.plan is None)

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        self.asked.append(Asked(brief, feedback))
        return Draft(plan_of(brief, feedback), GENERATED_BY)

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentDraft]:
        self.asked.append(Asked(brief, feedback, plan, transcript))
        return Draft(assessment_of(plan, transcript, feedback), GENERATED_BY)


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
    ) -> Draft[AssessmentDraft]:
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
    ) -> Draft[AssessmentDraft]:
        draft = super().assess(brief, plan, transcript, feedback)
        invented = tuple(
            replace(item, quote="words that nobody said") for item in draft.result.binder.evidence
        )
        binder = replace(draft.result.binder, evidence=invented)
        return Draft(replace(draft.result, binder=binder), GENERATED_BY)


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
    ) -> Draft[AssessmentDraft]:
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
