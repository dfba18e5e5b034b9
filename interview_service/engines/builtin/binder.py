"""The binder of evidence: what was asked, what was answered, and in which words.

It finds the place where a criterion is spoken of, and quotes it. Whether an answer is right or
good, it does not know, and where it cannot tell, it says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from interview_service.domain.assessment import (
    MAX_SUMMARY,
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
from interview_service.engines.builtin.alignment import placed
from interview_service.engines.builtin.conversation import Exchange, Reply, Said
from interview_service.engines.builtin.matching import (
    NAME,
    NAME_WEIGHT,
    Hit,
    Matcher,
    Profile,
    weight_of,
)
from interview_service.engines.builtin.passages import Span, best_span, quote_of
from interview_service.engines.builtin.reading import Reading, reading_of
from interview_service.engines.builtin.rereading import Act, Requests, requests_in
from interview_service.engines.builtin.words import Word

_ASKED = 1.6  # weight from which a prompt is about a criterion
_PERHAPS_ASKED = 0.6
_PLAINLY_ASKED = 2.6  # weight from which no answer needs to bear that out
_TERSE, _TERSE_FACTOR = 2, 2.0  # a prompt of so few words that say something counts for more
_SHARE_OF_BEST = 0.8  # of the best criterion's weight, that a second subject of a prompt has
_ELSEWHERE = 0.25  # weight of another criterion from which a prompt is no follow-up
_TOGETHER = 1.0  # weight of prompt and answer from which an exchange is about a criterion
_ASKED_SHARE = 1.3  # that a prompt has in it beside the answer
_MOST_ANSWERED = 3.0
_MARGIN = 0.8  # by which that must exceed the next
_NEXT_IN_PLAN = 0.8  # what the plan's order speaks for
_BEYOND = 1_000_000  # a criterion's number after all others
_ANSWER_SHARE = 0.7  # that an answer has in it
_SOME_WORDS, _SURE_BY = 0.4, 0.3  # weight of words, and margin, from which a place is sure
_DIRECT, _FOLLOWING = 2.0, 0.5  # weight of what answers a question, and a follow-up
_STILL_ON_SUBJECT = 1.0  # weight from which an answer to another prompt is still on the subject
_MOST_MENTIONS = 20  # of a name in a turn, that are looked at
_ON_SUBJECT = 0.6  # weight from which an answer is on the subject of its prompt
_UNPROMPTED = 3.6  # weight, and things, from which an answer is about what nobody asked
_UNPROMPTED_THINGS = 3
_ASIDE_THINGS = 2  # that an answer to something else says of what it names
_NO_ANSWER = 2  # words that are quoted only where nothing longer answers
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
    looked_again = _apply(requests, findings, matcher, transcript) if reading.is_readable else ()
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
    return Binder(
        coverage,
        tuple(evidence),
        summary_of(coverage),
        (*reading.notes, *requests.notes, *looked_again),
    )


@dataclass(frozen=True, slots=True)
class _Heard:
    """An exchange, and how much its prompt and each of its answers speak for each criterion.

    :param words: those that ask.
    :param asked: weights by the criterion's number; `named`, those whose name stands in the prompt
        as a whole.
    :param hits: by turn and criterion; `spans` has the best place of each.
    """

    exchange: Exchange
    words: tuple[Word, ...]
    asked: Mapping[int, float]
    named: frozenset[int]
    hits: Mapping[int, Mapping[int, Sequence[Hit]]]
    spans: Mapping[int, Mapping[int, Span]]
    is_closing: bool

    @property
    def is_answered(self) -> bool:
        """Somebody said more than a few words to it."""
        return any(len(said.words) >= _SHORT_ANSWER for said in self.exchange.answers)

    def answered(self, number: int) -> float:
        """Return how much the answers speak for a criterion."""
        return max(
            (spans[number].weight for spans in self.spans.values() if number in spans), default=0.0
        )


class _Search:
    """Goes through the exchanges of an interview and keeps what speaks for each criterion.

    :param findings: one a criterion; filled here.
    """

    def __init__(self, matcher: Matcher, findings: list[_Finding], reading: Reading) -> None:
        self._matcher = matcher
        self._findings = findings
        self._reading = reading

    def read(self, transcript: Transcript) -> None:
        """Read a transcript: first what is plain, then what its neighbours make plain."""
        heard = [self._heard(exchange) for exchange in conversation.exchanges(transcript)]
        subjects = [self._recognised(each) for each in heard]
        if self._reading.is_english:
            for at, number in list(self._inferred(heard, subjects)):
                subjects[at] = [number]
            self._in_order(heard, subjects)
        present: list[int] = []
        for each, own in zip(heard, subjects, strict=True):
            if own:
                present = own
                self._direct(each, own)
            elif each.words and not each.is_closing and present:
                if conversation.is_follow_up(each.words) and not _names_elsewhere(each, present):
                    self._follow_up(each, present)
                else:
                    self._aside(each, present)
                    self._perhaps(each)
                    present = []
            elif each.words and not each.is_closing:
                self._perhaps(each)
            if each.is_closing or (each.words and conversation.begins_anew(each.words)):
                present = own
            self._unprompted(each, own)
        if any(self._may_be_on_another(*each) for each in zip(heard, subjects, strict=True)):
            for finding in self._findings:
                finding.is_perhaps_asked = True

    def _may_be_on_another(self, heard: _Heard, subjects: Sequence[int]) -> bool:
        """Tell whether a question was answered of which it is not plain what it was about.

        Any criterion may have been asked there, so none can be said not to have been.
        """
        is_plain = any(
            number in heard.named or heard.asked.get(number, 0.0) >= _ASKED for number in subjects
        )
        return not is_plain and _is_question_of_its_own(heard)

    def _heard(self, exchange: Exchange) -> _Heard:
        words = exchange.asked()
        plain = " ".join(word.folded for word in words)
        is_closing = conversation.is_closing(plain)
        hits = {each.turn: self._matcher.hits(each.words) for each in exchange.answers}
        spans = {
            turn: {number: best_span(own) for number, own in found.items()}
            for turn, found in hits.items()
        }
        asked = {} if is_closing else self._weights(words)
        named = frozenset(
            number
            for number, own in self._matcher.hits(words).items()
            if any(hit.label == NAME and hit.weight >= NAME_WEIGHT for hit in own)
        )
        return _Heard(exchange, words, asked, named, hits, spans, is_closing)

    def _weights(self, words: Sequence[Word]) -> dict[int, float]:
        """Return how much a prompt speaks for each criterion."""
        stems = frozenset(word.stem for word in words)
        found = {number: weight_of(own) for number, own in self._matcher.hits(words).items()}
        content = sum(conversation.has_content(word) for word in words)
        if content <= _TERSE:
            found = {number: _TERSE_FACTOR * weight for number, weight in found.items()}
        for number, weight in self._matcher.reworded(words).items():
            found[number] = found.get(number, 0.0) + weight
        for number in self._matcher.verbatim(stems):
            found[number] = found.get(number, 0.0) + 2 * _ASKED
        return found

    def _recognised(self, heard: _Heard) -> list[int]:
        """Return the criteria that a prompt is about by its own words."""
        asked = heard.asked
        most = max(asked.values(), default=0.0)
        is_question = (
            conversation.asks_something(heard.words)
            or heard.is_answered
            or not self._reading.is_english
        )
        if most < _ASKED or not is_question or _greets(heard):
            return []
        likely = [
            number
            for number, weight in sorted(asked.items())
            if weight >= max(_ASKED, _SHARE_OF_BEST * most)
        ]
        if len(likely) > 1:
            named = [number for number in likely if number in heard.named]
            likely = named or [max(likely, key=lambda n: (asked[n] + heard.answered(n), -n))]
        return [number for number in likely if self._is_borne_out(heard, number)]

    def _is_borne_out(self, heard: _Heard, number: int) -> bool:
        """Tell whether a prompt asks plainly about a criterion, or else its answer is on it."""
        return (
            number in heard.named
            or heard.asked[number] >= _PLAINLY_ASKED
            or not heard.is_answered
            or heard.answered(number) >= _ON_SUBJECT
        )

    def _inferred(
        self, heard: Sequence[_Heard], subjects: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, int]]:
        """Yield exchanges whose prompt and answer together are about a criterion, and which.

        What comes between two questions in the plan is likely to come between them in the
        interview too, so the plan's order speaks for a criterion a little.
        """
        before, after = _neighbours(subjects)
        found = {number for own in subjects for number in own}
        for at, each in enumerate(heard):
            if subjects[at] or not each.words or each.is_closing or not each.is_answered:
                continue
            if _greets(each) or conversation.is_small_talk(_plain(each)):
                continue
            together = {}
            for number in {*each.asked, *(n for spans in each.spans.values() for n in spans)}:
                asked, answered = each.asked.get(number, 0.0), each.answered(number)
                if number in found and asked < _PERHAPS_ASKED:
                    continue
                if max(asked, answered) < _PERHAPS_ASKED:
                    continue
                follows = _NEXT_IN_PLAN if before[at] < number < after[at] else 0.0
                together[number] = _ASKED_SHARE * asked + min(answered, _MOST_ANSWERED) + follows
            ranked = sorted(together, key=lambda number: (-together[number], number))
            if not ranked or together[ranked[0]] < _TOGETHER:
                continue
            if len(ranked) > 1 and together[ranked[0]] - together[ranked[1]] < _MARGIN:
                continue
            yield at, ranked[0]

    def _in_order(self, heard: Sequence[_Heard], subjects: list[list[int]]) -> None:
        """Read the exchanges that name nothing by their words and the plan's order together.

        Where the order alone speaks, a question was perhaps put.
        """
        weights = [
            self._together(each) if not own and _is_question_of_its_own(each) else None
            for each, own in zip(heard, subjects, strict=True)
        ]
        likely = placed(weights, subjects, len(self._findings))
        for own, place, present in zip(weights, likely, subjects, strict=True):
            if place is None or own is None:
                continue
            if own.get(place.number, 0.0) >= _SOME_WORDS and place.margin >= _SURE_BY:
                present.append(place.number)
                continue
            self._findings[place.number].is_perhaps_asked = True

    def _together(self, heard: _Heard) -> dict[int, float]:
        """Return how much a prompt and its answer together speak for each criterion."""
        numbers = {*heard.asked, *(number for spans in heard.spans.values() for number in spans)}
        return {
            number: _ASKED_SHARE * heard.asked.get(number, 0.0)
            + _ANSWER_SHARE * min(heard.answered(number), _MOST_ANSWERED)
            for number in numbers
        }

    def _direct(self, heard: _Heard, subjects: Sequence[int]) -> None:
        """Keep what was said to a question about some criteria."""
        stems = frozenset(word.stem for word in heard.words)
        for number in subjects:
            finding = self._findings[number]
            finding.is_asked = True
            finding.asked.append(self._matcher.question_asked(stems, number))
            for said in _answering(heard, number):
                span = heard.spans.get(said.turn, {}).get(number)
                weight = _DIRECT + (span.weight if span else 0.0)
                finding.add(_Passage(said, span, weight), sure=True)

    def _follow_up(self, heard: _Heard, subjects: Sequence[int]) -> None:
        """Keep what was said to a follow-up on the subjects before it."""
        for number in subjects:
            for said in heard.exchange.answers:
                span = heard.spans[said.turn].get(number)
                is_on_subject = span is not None and span.weight >= _ON_SUBJECT
                if is_on_subject or (
                    len(subjects) == 1
                    and len(said.words) >= _SHORT_ANSWER
                    and not _names_another(heard.spans[said.turn], number)
                ):
                    weight = _FOLLOWING + (span.weight if span else 0.0)
                    self._findings[number].add(_Passage(said, span, weight), sure=True)

    def _aside(self, heard: _Heard, subjects: Sequence[int]) -> None:
        """Keep what was said on the subjects to a prompt of another kind."""
        for number in subjects:
            for said in heard.exchange.answers:
                span = heard.spans[said.turn].get(number)
                if (
                    span is not None
                    and span.weight >= _STILL_ON_SUBJECT
                    and _is_clear(number, heard.spans[said.turn])
                ):
                    self._findings[number].add(_Passage(said, span, span.weight), sure=True)

    def _perhaps(self, heard: _Heard) -> None:
        """Keep that a prompt may have been about a criterion."""
        asked = heard.asked
        if asked:
            best = max(asked, key=lambda number: (asked[number], -number))
            if asked[best] >= _PERHAPS_ASKED:
                self._findings[best].is_perhaps_asked = True

    def _unprompted(self, heard: _Heard, subjects: Sequence[int]) -> None:
        """Keep what the candidate says about a criterion that the prompt was not about."""
        for said in heard.exchange.answers:
            hits, spans = heard.hits[said.turn], heard.spans[said.turn]
            named = [
                (hit.at, number) for number, own in hits.items() for hit in own if hit.label == NAME
            ]
            for number, own in hits.items():
                if number in subjects:
                    continue
                mentions = [hit for hit in own if hit.label == NAME]
                span = spans[number]
                is_aside = bool(subjects) and (
                    span.weight < _UNPROMPTED or span.labels < _ASIDE_THINGS
                )
                for mention in mentions[: 0 if is_aside else _MOST_MENTIONS]:
                    self._mentioned(said, number, mention, own, named)
                around = said.words[max(0, span.begin - _AROUND) : span.end + _AROUND]
                if (
                    not mentions
                    and span.weight >= _UNPROMPTED
                    and span.labels >= _UNPROMPTED_THINGS
                    and not conversation.is_question_to_interviewer(around)
                ):
                    self._findings[number].add(
                        _Passage(said, span, span.weight), sure=_is_clear(number, spans)
                    )

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
        is_english = self._reading.is_english
        if is_english and conversation.is_question_to_interviewer(around):
            return
        plain = " ".join(word.folded for word in around)
        near = {other for at, other in named if abs(at - mention.at) <= _AROUND // 2}
        supported = any(
            hit.label != NAME and abs(hit.at - mention.at) <= 2 * _AROUND for hit in own
        )
        is_told = (
            supported
            or not is_english
            or (mention.weight >= NAME_WEIGHT and conversation.tells_of_oneself(plain))
            or conversation.says_not_known(plain)
        )
        is_sure = is_told and len(near) < _LIST_OF_NAMES and len(said.words) > _SHORT_ANSWER // 2
        span = Span(mention.at, mention.at + 1, mention.weight, 1)
        self._findings[number].add(_Passage(said, span, mention.weight), sure=is_sure)


def _plain(heard: _Heard) -> str:
    return " ".join(word.folded for word in heard.words)


def _greets(heard: _Heard) -> bool:
    """Tell whether a prompt is a greeting that asks nothing of the plan word for word."""
    return (
        conversation.is_greeting(heard.words)
        and max(heard.asked.values(), default=0.0) < 2 * _ASKED
    )


def _is_question_of_its_own(heard: _Heard) -> bool:
    """Tell whether somebody asked a question that was answered, and that follows up no other."""
    return (
        bool(heard.words)
        and heard.is_answered
        and not heard.is_closing
        and not conversation.is_follow_up(heard.words)
        and not conversation.is_small_talk(_plain(heard))
        and not _greets(heard)
    )


def _names_elsewhere(heard: _Heard, subjects: Sequence[int]) -> bool:
    """Tell whether a prompt speaks for a criterion that is none of the subjects before it."""
    return any(
        weight >= _ELSEWHERE for number, weight in heard.asked.items() if number not in subjects
    )


def _neighbours(subjects: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Return for each exchange the criteria that were recognised last before, and next after it.

    They are numbers in the plan's order: -1 before the first, and a large one after the last.
    """
    before, after = [-1] * len(subjects), [_BEYOND] * len(subjects)
    last = -1
    for at, own in enumerate(subjects):
        before[at] = last
        last = max(own, default=last)
    following = _BEYOND
    for at in range(len(subjects) - 1, -1, -1):
        after[at] = following
        following = min(subjects[at], default=following)
    return before, after


def _answering(heard: _Heard, number: int) -> list[Said]:
    """Return the turns of an exchange that answer its question about a criterion."""
    answers = heard.exchange.answers
    if not answers:
        asked = " ".join(word.folded for word in heard.words)
        return [
            said
            for said, reply in heard.exchange.replies
            if reply is Reply.BACKCHANNEL
            and conversation.is_yes_or_no(asked)
            and conversation.is_plain_reply(said)
        ][:1]
    on_subject = {
        said.turn
        for said in answers
        if number in heard.spans[said.turn] and heard.spans[said.turn][number].weight >= _ON_SUBJECT
    }
    direct = [
        said
        for said in answers
        if said.turn in on_subject
        or not (conversation.defers(said.plain) and _names_another(heard.spans[said.turn], number))
    ]
    long = [said for said in direct if len(said.words) >= _SHORT_ANSWER]
    chosen = {said.turn for said in long or direct[:1]} | on_subject
    return [said for said in answers if said.turn in chosen]


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
) -> tuple[str, ...]:
    """Do what people asked for, in their order, as far as the transcript has it.

    :return: notes on what came of looking again.
    """
    notes: list[str] = []
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
            before = _quoted(finding).keys()
            _look_again(finding, wanted.criterion, matcher, transcript)
            more = len(_quoted(finding).keys() - before)
            name = matcher.profiles[wanted.criterion].criterion.name
            found = (
                f"{more} more {'passage is' if more == 1 else 'passages are'} quoted"
                if more
                else "nothing else was found, so this changed nothing. Name the turn to be quoted"
            )
            notes.append(f"{wanted.said}: {name} was looked for again; {found}.")
    return tuple(dict.fromkeys(notes))


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
    if any(len(each.said.words) > _NO_ANSWER for each in passages.values()):
        passages = {
            turn: each for turn, each in passages.items() if len(each.said.words) > _NO_ANSWER
        }
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
