"""What a kit says of itself: what was left out, added, or not understood, and why."""

import re
from collections.abc import Sequence

from interview_service.domain.fairness import Finding, Source, find
from interview_service.engines.builtin.asked import LANGUAGE_CHECK, Asked, Kind, not_yet
from interview_service.engines.builtin.languages import ENGLISH
from interview_service.engines.builtin.phrases import listed, uncapitalised
from interview_service.engines.builtin.subjects import Subject

_WAIVED = re.compile(
    r"\b(?:not|no longer) (?:required|needed|necessary|essential|expected)\b|\bno need to\b",
    re.IGNORECASE,
)
"""What says that something is not asked for: `Native German not required`."""
_AGE = "age"
_OF_OTHERS = re.compile(
    r"^(?!.*\b(?:candidates?|applicants?|you are|aged|bewerber)\b).*(?:\b(?:children|young people"
    r"|pupils|students"
    r"|patients|residents|youngsters|kinder\w*|jugendliche\w*|enfants|eleves|élèves|niños"
    r"|alumnos)\b"
    r"|\b[1-9] (?:years?|jahre|ans|años)\b)",
    re.IGNORECASE,
)
"""A sentence that says how old those are whom one works for, or a paper."""
_LONGEST_SAID = 120  # characters of the client's words in a note
MOST_NAMED = 12


def fair_only(asked: Sequence[Asked]) -> tuple[list[Asked], list[str]]:
    """Return what may be asked for, and a note on each thing that may not."""
    kept: list[Asked] = []
    notes: list[str] = []
    for each in asked:
        finding = next(iter(find(each.said, kind=Source.BRIEF)), None)
        if finding is None or each.kind is Kind.TERMS:
            kept.append(each)
        else:
            if each.kind is Kind.CHECK and each.phrase.endswith(LANGUAGE_CHECK):
                kept.append(each)
                notes.append(
                    f"“{_clipped(each.said)}” was read as fluent: what counts is how well somebody "
                    "speaks, not where they come from."
                )
                continue
            notes.append(
                f"Left out: “{_clipped(each.said)}”. Candidates are not asked about "
                f"{finding.matter.said}."
            )
    return kept, notes


def advert_notes(description: str | None) -> list[str]:
    found: dict[str, Finding] = {}
    for finding in find(description or "", kind=Source.BRIEF):
        if _WAIVED.search(finding.sentence) or (
            finding.matter.said == _AGE and _OF_OTHERS.search(finding.sentence)
        ):
            continue
        found.setdefault(finding.matter.said, finding)
    return [
        f"The job description speaks of {said} (“{_clipped(finding.sentence)}”); candidates are "
        "not asked about it."
        for said, finding in list(found.items())[:3]
    ]


def language_notes(language: str) -> list[str]:
    if language == ENGLISH:
        return []
    return [
        f"The job description is in {language}. Only the kind of work, known skills, licences and "
        "degrees are read in it; check that the questions cover its duties."
    ]


def skill_notes(asked: Sequence[Asked]) -> list[str]:
    unread = [f"“{_clipped(each.said)}”" for each in asked if each.kind is Kind.UNREADABLE]
    foreign = [f"“{_clipped(each.said)}”" for each in asked if each.kind is Kind.FOREIGN]
    terms = [f"Not a question: {each.phrase}" for each in asked if each.kind is Kind.TERMS]
    notes = []
    if unread:
        notes.append(f"Left out: {listed(unread[:MOST_NAMED])}. This is no skill to ask about.")
    if foreign:
        notes.append(
            f"Not translated, and so not asked about: {listed(foreign[:MOST_NAMED])}. "
            "Add questions of your own."
        )
    return notes + terms


def later_notes(said: Sequence[str]) -> list[str]:
    """Return a note on each qualification that one may still be working towards."""
    return [f"Not a question: {not_yet(_clipped(each))}" for each in said]


def unsound_notes(subjects: Sequence[Subject]) -> list[str]:
    names = [f"“{_clipped(label)}”" for each in subjects for label in each.labels]
    if not names:
        return []
    return [
        f"Left out: {listed(names[:MOST_NAMED])}. No sound question came of it; ask it your way."
    ]


def offer_notes(offered: Sequence[str]) -> list[str]:
    if not offered:
        return []
    named = [f"“{_clipped(each)}”" for each in offered[:MOST_NAMED]]
    return [f"Left out: {listed(named)}. It says what you offer, and not what the job asks for."]


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SAID else text[: _LONGEST_SAID - 1].rstrip() + "…"


def left_note(subjects: Sequence[Subject]) -> list[str]:
    names = list(
        dict.fromkeys(
            label for each in subjects for label in each.labels or (uncapitalised(each.topic.name),)
        )
    )
    if not names:
        return []
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    said = f"{', '.join(names[:MOST_NAMED])}{more}" if more else listed(names)
    return [f"Left for another interview, for lack of time: {said}."]


def fewer_note(subjects: Sequence[Subject]) -> list[str]:
    """Return a note on subjects with fewer questions than before."""
    names = [uncapitalised(each.topic.name) for each in subjects]
    return [f"There are fewer questions than before on {listed(names)}."] if names else []


def added_note(subjects: Sequence[Subject]) -> list[str]:
    if not subjects:
        return []
    names = [uncapitalised(each.topic.name) for each in subjects]
    return [f"Added because this kind of work usually calls for it: {'; '.join(names)}."]
