"""The binder of evidence: what was asked, what was answered, and in which words.

It finds the place where a criterion is spoken of, and quotes it. Whether an answer is right or
good, it does not know, and where it cannot tell, it says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from interview_service.domain.assessment import (
    Binder,
    Coverage,
    CoverageStatus,
    Evidence,
    criteria_of,
)
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure, Question
from interview_service.domain.transcript import CANDIDATE, Transcript
from interview_service.engines.builtin import conversation
from interview_service.engines.builtin.conversation import Exchange, Reply, Said
from interview_service.engines.builtin.matching import NAME, Hit, Matcher, Profile, weight_of
from interview_service.engines.builtin.passages import Span, best_span, quote_of
from interview_service.engines.builtin.reading import Reading, reading_of
from interview_service.engines.builtin.rereading import Act, Requests, requests_in

_ASKED = 1.9  # weight from which a prompt is about a criterion
_PERHAPS_ASKED = 0.8
_SHARE_OF_BEST = 0.6  # of the best criterion's weight, that a second subject of a prompt has
_TOGETHER = 2.6  # weight of prompt and answer from which an exchange is about a criterion
_MARGIN = 0.6  # by which that must exceed the next
_NEXT_IN_PLAN = 0.4  # what the plan's order speaks for
_ON_SUBJECT = 0.6  # weight from which an answer is on the subject of its prompt
_UNPROMPTED = 3.6  # weight, and things, from which an answer is about what nobody asked
_UNPROMPTED_THINGS = 3
_MOST_QUOTES = 4  # of a criterion
_LOOKED_FOR = 1.2  # weight of a passage that is shown where a person asks to look again
_AS_ASKED = 10.0  # weight of a passage that a person asked to be quoted
_AROUND = 12  # words either way that tell how a name is mentioned
_LIST_OF_NAMES = 3  # criteria named so close together that it is a list
_SHORT_ANSWER = 8  # words below which a turn is quoted only where there is no longer one


@dataclass(frozen=True, slots=True)
class _Passage:
    """Words of the candidate that may answer a criterion."""

    said: Said
    span: Span | None
    weight: float


@dataclass(slots=True)
class _Finding:
    """What was found about a criterion.

    :param asked: questions of the plan that were put; None stands for one in other words.
    :param sure: passages that answer it, by turn; `perhaps`, those that may.
    """

    is_asked: bool = False
    is_perhaps_asked: bool = False
    asked: list[Question | None] = field(default_factory=list)
    sure: dict[int, _Passage] = field(default_factory=dict)
    perhaps: dict[int, _Passage] = field(default_factory=dict)
    most_quotes: int = _MOST_QUOTES

    def add(self, passage: _Passage, *, sure: bool) -> None:
        """Keep a passage, the heavier one of a turn."""
        kept = self.sure if sure else self.perhaps
        present = kept.get(passage.said.turn)
        if present is None or present.weight < passage.weight:
            kept[passage.said.turn] = passage


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
    findings = [_Finding() for _ in criteria]
    if reading.is_readable:
        _Search(matcher, findings, reading).read(transcript)
    requests = requests_in(feedback, matcher, transcript)
    if reading.is_readable:
        _apply(requests, findings, matcher, transcript)
    coverage = tuple(
        _coverage(profile, finding, reading)
        for profile, finding in zip(matcher.profiles, findings, strict=True)
    )
    evidence = sorted(
        (
            Evidence(profile.criterion.key, quote_of(passage.said, passage.span), turn)
            for profile, finding in zip(matcher.profiles, findings, strict=True)
            for turn, passage in _quoted(finding).items()
        ),
        key=lambda item: item.turn,
    )
    return Binder(coverage, tuple(evidence), _summary(coverage), (*reading.notes, *requests.notes))


class _Search:
    """Goes through the exchanges of an interview and keeps what speaks for each criterion.

    :param findings: one a criterion; filled here.
    """

    def __init__(self, matcher: Matcher, findings: list[_Finding], reading: Reading) -> None:
        self._matcher = matcher
        self._findings = findings
        self._reading = reading
        self._subjects: list[int] = []
        self._last = -1  # the criterion of the plan that was asked about last

    def read(self, transcript: Transcript) -> None:
        for exchange in conversation.exchanges(transcript):
            self._read(exchange)

    def _read(self, exchange: Exchange) -> None:
        words = exchange.asked()
        plain = " ".join(word.folded for word in words)
        hits = {each.turn: self._matcher.hits(each.words) for each in exchange.answers}
        replies = {
            turn: {number: best_span(own) for number, own in found.items()}
            for turn, found in hits.items()
        }
        is_closing = conversation.is_closing(plain)
        asked = self._weights(words) if words and not is_closing else {}
        subjects = self._recognised(words, asked, replies)
        if subjects:
            self._subjects = subjects
            self._direct(exchange, subjects, replies, frozenset(word.stem for word in words))
        elif not is_closing and self._subjects and words and conversation.is_follow_up(words):
            self._follow_up(exchange, replies)
        elif words:
            self._subjects = []
            if conversation.asks_something(words) or not self._reading.is_english:
                self._perhaps(exchange, asked)
        self._unprompted(exchange, subjects, hits, replies)

    def _weights(self, words: Sequence[conversation.Word]) -> dict[int, float]:
        """Return how much a prompt speaks for each criterion."""
        stems = frozenset(word.stem for word in words)
        found = {number: weight_of(own) for number, own in self._matcher.hits(words).items()}
        for number in range(len(self._findings)):
            if self._matcher.is_verbatim(stems, number):
                found[number] = found.get(number, 0.0) + 2 * _ASKED
        return found

    def _recognised(
        self,
        words: Sequence[conversation.Word],
        asked: Mapping[int, float],
        replies: Mapping[int, Mapping[int, Span]],
    ) -> list[int]:
        """Return the criteria that a prompt is about: by itself, or together with its answer."""
        if not asked or not (conversation.asks_something(words) or not self._reading.is_english):
            return []
        most = max(asked.values())
        if most >= _ASKED:
            return [
                number
                for number, weight in sorted(asked.items())
                if weight >= max(_ASKED, _SHARE_OF_BEST * most)
            ]
        together = {}
        for number, weight in asked.items():
            answered = max(
                (spans[number].weight for spans in replies.values() if number in spans), default=0.0
            )
            follows = _NEXT_IN_PLAN if number == self._last + 1 else 0.0
            if weight >= _PERHAPS_ASKED and answered >= _ON_SUBJECT:
                together[number] = 1.2 * weight + min(answered, 3.0) + follows
        ranked = sorted(together, key=lambda number: (-together[number], number))
        if not ranked or together[ranked[0]] < _TOGETHER:
            return []
        if len(ranked) > 1 and together[ranked[0]] - together[ranked[1]] < _MARGIN:
            return []
        return ranked[:1]

    def _direct(
        self,
        exchange: Exchange,
        subjects: Sequence[int],
        replies: Mapping[int, Mapping[int, Span]],
        stems: frozenset[str],
    ) -> None:
        """Keep what was said to a question about some criteria."""
        for number in subjects:
            finding = self._findings[number]
            finding.is_asked = True
            finding.asked.append(self._matcher.question_asked(stems, number))
            self._last = number
            for said in _answering(exchange, number, replies):
                span = replies.get(said.turn, {}).get(number)
                finding.add(_Passage(said, span, 2.0 + (span.weight if span else 0.0)), sure=True)

    def _follow_up(self, exchange: Exchange, replies: Mapping[int, Mapping[int, Span]]) -> None:
        """Keep what was said to a follow-up on the subjects before it."""
        for number in self._subjects:
            finding = self._findings[number]
            others = [n for n in self._subjects if n != number]
            for said in exchange.answers:
                span = replies[said.turn].get(number)
                is_on_subject = span is not None and span.weight >= _ON_SUBJECT
                if is_on_subject or (not others and not _names_another(replies[said.turn], number)):
                    weight = (span.weight if span else 0.0) + (0.5 if finding.sure else 2.0)
                    finding.add(_Passage(said, span, weight), sure=True)

    def _perhaps(self, exchange: Exchange, asked: Mapping[int, float]) -> None:
        """Keep that a prompt may have been about a criterion."""
        if not asked or not exchange.answers:
            return
        best = max(asked, key=lambda number: (asked[number], -number))
        if asked[best] >= _PERHAPS_ASKED:
            self._findings[best].is_perhaps_asked = True

    def _unprompted(
        self,
        exchange: Exchange,
        subjects: Sequence[int],
        hits: Mapping[int, Mapping[int, Sequence[Hit]]],
        replies: Mapping[int, Mapping[int, Span]],
    ) -> None:
        """Keep what the candidate says about a criterion that the prompt was not about."""
        for said in exchange.answers:
            named = [
                (hit.at, number)
                for number, own in hits[said.turn].items()
                for hit in own
                if hit.label == NAME
            ]
            for number, own in hits[said.turn].items():
                if number in subjects:
                    continue
                span = replies[said.turn][number]
                mentions = [hit for hit in own if hit.label == NAME]
                for mention in mentions[:20]:
                    self._mentioned(said, number, mention, own, named)
                is_about = span.weight >= _UNPROMPTED and span.labels >= _UNPROMPTED_THINGS
                around = said.words[max(0, span.begin - _AROUND) : span.end + _AROUND]
                if is_about and not conversation.is_question_to_interviewer(around):
                    is_sure = any(hit.weight >= _ASKED for hit in own) and _is_clear(
                        number, replies[said.turn]
                    )
                    self._findings[number].add(_Passage(said, span, span.weight), sure=is_sure)

    def _mentioned(
        self,
        said: Said,
        number: int,
        mention: Hit,
        own: Sequence[Hit],
        named: Sequence[tuple[int, int]],
    ) -> None:
        """Keep a passage that names a criterion, where the candidate tells something of it."""
        around = said.words[max(0, mention.at - _AROUND) : mention.at + _AROUND]
        if self._reading.is_english and conversation.is_question_to_interviewer(around):
            return
        before = " ".join(
            word.folded for word in said.words[max(0, mention.at - _AROUND) : mention.at]
        )
        near = {other for at, other in named if abs(at - mention.at) <= _AROUND // 2}
        supported = any(
            hit.label != NAME and abs(hit.at - mention.at) <= 2 * _AROUND for hit in own
        )
        is_told = (
            conversation.tells_of_oneself(before)
            or supported
            or conversation.says_not_known(before)
            or not self._reading.is_english
        )
        span = Span(mention.at, mention.at + 1, mention.weight, 1)
        is_sure = is_told and len(near) < _LIST_OF_NAMES and len(said.words) > _SHORT_ANSWER // 2
        self._findings[number].add(_Passage(said, span, mention.weight), sure=is_sure)


def _answering(
    exchange: Exchange, number: int, replies: Mapping[int, Mapping[int, Span]]
) -> list[Said]:
    """Return the turns of an exchange that answer its question about a criterion."""
    answers = exchange.answers
    if not answers:
        asked = " ".join(word.folded for word in exchange.asked())
        return [
            said
            for said, reply in exchange.replies
            if reply is Reply.BACKCHANNEL
            and conversation.is_yes_or_no(asked)
            and conversation.is_plain_reply(said)
        ][:1]
    on_subject = [
        said
        for said in answers
        if number in replies[said.turn] and replies[said.turn][number].weight >= _ON_SUBJECT
    ]
    direct = [
        said
        for said in answers
        if said in on_subject
        or not (conversation.defers(said.plain) and _names_another(replies[said.turn], number))
    ]
    if not direct:
        return []
    long = [said for said in direct if len(said.words) >= _SHORT_ANSWER]
    chosen = long or direct[:1]
    return [said for said in answers if said in chosen or said in on_subject]


def _names_another(spans: Mapping[int, Span], number: int) -> bool:
    """Tell whether a turn is about another criterion, and not at all about this one."""
    own = spans[number].weight if number in spans else 0.0
    return any(span.weight >= 3.0 > 2 * own for other, span in spans.items() if other != number)


def _is_clear(number: int, spans: Mapping[int, Span]) -> bool:
    """Tell whether a turn speaks for one criterion more than for each other."""
    others = [span.weight for other, span in spans.items() if other != number]
    return spans[number].weight >= max(others, default=0.0) + _MARGIN


# --- what people asked to change


def _apply(
    requests: Requests,
    findings: Sequence[_Finding],
    matcher: Matcher,
    transcript: Transcript,
) -> None:
    """Do what people asked for, in their order, as far as the transcript has it."""
    for wanted in requests.wanted:
        finding = findings[wanted.criterion]
        if wanted.act is Act.REMOVE:
            turns = [*finding.sure, *finding.perhaps] if wanted.turn is None else [wanted.turn]
            for turn in turns:
                finding.sure.pop(turn, None)
                finding.perhaps.pop(turn, None)
            finding.is_perhaps_asked = True
        elif wanted.turn is not None:
            said = Said.of(wanted.turn, transcript.turns[wanted.turn].text)
            finding.add(_passage_about(said, wanted.criterion, matcher, _AS_ASKED), sure=True)
        else:
            _look_again(finding, wanted.criterion, matcher, transcript)


def _look_again(finding: _Finding, number: int, matcher: Matcher, transcript: Transcript) -> None:
    """Keep all that may be about a criterion: less is enough where a person asks for it."""
    finding.most_quotes = 2 * _MOST_QUOTES
    for turn, each in enumerate(transcript.turns):
        if not each.speaker.startswith(CANDIDATE):
            continue
        said = Said.of(turn, each.text)
        passage = _passage_about(said, number, matcher)
        if passage.weight >= _LOOKED_FOR:
            finding.add(passage, sure=bool(finding.sure))


def _passage_about(said: Said, number: int, matcher: Matcher, extra: float = 0.0) -> _Passage:
    span = best_span(matcher.hits(said.words).get(number, []))
    return _Passage(said, span if span.labels else None, span.weight + extra)


# --- what is said of it all


def _quoted(finding: _Finding) -> dict[int, _Passage]:
    """Return the passages to quote, those that say most where there are too many."""
    passages = finding.sure or finding.perhaps
    heaviest = sorted(passages, key=lambda turn: (-passages[turn].weight, turn))[
        : finding.most_quotes
    ]
    return {turn: passages[turn] for turn in sorted(heaviest)}


def _coverage(profile: Profile, finding: _Finding, reading: Reading) -> Coverage:
    status = _status(finding, reading)
    follow_up = None if status is CoverageStatus.ANSWERED else _next_question(profile, finding)
    return Coverage(profile.criterion.key, profile.criterion.name, status, follow_up)


def _status(finding: _Finding, reading: Reading) -> CoverageStatus:
    if finding.sure:
        return CoverageStatus.ANSWERED
    if finding.perhaps:
        return CoverageStatus.UNCLEAR
    if finding.is_asked:
        return CoverageStatus.ASKED_NOT_ANSWERED
    if finding.is_perhaps_asked or not reading.is_whole:
        return CoverageStatus.UNCLEAR
    return CoverageStatus.NOT_ASKED


def _next_question(profile: Profile, finding: _Finding) -> str | None:
    """Return a question of the plan that was not put; where all were, a follow-up of theirs."""
    put = [question for question in finding.asked if question is not None]
    unasked = [question for question in profile.questions if question not in put]
    if unasked:
        return unasked[0].text
    follow_ups = (text for question in put for text in question.follow_ups)
    return next(follow_ups, profile.questions[0].text if profile.questions else None)


def _summary(coverage: Sequence[Coverage]) -> str:
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
    return " ".join(sentences)


_MOST_NAMED = 12


def _more(names: Sequence[str]) -> str:
    return f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
