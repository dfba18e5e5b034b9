"""The binder of evidence: what was asked, what was answered, and in which words.

It finds the place where a criterion is spoken of, and quotes it. Whether an answer is right or
good, it does not know, and where it cannot tell, it says so.
"""

from collections.abc import Sequence

from interview_service.domain.assessment import Binder, Evidence, criteria_of
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.domain.transcript import CANDIDATE, Transcript
from interview_service.engines.builtin.findings import (
    MOST_QUOTES,
    Finding,
    Passage,
    coverage_of,
    quoted,
    summary_of,
)
from interview_service.engines.builtin.matching import Matcher
from interview_service.engines.builtin.passages import best_span, quote_of
from interview_service.engines.builtin.reading import reading_of
from interview_service.engines.builtin.replying import Said
from interview_service.engines.builtin.rereading import Act, Requests, requests_in
from interview_service.engines.builtin.searching import Search

_LOOKED_FOR = 1.2  # weight of a passage that is shown where a person asks to look again
_AS_ASKED = 10.0  # weight of a passage that a person asked to be quoted


def binder_of(
    brief: Brief, plan: PlanStructure, transcript: Transcript, feedback: Sequence[str] = ()
) -> Binder:
    """Return the evidence of an interview, criterion by criterion.

    :param transcript: its speakers are Candidate, Interviewer (numbered from the second on), or
        unknown.
    :param feedback: what people found wrong with earlier binders, oldest first.
    """
    criteria = criteria_of(plan)
    matcher = Matcher(brief, plan, criteria)
    reading = reading_of(transcript)
    findings = [Finding() for _ in criteria]
    if reading.is_readable:
        Search(matcher, findings, reading).read(transcript)
    requests = requests_in(feedback, matcher, transcript)
    looked_again = _apply(requests, findings, matcher, transcript) if reading.is_readable else ()
    coverage = tuple(
        coverage_of(profile, finding, reading)
        for profile, finding in zip(matcher.profiles, findings, strict=True)
    )
    evidence = sorted(
        (
            Evidence(profile.criterion.key, quote_of(passage.said, passage.span), turn)
            for profile, finding in zip(matcher.profiles, findings, strict=True)
            for turn, passage in quoted(finding).items()
        ),
        key=lambda item: item.turn,
    )
    return Binder(
        coverage,
        tuple(evidence),
        summary_of(coverage),
        (*reading.notes, *requests.notes, *looked_again),
    )


def _apply(
    requests: Requests,
    findings: Sequence[Finding],
    matcher: Matcher,
    transcript: Transcript,
) -> tuple[str, ...]:
    """Do what people asked for, in their order, as far as the transcript has it.

    :return: notes on what came of looking again.
    """
    notes: list[str] = []
    for wanted in requests.wanted:
        finding = findings[wanted.criterion]
        if wanted.act is Act.REMOVE:
            for kept in (finding.passages, finding.asides):
                for turn in list(kept) if wanted.turn is None else [wanted.turn]:
                    kept.pop(turn, None)
            finding.is_perhaps_asked = True
        elif wanted.turn is not None:
            said = Said.of(wanted.turn, transcript.turns[wanted.turn].text)
            finding.add(_passage_about(said, wanted.criterion, matcher, _AS_ASKED))
        else:
            before = quoted(finding).keys()
            _look_again(finding, wanted.criterion, matcher, transcript)
            more = len(quoted(finding).keys() - before)
            name = matcher.profiles[wanted.criterion].criterion.name
            found = (
                f"{more} more {'passage is' if more == 1 else 'passages are'} quoted"
                if more
                else "nothing else was found, so this changed nothing. Name the turn to be quoted"
            )
            notes.append(f"{wanted.said}: {name} was looked for again; {found}.")
    return tuple(dict.fromkeys(notes))


def _look_again(finding: Finding, number: int, matcher: Matcher, transcript: Transcript) -> None:
    """Keep all that may be about a criterion: less is enough where a person asks for it."""
    finding.most_quotes = 2 * MOST_QUOTES
    for turn, each in enumerate(transcript.turns):
        if not each.speaker.startswith(CANDIDATE):
            continue
        said = Said.of(turn, each.text)
        passage = _passage_about(said, number, matcher)
        if passage.weight >= _LOOKED_FOR:
            finding.add(passage)


def _passage_about(said: Said, number: int, matcher: Matcher, extra: float = 0.0) -> Passage:
    span = best_span(matcher.hits(said.words).get(number, []))
    return Passage(said, span if span.labels else None, span.weight + extra)
