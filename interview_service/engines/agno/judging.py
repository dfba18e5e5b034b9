"""What is wrong with a model's answer, and what an assessment makes of a sound one.

The rules are the domain's; here they are put to an answer, so that it can be asked for again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from interview_service.domain import fairness
from interview_service.domain.assessment import (
    AssessmentDraft,
    Binder,
    CoverageStatus,
    Evidence,
    ModelDraft,
    Recommendation,
    criteria_of,
)
from interview_service.domain.plan import PlanStructure
from interview_service.domain.privacy import contacts_in
from interview_service.domain.transcript import CANDIDATE, Transcript
from interview_service.engines.builtin.findings import summary_of
from interview_service.transcripts.anonymity import AnonymisedTranscript, Replacement

CRITERIA = range(3, 8)
"""How many criteria a kit probes, as structured interviewing has it."""

RATINGS = ("1", "3", "5")
_FOLLOW_UPS = range(1, 3)


def plan_faults(plan: PlanStructure) -> list[str]:
    """Say in words what is wrong with a model's plan; an empty list means that it is sound."""
    faults = plan.faults()
    keys = [criterion.key for criterion in plan.criteria]
    if len(keys) not in CRITERIA:
        faults.append(f"a plan has {CRITERIA[0]} to {CRITERIA[-1]} criteria, not {len(keys)}")
    if len(set(keys)) != len(keys):
        faults.append("two criteria have one key")
    for criterion in plan.criteria:
        if not (criterion.key and criterion.group and criterion.name.strip()):
            faults.append(f"the criterion {criterion.key!r} needs a key, a group and a name")
        if any(not criterion.anchors.get(rating, "").strip() for rating in RATINGS):
            faults.append(f"the criterion {criterion.key!r} needs anchors for 1, 3 and 5")
    questions = [question for section in plan.sections for question in section.questions]
    for question in questions:
        if question.criterion not in keys:
            faults.append(f"a question names {question.criterion!r}, which is no criterion")
        if len(question.follow_ups) not in _FOLLOW_UPS:
            faults.append("each question needs one or two follow-ups")
    asked_about = {question.criterion for question in questions}
    faults += [f"no question probes {key!r}" for key in keys if key not in asked_about]
    if not plan.opening or not plan.closing:
        faults.append("a plan needs an opening and a closing")
    faults += [
        f"{where} is about {finding.matter.said}, which is never asked"
        for where, finding in fairness.plan_findings(plan)
    ]
    return list(dict.fromkeys(faults))


def words_of_plan(plan: PlanStructure) -> list[str]:
    """Return a model's own words that may stand in the faults of its plan."""
    questions = [question for section in plan.sections for question in section.questions]
    return [
        *(section.name.casefold() for section in plan.sections),
        *(criterion.key for criterion in plan.criteria),
        *(question.criterion for question in questions if question.criterion),
    ]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """An assessment as a model gives it.

    :param scores: criterion to score.
    :param evidence: quotes of the transcript that the model was given.
    """

    overall_score: int
    recommendation: Recommendation
    summary: str
    scores: Mapping[str, int]
    evidence: tuple[Evidence, ...]

    def words(self) -> list[str]:
        """Return the model's own words that may stand in the faults of its answer."""
        return [*self.scores, *(item.criterion for item in self.evidence)]


class Assessor:
    """Judges a model's answers about one interview.

    :param transcript: as the engine was given it.
    :param binder: the evidence that was found without the model.
    """

    def __init__(self, plan: PlanStructure, transcript: Transcript, binder: Binder) -> None:
        self._plan = plan
        self._binder = binder
        self._groups = {each.key: each.group for each in criteria_of(plan)}
        self._masked = without_contacts(transcript)

    @property
    def shown(self) -> Transcript:
        """The transcript as the model sees it."""
        return self._masked.transcript

    def faults(self, answer: ModelAnswer) -> list[str]:
        """Say in words what is wrong with an answer; an empty list means that it is sound."""
        faults = [
            f"{criterion!r} is no criterion of the plan"
            for criterion in dict.fromkeys(answer.words())
            if criterion not in self._groups
        ]
        for item in answer.evidence:
            faults += item.faults(self.shown)
        quoted = {item.criterion for item in answer.evidence}
        faults += [
            f"{criterion!r} has a score but no quote"
            for criterion in answer.scores
            if criterion not in quoted  # the binder's quotes are not the model's reasons
        ]
        faults += [
            f"the summary speaks of {finding.matter.said}, which may not count"
            for finding in fairness.find(answer.summary, kind=fairness.Source.WISH)
        ]
        if not faults:
            faults = self.draft_of(answer).faults(self._plan, self._masked.original)
        return faults

    def draft_of(self, answer: ModelAnswer) -> AssessmentDraft:
        """Return the binder with the quotes of an answer added, and the model's draft beside it.

        Each quote of the answer must stand in the transcript that the model was given.
        """
        quotes = [
            replace(item, quote=self._masked.original_quote(item.turn, item.quote))
            for item in answer.evidence
        ]
        new = [
            item
            for item in dict.fromkeys(quotes)
            if not any(_is_part(item, known) for known in self._binder.evidence)
        ]
        answered = {item.criterion for item in quotes if self._is_candidates(item.turn)}
        coverage = tuple(
            replace(each, status=CoverageStatus.ANSWERED, follow_up=None)
            if each.criterion in answered
            else replace(each, status=CoverageStatus.UNCLEAR)
            if any(item.criterion == each.criterion for item in new)
            and each.status is not CoverageStatus.ANSWERED
            else each
            for each in self._binder.coverage
        )
        evidence = sorted((*self._binder.evidence, *new), key=lambda item: item.turn)
        binder = replace(
            self._binder,
            coverage=coverage,
            evidence=tuple(evidence),
            summary=summary_of(coverage),
        )
        scores: dict[str, dict[str, int]] = {}
        for criterion, score in answer.scores.items():
            scores.setdefault(self._groups[criterion], {})[criterion] = score
        return AssessmentDraft(
            binder,
            ModelDraft(answer.overall_score, answer.recommendation, answer.summary, scores),
        )

    def _is_candidates(self, turn: int) -> bool:
        return self.shown.turns[turn].speaker.startswith(CANDIDATE)


def _is_part(item: Evidence, known: Evidence) -> bool:
    """Tell whether a quote stands within one that is kept already."""
    return (item.criterion, item.turn) == (known.criterion, known.turn) and (
        item.quote in known.quote
    )


def without_contacts(transcript: Transcript) -> AnonymisedTranscript:
    """Return a transcript without phone numbers, links and the like, and the way back."""
    replacements = tuple(
        tuple(Replacement(each.start, each.end, each.mask) for each in contacts_in(turn.text))
        for turn in transcript.turns
    )
    return AnonymisedTranscript(
        Transcript(
            tuple(
                replace(turn, text=_replaced(turn.text, own))
                for turn, own in zip(transcript.turns, replacements, strict=True)
            )
        ),
        transcript,
        replacements,
    )


def _replaced(text: str, replacements: tuple[Replacement, ...]) -> str:
    parts = []
    done = 0
    for item in replacements:
        parts += [text[done : item.start], item.text]
        done = item.end
    return "".join((*parts, text[done:]))
