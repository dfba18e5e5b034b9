"""An exchange as it is heard: how much its words speak for each criterion of the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interview_service.engines.builtin import conversation
from interview_service.engines.builtin.conversation import Exchange, Reply, Said
from interview_service.engines.builtin.matching import Hit
from interview_service.engines.builtin.passages import Span
from interview_service.engines.builtin.words import Word

ASKED = 1.6  # weight from which a prompt is about a criterion
_ELSEWHERE = 0.25  # weight of another criterion from which a prompt is no follow-up
MARGIN = 0.8  # by which that must exceed the next
_BEYOND = 1_000_000  # a criterion's number after all others
ON_SUBJECT = 0.6  # weight from which an answer is on the subject of its prompt
SHORT_ANSWER = 8  # words below which a turn is quoted only where there is no longer one


@dataclass(frozen=True, slots=True)
class Heard:
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
        return any(len(said.words) >= SHORT_ANSWER for said in self.exchange.answers)

    def answered(self, number: int) -> float:
        """Return how much the answers speak for a criterion."""
        return max(
            (spans[number].weight for spans in self.spans.values() if number in spans), default=0.0
        )


def greets(heard: Heard) -> bool:
    """Tell whether a prompt is a greeting that asks nothing of the plan word for word."""
    return (
        conversation.is_greeting(heard.words) and max(heard.asked.values(), default=0.0) < 2 * ASKED
    )


def is_question_of_its_own(heard: Heard) -> bool:
    """Tell whether somebody asked a question that was answered, and that follows up no other."""
    return (
        bool(heard.words)
        and heard.is_answered
        and not heard.is_closing
        and not conversation.is_follow_up(heard.words)
        and not conversation.is_small_talk(conversation.words_joined(heard.words))
        and not greets(heard)
    )


def names_elsewhere(heard: Heard, subjects: Sequence[int]) -> bool:
    """Tell whether a prompt speaks for a criterion that is none of the subjects before it."""
    return any(
        weight >= _ELSEWHERE for number, weight in heard.asked.items() if number not in subjects
    )


def neighbours(subjects: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
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


def answering(heard: Heard, number: int) -> list[Said]:
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
        if number in heard.spans[said.turn] and heard.spans[said.turn][number].weight >= ON_SUBJECT
    }
    direct = [
        said
        for said in answers
        if said.turn in on_subject
        or not (conversation.defers(said.plain) and names_another(heard.spans[said.turn], number))
    ]
    long = [said for said in direct if len(said.words) >= SHORT_ANSWER]
    chosen = {said.turn for said in long or direct[:1]} | on_subject
    return [said for said in answers if said.turn in chosen]


def names_another(spans: Mapping[int, Span], number: int) -> bool:
    """Tell whether a turn is about another criterion, and not at all about this one."""
    own = spans[number].weight if number in spans else 0.0
    return any(span.weight >= 3.0 > 2 * own for other, span in spans.items() if other != number)


def is_clear(number: int, spans: Mapping[int, Span]) -> bool:
    """Tell whether a turn speaks for one criterion more than for each other."""
    others = [span.weight for other, span in spans.items() if other != number]
    return spans[number].weight >= max(others, default=0.0) + MARGIN
