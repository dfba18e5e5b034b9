"""An exchange as it is heard: how much its words speak for each criterion of the plan, for a
follow-up on what came before it, and for neither."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interview_service.domain.transcript import Transcript
from interview_service.engines.builtin import conversation, replying
from interview_service.engines.builtin.alignment import Weighed
from interview_service.engines.builtin.closeness import Closeness
from interview_service.engines.builtin.conversation import Exchange
from interview_service.engines.builtin.matching import (
    NAME,
    NAME_WEIGHT,
    Hit,
    Matcher,
    weight_of,
)
from interview_service.engines.builtin.passages import Span, best_span
from interview_service.engines.builtin.replying import Reply, Said
from interview_service.engines.builtin.words import ENGLISH, Word, language_of

ASKED = 1.6  # weight from which a prompt is about a criterion by its words alone
MARGIN = 0.8  # by which that must exceed the next
ON_SUBJECT = 0.6  # weight from which an answer is on the subject of its prompt
SHORT_ANSWER = 8  # words below which a turn is quoted only where there is no longer one
_LONG_ANSWER = 25  # words of an exchange in which somebody really answers
_SHORT_PROMPT = 14  # words of a prompt that may follow up
_ENDING = 22  # words of a prompt's end by which it is told whether it asks
_SHORT_AGREEMENT = 15  # words to what was explained that tell nothing
_TERSE, _TERSE_FACTOR = 2, 2.0  # a prompt of so few words that say something counts for more
_FEWEST_TO_SHARE = 0.8  # weight of a prompt from which it counts whose its words mostly are

# What speaks for a criterion, for none, and for a follow-up: logarithms, fitted with those in
# `alignment` to the labelled interviews of the tests.
_ABOUT = {
    "any": -5.6, "asked": 1.4, "answered": 1.8, "named": 6.5, "read out": 8.0, "share": 1.5,
    "long": 4.7, "prompt": 3.1, "answer": 2.6,
}  # fmt: skip
_ASIDE = {
    "closing": 5.0, "small talk": 6.1, "explains": 2.8, "replies": 1.7, "unanswered": 3.0,
    "brief": 2.1, "first": 1.3,
}  # fmt: skip
_STAYS = {"any": -1.2, "points back": 0.5, "same words": 0.3, "short": 3.4, "anew": -1.3}


@dataclass(frozen=True, slots=True)
class Heard:
    """An exchange, and how much its prompt and each of its answers speak for each criterion.

    :param words: those that ask.
    :param asked: weights by the criterion's number; `named`, those whose name stands in the prompt
        as a whole; `read_out`, those of which a question of the plan was read out.
    :param hits: by turn and criterion; `spans` has the best place of each.
    """

    exchange: Exchange
    words: tuple[Word, ...]
    asked: Mapping[int, float]
    named: frozenset[int]
    read_out: frozenset[int]
    hits: Mapping[int, Mapping[int, Sequence[Hit]]]
    spans: Mapping[int, Mapping[int, Span]]
    is_closing: bool

    @property
    def length(self) -> int:
        """The words of its answers."""
        return sum(len(said.words) for said in self.exchange.answers)

    @property
    def is_answered(self) -> bool:
        """Somebody said more than a few words to it, or would or could not answer it."""
        return any(
            reply in (Reply.DENIAL, Reply.EMPTY, Reply.EVASION)
            or (reply is Reply.ANSWER and len(said.words) >= SHORT_ANSWER)
            for said, reply in self.exchange.replies
        )

    @property
    def is_foreign(self) -> bool:
        """Its answers are in another language than English."""
        language = language_of(word.folded for said in self.exchange.answers for word in said.words)
        return language not in (None, ENGLISH)

    @property
    def is_replied_to(self) -> bool:
        """Somebody said something to it, and no more than that they listen or did not hear."""
        return any(
            reply not in (Reply.BACKCHANNEL, Reply.COUNTER_QUESTION)
            for _, reply in self.exchange.replies
        )

    @property
    def is_long(self) -> bool:
        """Somebody really answered."""
        return self.length >= _LONG_ANSWER

    @property
    def asks(self) -> bool:
        """Its prompt ends by asking something."""
        return conversation.asks_something(self.words[-_ENDING:])

    @property
    def is_empty(self) -> bool:
        """All that was said to it is that all is well."""
        replies = [reply for _, reply in self.exchange.replies]
        return Reply.EMPTY in replies and Reply.ANSWER not in replies

    @property
    def is_agreed_to(self) -> bool:
        """Somebody explained something, and the candidate said little more than yes to it."""
        return not self.asks and len(self.words) > _ENDING and 0 < self.length <= _SHORT_AGREEMENT

    def answered(self, number: int) -> float:
        """Return how much the answers speak for a criterion."""
        return max(
            (spans[number].weight for spans in self.spans.values() if number in spans), default=0.0
        )


def heard_in(transcript: Transcript, matcher: Matcher) -> list[Heard]:
    """Return the exchanges of an interview, as they are heard."""
    return [_heard(exchange, matcher) for exchange in conversation.exchanges(transcript)]


def _heard(exchange: Exchange, matcher: Matcher) -> Heard:
    words = exchange.asked()
    is_closing = conversation.is_closing(replying.words_joined(words))
    hits = {each.turn: matcher.hits(each.words) for each in exchange.answers}
    spans = {
        turn: {number: best_span(own) for number, own in found.items()}
        for turn, found in hits.items()
    }
    named = frozenset(
        number
        for number, own in matcher.hits(words).items()
        if any(hit.label == NAME and hit.weight >= NAME_WEIGHT for hit in own)
    )
    read_out = frozenset(matcher.verbatim(frozenset(word.stem for word in words)))
    asked = {} if is_closing else _asked(words, matcher)
    return Heard(exchange, words, asked, named, read_out, hits, spans, is_closing)


def _asked(words: Sequence[Word], matcher: Matcher) -> dict[int, float]:
    """Return how much a prompt speaks for each criterion."""
    found = {number: weight_of(own) for number, own in matcher.hits(words).items()}
    if sum(replying.has_content(word) for word in words) <= _TERSE:
        found = {number: _TERSE_FACTOR * weight for number, weight in found.items()}
    for number, weight in matcher.reworded(words).items():
        found[number] = found.get(number, 0.0) + weight
    return found


def weighed_in(heard: Sequence[Heard], closeness: Closeness) -> list[Weighed]:
    """Return how much each exchange speaks for each reading of it."""
    found: list[Weighed] = []
    last: Heard | None = None
    for each in heard:
        about = tuple(_sum(_ABOUT, features) for features in about_features(each, closeness))
        aside = _sum(_ASIDE, aside_features(each, last))
        found.append(Weighed(about, aside, _sum(_STAYS, stays_features(each, last))))
        last = each
    return found


def _sum(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    return sum(weights[name] * value for name, value in features.items())


def about_features(heard: Heard, closeness: Closeness) -> list[dict[str, float]]:
    """Return what speaks for each criterion: words of the prompt, and words of the answer."""
    whole = sum(heard.asked.values())
    prompt = closeness.of(heard.words)
    said = [word for each in heard.exchange.answers for word in each.words]
    answer = closeness.of(said)
    breadth = math.sqrt(len({word.stem for word in said if replying.has_content(word)}) + 4)
    return [
        {
            "any": 1.0,
            "asked": min(heard.asked.get(number, 0.0), 4.0) / 2,
            "answered": min(heard.answered(number), 3.0) / 3 if heard.is_answered else 0.0,
            "named": float(number in heard.named and heard.asks and len(heard.words) <= _ENDING),
            "read out": float(number in heard.read_out),
            "share": heard.asked.get(number, 0.0) / whole if whole > _FEWEST_TO_SHARE else 0.0,
            "long": float(heard.is_long),
            "prompt": min(prompt[number], 2.5),
            "answer": 2 * answer[number] / breadth,
        }
        for number in range(len(prompt))
    ]


def aside_features(heard: Heard, last: Heard | None) -> dict[str, float]:
    """Return what speaks for an exchange that is about no criterion.

    :param last: the exchange before it.
    """
    replies = last.exchange.replies if last else []
    return {
        "closing": float(heard.is_closing),
        "small talk": float(conversation.is_small_talk(replying.words_joined(heard.words))),
        "explains": float(not heard.asks),
        "replies": float(bool(replies) and replying.ends_asking(replies[-1][0])),
        "unanswered": float(not heard.is_replied_to),
        "brief": float(not heard.is_answered),
        "first": float(last is None),
    }


def stays_features(heard: Heard, last: Heard | None) -> dict[str, float]:
    """Return what speaks for an exchange that follows up what the last one was about."""
    said = {word.stem for each in (last.exchange.answers if last else ()) for word in each.words}
    own = {word.stem for word in heard.words if replying.has_content(word)}
    return {
        "any": 1.0,
        "points back": float(conversation.points_back(replying.words_joined(heard.words))),
        "same words": min(len(own & said), 2) / 2,
        "short": float(len(heard.words) <= _SHORT_PROMPT),
        "anew": float(conversation.begins_anew(heard.words)),
    }


def answering(heard: Heard, number: int) -> list[Said]:
    """Return the turns of an exchange that answer its question about a criterion."""
    answers = [said for said in heard.exchange.answers if not replying.goes_back(said.plain)]
    if not answers:
        asked = replying.words_joined(heard.words)
        return [
            said
            for said, reply in heard.exchange.replies
            if reply is Reply.BACKCHANNEL
            and conversation.is_yes_or_no(asked)
            and replying.is_plain_reply(said)
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
        or not (replying.defers(said.plain) and names_another(heard.spans[said.turn], number))
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
