"""Goes through an interview and keeps the passages that speak for each criterion."""

from collections.abc import Sequence

from interview_service.domain.transcript import Transcript
from interview_service.engines.builtin import conversation, replying
from interview_service.engines.builtin.alignment import Weighed, by_itself, likelihoods_of
from interview_service.engines.builtin.closeness import Closeness
from interview_service.engines.builtin.findings import Finding, Passage
from interview_service.engines.builtin.hearing import (
    ASKED,
    SHORT_ANSWER,
    Heard,
    answering,
    heard_in,
    is_clear,
    weighed_in,
)
from interview_service.engines.builtin.matching import NAME, NAME_WEIGHT, Hit, Matcher
from interview_service.engines.builtin.passages import Span
from interview_service.engines.builtin.reading import Reading
from interview_service.engines.builtin.replying import Said

_SURE = 0.5  # likelihood from which an exchange is about what its own words or the last one say
_SURE_BY_PLACE = 0.97  # the same, where only its place between others says so
_POSSIBLE = 0.05  # from which nobody says that a criterion was not asked
_POSSIBLE_ALONE = 0.005  # the same, by its own words alone
_PLAIN = 0.8  # likelihood from which it is plain what a question was about by its own words
_SHARE_OF_BEST = 0.8  # of the best criterion's weight, that a second subject of a prompt has
_DIRECT = 2.0  # weight of what answers a question
_MOST_MENTIONS = 20  # of a name in a turn, that are looked at
_UNPROMPTED = 3.6  # weight, and things, from which an answer is about what nobody asked
_UNPROMPTED_THINGS = 3
_ASIDE_THINGS = 2  # that an answer to something else says of what it names
_AROUND = 12  # words either way that tell how a name is mentioned
_LIST_OF_NAMES = 3  # criteria named so close together that it is a list


class Search:
    """Goes through the exchanges of an interview and keeps what speaks for each criterion.

    :param findings: one a criterion; filled here.
    """

    def __init__(self, matcher: Matcher, findings: list[Finding], reading: Reading) -> None:
        self._matcher = matcher
        self._findings = findings
        self._reading = reading
        self._last: int | None = None

    def read(self, transcript: Transcript) -> None:
        """Read a transcript: what each exchange is about, and then what was said to it."""
        heard = heard_in(transcript, self._matcher)
        if not self._reading.is_english:
            for each in heard:
                self._keep(each, self._named(each))
            return
        weighed = weighed_in(heard, Closeness(self._matcher.profiles))
        for each, own, likely in zip(heard, weighed, likelihoods_of(weighed), strict=True):
            if each.is_foreign:
                self._keep(each, self._named(each))
                for finding in self._findings:
                    finding.is_perhaps_asked = True
                continue
            self._keep(each, self._subjects(each, own, likely), max(likely, default=0.0))
            alone = by_itself(own)
            is_open = _may_be_on_any(each, alone)
            for finding, *chances in zip(self._findings, likely, alone, strict=True):
                finding.is_perhaps_asked |= is_open or _is_possible(each, *chances)

    def _keep(self, heard: Heard, subjects: Sequence[int], likelihood: float = 1.0) -> None:
        self._direct(heard, subjects, likelihood)
        if not heard.is_closing:
            self._unprompted(heard, subjects)

    def _named(self, heard: Heard) -> list[int]:
        """Return the criteria that a prompt names, in whatever language."""
        return [
            number
            for number in range(len(self._findings))
            if number in heard.named | heard.read_out or heard.asked.get(number, 0.0) >= ASKED
        ]

    def _subjects(self, heard: Heard, weighed: Weighed, likely: Sequence[float]) -> list[int]:
        """Return the criteria that an exchange is about: one, and others that it names beside."""
        best = max(range(len(likely)), key=lambda number: likely[number], default=None)
        if best is None or not _is_sure(weighed, likely[best], best, self._last):
            self._last = None
            return []
        self._last = best
        most = heard.asked.get(best, 0.0)
        return [
            number
            for number in range(len(likely))
            if number == best
            or (
                {number, best} <= heard.named
                and heard.asks
                and heard.asked[number] >= _SHARE_OF_BEST * most
            )
        ]

    def _direct(self, heard: Heard, subjects: Sequence[int], likelihood: float) -> None:
        """Keep what was said to a question about some criteria."""
        stems = frozenset(word.stem for word in heard.words)
        for number in subjects:
            finding = self._findings[number]
            if heard.is_agreed_to or heard.is_empty:
                finding.is_perhaps_asked = True
                continue
            finding.is_asked = True
            finding.asked.append(self._matcher.question_asked(stems, number))
            for said in answering(heard, number):
                span = heard.spans.get(said.turn, {}).get(number)
                weight = _DIRECT + (span.weight if span else 0.0)
                substance = len(replying.substance_of(said, heard.words))
                finding.add(Passage(said, span, weight, likelihood, substance))

    def _unprompted(self, heard: Heard, subjects: Sequence[int]) -> None:
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
                    and not replying.is_question_to_interviewer(around)
                ):
                    if is_clear(number, spans):
                        self._findings[number].add_aside(Passage(said, span, span.weight))
                    else:
                        self._findings[number].is_perhaps_asked = True

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
        if is_english and replying.is_question_to_interviewer(around):
            return
        plain = " ".join(word.folded for word in around)
        near = {other for at, other in named if abs(at - mention.at) <= _AROUND // 2}
        supported = any(
            hit.label != NAME and abs(hit.at - mention.at) <= 2 * _AROUND for hit in own
        )
        is_told = (
            supported
            or not is_english
            or (mention.weight >= NAME_WEIGHT and replying.tells_of_oneself(plain))
        )
        is_sure = is_told and len(near) < _LIST_OF_NAMES and len(said.words) > SHORT_ANSWER // 2
        span = Span(mention.at, mention.at + 1, mention.weight, 1)
        if is_sure:
            self._findings[number].add_aside(Passage(said, span, mention.weight))
        else:
            self._findings[number].is_perhaps_asked = True


def _is_possible(heard: Heard, likely: float, alone: float) -> bool:
    """Tell whether an exchange may be about a criterion: by all around it, or its words alone.

    Those do not count where a question of the plan was read out.
    """
    is_free = _asks_in_own_words(heard) and not heard.read_out
    return likely >= _POSSIBLE or (is_free and alone >= _POSSIBLE_ALONE)


def _is_sure(weighed: Weighed, likelihood: float, number: int, last: int | None) -> bool:
    """Tell whether an exchange is surely about a criterion: by its own words, or as a follow-up.

    Where it is neither, nobody can tell which criterion its answer belongs to.

    :param last: the criterion that the exchange before it was surely about.
    """
    is_ahead = weighed.about[number] >= max(weighed.about)
    return likelihood >= (_SURE if is_ahead or number == last else _SURE_BY_PLACE)


def _may_be_on_any(heard: Heard, alone: Sequence[float]) -> bool:
    """Tell whether a question was answered of which it is not plain what it was about.

    Any criterion may have been asked there, so none can be said not to have been.
    """
    return (
        _asks_in_own_words(heard)
        and not conversation.only_points_back(heard.words)
        and max(alone, default=0.0) < _PLAIN
    )


def _asks_in_own_words(heard: Heard) -> bool:
    """Tell whether something was asked and answered that is no small talk and no farewell."""
    return (
        heard.is_answered
        and heard.asks
        and not heard.is_closing
        and not conversation.is_small_talk(replying.words_joined(heard.words))
    )
