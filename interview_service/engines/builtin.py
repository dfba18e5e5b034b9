"""The engine that needs no model: deterministic plans and assessments, offline.

A plan gives each skill its topics and questions, in sections timed by level. An assessment looks
for the skills in what the candidate says and quotes it for each score; its scores are a draft for
people to judge. Rule of the recommendation: STRONG_HIRE from 80, HIRE from 60, NO_HIRE from 30 or
where nothing could be scored, else STRONG_NO_HIRE.
"""

import re

from interview_service.domain.assessment import AssessmentResult, Evidence, Recommendation
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure, Question, Section
from interview_service.domain.transcript import CANDIDATE, Transcript
from interview_service.engines.base import Draft, Provenance

_MINUTES = {
    Level.JUNIOR: (35, 5, 5),
    Level.MID: (40, 10, 10),
    Level.SENIOR: (40, 15, 5),
    Level.LEAD: (30, 20, 10),
    Level.PRINCIPAL: (25, 25, 10),
}
_MOST_TOPICS = 12
_REASONS = re.compile(r"\b(because|so that|therefore|trade-?off|instead|since|which)\b", re.I)
_FACTS = re.compile(r"\d|\b(I|we) (built|led|wrote|moved|designed|measured|split|made)\b", re.I)


class BuiltinEngine:
    """Drafts plans and assessments by rules alone."""

    def plan(self, brief: Brief, feedback: str | None = None) -> Draft[PlanStructure]:
        """Draft a plan from the skills and the level."""
        technical, design, culture = _MINUTES[brief.level]
        skills = brief.skills[:_MOST_TOPICS] or (brief.position,)
        topics = tuple(f"{skill[:90]} in practice" for skill in skills)
        questions = tuple(
            Question(
                f"Tell me about something you built with {skill[:90]}. What was hard about it?",
                ("A concrete example", "Reasons for the choices made", "What came of it"),
            )
            for skill in skills[:5]
        )
        sections = [
            Section("Technical Assessment", technical, topics, questions),
            Section("System Design", design, ("Scalability", "Database modeling")),
            Section("Cultural Fit", culture, ("Team collaboration", "Problem-solving approach")),
        ]
        if feedback and feedback.strip():
            asked = f"Asked for: {feedback.strip()[:900]}"
            first = sections[0]
            sections[0] = Section(
                first.name, first.duration, (*first.topics, asked), first.questions
            )
        structure = PlanStructure(technical + design + culture, tuple(sections))
        return Draft(structure, Provenance("builtin"))

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: str | None = None,
    ) -> Draft[AssessmentResult]:
        """Draft an assessment from what the candidate says of each skill."""
        scores: dict[str, int] = {}
        evidence: list[Evidence] = []
        for skill in brief.skills:
            found = _best(skill, transcript)
            name = re.sub(r"\W+", "_", skill.casefold()).strip("_") or "skill"
            if found is None or name in scores:
                continue
            score, number, quote = found
            scores[name] = score
            evidence.append(Evidence(name, quote, number))
        covered = len(scores) / len(brief.skills) if brief.skills else 0.0
        average = sum(scores.values()) / len(scores) if scores else 0.0
        overall = round(average * 20 * (0.5 + 0.5 * covered))
        result = AssessmentResult(
            overall,
            _recommendation(overall, bool(scores)),
            _summary(scores, brief, feedback),
            {"technical": scores} if scores else {},
            tuple(evidence),
        )
        return Draft(result, Provenance("builtin"))


def _best(skill: str, transcript: Transcript) -> tuple[int, int, str] | None:
    """Return (score, turn, quote) of the candidate's best words about a skill."""
    wanted = re.compile(rf"(?<!\w){re.escape(skill)}(?!\w)", re.IGNORECASE)
    best: tuple[int, int, str] | None = None
    for number, turn in enumerate(transcript.turns):
        if not turn.speaker.startswith(CANDIDATE) or not wanted.search(turn.text):
            continue
        score = 1 + (len(turn.text) > 120) + bool(_REASONS.search(turn.text))
        score += bool(_FACTS.search(turn.text)) + (len(_FACTS.findall(turn.text)) > 2)
        if best is None or score > best[0]:
            best = (min(score, 5), number, turn.text[:300])
    return best


def _recommendation(overall: int, scored: bool) -> Recommendation:
    if overall >= 80:
        return Recommendation.STRONG_HIRE
    if overall >= 60:
        return Recommendation.HIRE
    if overall >= 30 or not scored:
        return Recommendation.NO_HIRE
    return Recommendation.STRONG_NO_HIRE


def _summary(scores: dict[str, int], brief: Brief, feedback: str | None) -> str:
    if not scores:
        text = "The transcript does not hold enough about the skills to judge: people must decide."
    else:
        covered = ", ".join(f"{name.replace('_', ' ')} ({score})" for name, score in scores.items())
        text = (
            f"Covered with evidence: {covered[:3000]}. {len(scores)} of {len(brief.skills)} skills."
        )
    if feedback and feedback.strip():
        text += f" Looked at again after this was said of the draft before: {feedback[:500]}"
    return text + " This is a draft for people to judge."
