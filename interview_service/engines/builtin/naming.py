"""Whether a kind of work is the brief's own, or only near it.

A neighbour's questions are worse than broad ones: a driver of trains is asked nothing that was
written for drivers of buses. So the questions and the piece of work of a kind of work are used
only where the whole title names it and the rest of the brief does not speak against it; else those
of its family, which hold for everybody in it.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from interview_service.domain.interview import Brief
from interview_service.engines.builtin.phrases import vocabulary
from interview_service.engines.builtin.skills import Area, find
from interview_service.engines.builtin.work import (
    GENERAL,
    Naming,
    Work,
    families,
    family_of,
    matches,
    naming_of,
    plain,
    title_words,
    titled,
    words_of,
    works,
)

_SAYS_NOTHING = frozenset(
    """senior junior lead principal sr jr snr jnr experienced qualified graduate full part time ft
    pt night nights day days evening evenings weekend weekends shift shifts temporary permanent
    contract fixed term maternity cover interim freelance bank relief casual remote hybrid onsite
    on site band grade level ii iii iv mid m w d f h x div all genders hf mwd mf vollzeit teilzeit
    befristet cdi cdd confirme confirmee experimente experimentee immediate start new role
    position job vacancy wanted required gesucht recherche urgent""".split()
)
"""Words of a title that say nothing of the work itself."""
_MOST_READ = 20_000  # characters


def own_work(brief: Brief, ranking: Sequence[Work]) -> Work:
    """Return the kind of work that a brief certainly names, else the family that it is of."""
    words, main = title_words(brief.position)
    main = main or len(words)
    title, rest = _saying_something(words[:main]), _saying_something(words[main:])
    if ranking[0].name != GENERAL and _is_named(brief, title, rest, ranking[0], is_likeliest=True):
        return ranking[0]
    named = [work for work in works().values() if _is_named(brief, title, rest, work)]
    return named[0] if len(named) == 1 else _family(brief.position, ranking)


def _is_named(
    brief: Brief,
    title: Sequence[str],
    rest: Sequence[str],
    work: Work,
    *,
    is_likeliest: bool = False,
) -> bool:
    """Tell whether a title is, as a whole, one of a kind of work, and the brief does not object.

    :param title: its words that say something; `rest`, those after it, of a place or branch.
    :param is_likeliest: nothing else is nearer to the brief, so that the title is believed where a
        job description is missing or says next to nothing.
    """
    naming = _naming(work.name)
    if naming is None:
        return False
    if not (
        _is_one_of(title, naming.titles)
        or (_is_one_of(title, naming.with_skills) and _technologies(brief) >= _SEVERAL)
    ):
        return False
    text = " ".join(
        (brief.company_name or "", *brief.skills, (brief.job_description or "")[:_MOST_READ])
    )
    said = {part for word in (*rest, *words_of(text)) for part in (word, *word.split("-"))}
    if any(matches(word, own) for own in naming.unless for word in said):
        return False
    is_told = len(words_of(brief.job_description or "")) >= _TELLING
    if naming.needs and (is_told or not is_likeliest):
        return any(matches(word, own) for own in naming.needs for word in said)
    skills = plain(" ".join(brief.skills))
    return not any(word in vocabulary() and word not in skills for word in rest)


_SEVERAL = 2
_TELLING = 15  # words of a job description from which it says what kind of work it is


def _is_one_of(title: Sequence[str], titles: Sequence[Sequence[str]]) -> bool:
    return any(len(own) == len(title) and all(map(matches, title, own)) for own in titles)


@cache
def _naming(name: str) -> Naming | None:
    """Return when a kind of work's own questions may be used, by titles that say something."""
    naming = naming_of(name)
    if naming is None:
        return None
    return replace(
        naming,
        titles=tuple(map(_saying_something, naming.titles)),
        with_skills=tuple(map(_saying_something, naming.with_skills)),
    )


def _saying_something(title: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in title if not _says_nothing(word))


def _technologies(brief: Brief) -> int:
    """Return how many skills of a brief are technologies that software is made with."""
    found = (find(skill) for skill in brief.skills)
    return sum(skill is not None and skill.area is Area.SOFTWARE for skill in found)


def _says_nothing(word: str) -> bool:
    return word in _SAYS_NOTHING or word.isdigit()


def _family(position: str, ranking: Sequence[Work]) -> Work:
    """Return the family that a title is of, by its own words or by the kind that it names."""
    words, main = title_words(position)
    found = list(_named_families(words[: main or len(words)]))
    several = [family for length, _, family in found if length > 1]
    if several:
        return several[-1]
    named = titled(position)
    near = next((work for work in ranking if work.name in named and work.name != GENERAL), None)
    if near is not None and family_of(near.name).name != GENERAL:
        return family_of(near.name)
    if found:
        return max(found, key=lambda each: each[1])[2]
    rest = list(_named_families(words[main:]))
    if rest:
        return rest[0][2]
    # names of technologies are unmistakable, the words of other trades are not
    is_technical = ranking[0].family == "technology" and ranking[0].name != GENERAL
    return family_of(ranking[0].name) if is_technical else works()[GENERAL]


def _named_families(words: Sequence[str]) -> list[tuple[int, int, Work]]:
    """Return the families that words of a title name: how many words, where, and which."""
    return [
        (len(own), at, family)
        for family in families().values()
        for own in (title.split() for title in family.titles)
        for at in range(len(words) - len(own) + 1)
        if all(map(matches, words[at:], own))
    ]
