"""Questions that people wrote out themselves, and where they stand in a kit."""

import re
from collections.abc import Sequence
from dataclasses import replace

from interview_service.domain.plan import Criterion, Question, Section
from interview_service.engines.builtin.work import plain, words_of

_LOOK_FOR = (
    "Answers what was asked, with an example of their own or with reasons",
    "Says what they did or would do themselves",
    "Can go into detail when asked",
)
_FOLLOW_UPS = ("Can you give me an example?", "What would you do differently today?")
_ANCHORS = {
    "1": "Does not answer the question, or only in general words.",
    "3": "Answers the question with a fitting example or with sound reasons.",
    "5": "Also weighs other ways, says what would change the answer, and goes into detail.",
}
_NAME = "Question of your own"
_MOST_CRITERIA = 12  # of a kit, with what people asked for


def with_own_questions(
    sections: Sequence[Section], criteria: Sequence[Criterion], own: Sequence[str]
) -> tuple[list[Section], list[Criterion]]:
    """Return sections and criteria with the questions that people wrote out, each where it belongs.

    Those that are about none of the criteria share one of their own, in the first section.
    """
    found, known = list(sections), list(criteria)
    for text in own:
        criterion = _criterion_for(text, known, found)
        if criterion is None:
            criterion = next((each for each in known if each.name == _NAME), None)
        if criterion is None and len(known) < _MOST_CRITERIA:
            key = criterion_key(_NAME, {each.key for each in known})
            criterion = Criterion(key, known[0].group, _NAME, _ANCHORS)
            known.append(criterion)
        key_probed = criterion.key if criterion else None
        at = next(
            (
                at
                for at, section in enumerate(found)
                if any(each.criterion == key_probed for each in section.questions)
            ),
            0,
        )
        asked = list(found[at].questions)
        places = [place for place, each in enumerate(asked) if each.criterion == key_probed]
        asked.insert(
            places[-1] + 1 if places else len(asked),
            Question(text, _LOOK_FOR, _FOLLOW_UPS, key_probed),
        )
        topics = found[at].topics
        if criterion is not None and criterion.name == _NAME and _NAME not in topics:
            topics = (*topics, _NAME)
        found[at] = replace(found[at], questions=tuple(asked), topics=topics)
    return found, known


def _criterion_for(
    text: str, criteria: Sequence[Criterion], sections: Sequence[Section]
) -> Criterion | None:
    """Return the criterion whose name, or the headline that it stands under, a question names."""
    said = {word[:5] for word in words_of(text)}
    for criterion in criteria:
        topics = [
            topic
            for section in sections
            for topic in section.topics
            if plain(criterion.name) in plain(topic)
        ]
        for name in (criterion.name, *(part for each in topics for part in each.split(": "))):
            own = {word[:5] for word in words_of(name) if word not in _SMALL_WORDS}
            if own and own <= said:
                return criterion
    return None


_SMALL_WORDS = frozenset(("a", "an", "the", "of", "and", "in", "for", "to", "with", "at", "on"))


_NOT_KEY = re.compile(r"[^a-z0-9]+")
_LONGEST_KEY = 60


def criterion_key(name: str, taken: set[str]) -> str:
    """Return a key of its own for a criterion, in lower snake case."""
    spelled = plain(name).replace("c++", "c_plus_plus").replace("c#", "c_sharp")
    base = _NOT_KEY.sub("_", spelled).strip("_")[:_LONGEST_KEY].strip("_") or "criterion"
    if not base[0].isalpha():
        base = f"skill_{base}"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    taken.add(key)
    return key
