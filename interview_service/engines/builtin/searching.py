"""Goes through an interview and keeps the passages that speak for each criterion."""

from collections.abc import Iterator, Sequence

from interview_service.domain.transcript import Transcript
from interview_service.engines.builtin import conversation
from interview_service.engines.builtin.alignment import placed
from interview_service.engines.builtin.conversation import Exchange, Said
from interview_service.engines.builtin.findings import Finding, Passage
from interview_service.engines.builtin.hearing import (
    ASKED,
    MARGIN,
    ON_SUBJECT,
    SHORT_ANSWER,
    Heard,
    answering,
    greets,
    is_clear,
    is_question_of_its_own,
    names_another,
    names_elsewhere,
    neighbours,
)
from interview_service.engines.builtin.matching import NAME, NAME_WEIGHT, Hit, Matcher, weight_of
from interview_service.engines.builtin.passages import Span, best_span
from interview_service.engines.builtin.reading import Reading
from interview_service.engines.builtin.words import Word

_PERHAPS_ASKED = 0.6
_PLAINLY_ASKED = 2.6  # weight from which no answer needs to bear that out
_TERSE, _TERSE_FACTOR = 2, 2.0  # a prompt of so few words that say something counts for more
_SHARE_OF_BEST = 0.8  # of the best criterion's weight, that a second subject of a prompt has
_TOGETHER = 1.0  # weight of prompt and answer from which an exchange is about a criterion
_ASKED_SHARE = 1.3  # that a prompt has in it beside the answer
_MOST_ANSWERED = 3.0
_NEXT_IN_PLAN = 0.8  # what the plan's order speaks for
_ANSWER_SHARE = 0.7  # that an answer has in it
_SOME_WORDS, _SURE_BY = 0.4, 0.3  # weight of words, and margin, from which a place is sure
_DIRECT, _FOLLOWING = 2.0, 0.5  # weight of what answers a question, and a follow-up
_STILL_ON_SUBJECT = 1.0  # weight from which an answer to another prompt is still on the subject
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
                if conversation.is_follow_up(each.words) and not names_elsewhere(each, present):
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

    def _may_be_on_another(self, heard: Heard, subjects: Sequence[int]) -> bool:
        """Tell whether a question was answered of which it is not plain what it was about.

        Any criterion may have been asked there, so none can be said not to have been.
        """
        is_plain = any(
            number in heard.named or heard.asked.get(number, 0.0) >= ASKED for number in subjects
        )
        return not is_plain and is_question_of_its_own(heard)

    def _heard(self, exchange: Exchange) -> Heard:
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
        return Heard(exchange, words, asked, named, hits, spans, is_closing)

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
            found[number] = found.get(number, 0.0) + 2 * ASKED
        return found

    def _recognised(self, heard: Heard) -> list[int]:
        """Return the criteria that a prompt is about by its own words."""
        asked = heard.asked
        most = max(asked.values(), default=0.0)
        is_question = (
            conversation.asks_something(heard.words)
            or heard.is_answered
            or not self._reading.is_english
        )
        if most < ASKED or not is_question or greets(heard):
            return []
        likely = [
            number
            for number, weight in sorted(asked.items())
            if weight >= max(ASKED, _SHARE_OF_BEST * most)
        ]
        if len(likely) > 1:
            named = [number for number in likely if number in heard.named]
            likely = named or [max(likely, key=lambda n: (asked[n] + heard.answered(n), -n))]
        return [number for number in likely if self._is_borne_out(heard, number)]

    def _is_borne_out(self, heard: Heard, number: int) -> bool:
        """Tell whether a prompt asks plainly about a criterion, or else its answer is on it."""
        return (
            number in heard.named
            or heard.asked[number] >= _PLAINLY_ASKED
            or not heard.is_answered
            or heard.answered(number) >= ON_SUBJECT
        )

    def _inferred(
        self, heard: Sequence[Heard], subjects: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, int]]:
        """Yield exchanges whose prompt and answer together are about a criterion, and which.

        What comes between two questions in the plan is likely to come between them in the
        interview too, so the plan's order speaks for a criterion a little.
        """
        before, after = neighbours(subjects)
        found = {number for own in subjects for number in own}
        for at, each in enumerate(heard):
            if subjects[at] or not each.words or each.is_closing or not each.is_answered:
                continue
            if greets(each) or conversation.is_small_talk(conversation.words_joined(each.words)):
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
            if len(ranked) > 1 and together[ranked[0]] - together[ranked[1]] < MARGIN:
                continue
            yield at, ranked[0]

    def _in_order(self, heard: Sequence[Heard], subjects: list[list[int]]) -> None:
        """Read the exchanges that name nothing by their words and the plan's order together.

        Where the order alone speaks, a question was perhaps put.
        """
        weights = [
            self._together(each) if not own and is_question_of_its_own(each) else None
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

    def _together(self, heard: Heard) -> dict[int, float]:
        """Return how much a prompt and its answer together speak for each criterion."""
        numbers = {*heard.asked, *(number for spans in heard.spans.values() for number in spans)}
        return {
            number: _ASKED_SHARE * heard.asked.get(number, 0.0)
            + _ANSWER_SHARE * min(heard.answered(number), _MOST_ANSWERED)
            for number in numbers
        }

    def _direct(self, heard: Heard, subjects: Sequence[int]) -> None:
        """Keep what was said to a question about some criteria."""
        stems = frozenset(word.stem for word in heard.words)
        for number in subjects:
            finding = self._findings[number]
            finding.is_asked = True
            finding.asked.append(self._matcher.question_asked(stems, number))
            for said in answering(heard, number):
                span = heard.spans.get(said.turn, {}).get(number)
                weight = _DIRECT + (span.weight if span else 0.0)
                finding.add(Passage(said, span, weight), sure=True)

    def _follow_up(self, heard: Heard, subjects: Sequence[int]) -> None:
        """Keep what was said to a follow-up on the subjects before it."""
        for number in subjects:
            for said in heard.exchange.answers:
                span = heard.spans[said.turn].get(number)
                is_on_subject = span is not None and span.weight >= ON_SUBJECT
                if is_on_subject or (
                    len(subjects) == 1
                    and len(said.words) >= SHORT_ANSWER
                    and not names_another(heard.spans[said.turn], number)
                ):
                    weight = _FOLLOWING + (span.weight if span else 0.0)
                    self._findings[number].add(Passage(said, span, weight), sure=True)

    def _aside(self, heard: Heard, subjects: Sequence[int]) -> None:
        """Keep what was said on the subjects to a prompt of another kind."""
        for number in subjects:
            for said in heard.exchange.answers:
                span = heard.spans[said.turn].get(number)
                if (
                    span is not None
                    and span.weight >= _STILL_ON_SUBJECT
                    and is_clear(number, heard.spans[said.turn])
                ):
                    self._findings[number].add(Passage(said, span, span.weight), sure=True)

    def _perhaps(self, heard: Heard) -> None:
        """Keep that a prompt may have been about a criterion."""
        asked = heard.asked
        if asked:
            best = max(asked, key=lambda number: (asked[number], -number))
            if asked[best] >= _PERHAPS_ASKED:
                self._findings[best].is_perhaps_asked = True

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
                    and not conversation.is_question_to_interviewer(around)
                ):
                    self._findings[number].add(
                        Passage(said, span, span.weight), sure=is_clear(number, spans)
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
        is_sure = is_told and len(near) < _LIST_OF_NAMES and len(said.words) > SHORT_ANSWER // 2
        span = Span(mention.at, mention.at + 1, mention.weight, 1)
        self._findings[number].add(Passage(said, span, mention.weight), sure=is_sure)
