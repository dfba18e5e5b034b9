"""Kinds of work: what is asked in an interview for a nurse, an electrician, a data engineer, …

The tables are the TOML files of this folder. A kind of work has

- `like`: the wider kind of work whose topics are its own as well, in `narrower.toml`: but those
  of `without`, and those of `with` in every interview;
- `titles`: words of a position's title that name it, in English, German, French and Spanish. `*` at
  the end of a word stands for any ending, and `~` before a title says that it names other work too
  ("engineer"), so that something else has to speak for it; `a+b` asks for both words anywhere;
- `words`: what its job descriptions speak of;
- `family`, where its words mean other things than those of its neighbours in the file do;
- `section`, `sample_section`: the names of the sections on skills and on the piece of work;
- `sample`: the piece of work: criterion, question, three things to look for, follow-up, and what a
  poor answer looks like; `sample_junior`, the same for beginners;
- `topics`: what it is made of: `keys`, the skills that mean it; `past`, a question about what
  somebody has done, and `case`, about what they would do: question, three things to look for,
  follow-up; and `poor`, what a poor answer to either looks like. A topic is for every interview of
  its kind of work; `when` narrows that to those that ask for it (`asked`) or in
  which people are led (`leading`).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from interview_service.engines.builtin.skills import Area, find
from interview_service.engines.builtin.tables import read_table

GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, what a good answer to it shows, and what to ask next."""

    text: str
    look_for: tuple[str, ...]
    follow_up: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that interviewers ask about and rate.

    :param past: about what somebody has done; `case`, about what they would do.
    :param poor: what a poor answer to either looks like.
    :param when: empty, or the only interviews that it is for: `asked` or `leading`.
    """

    name: str
    keys: tuple[str, ...]
    poor: str
    past: Ask
    case: Ask
    when: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece of work to talk through."""

    name: str
    ask: Ask
    poor: str


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work.

    :param family: kinds of work that are close to each other; `file`, the table that it is in.
    :param wider: the kind of work that it is asked about like; its own name where it is wide.
    :param is_family: a whole family of work; its topics hold for everybody in it.
    """

    name: str
    family: str
    file: str
    wider: str
    titles: tuple[str, ...]
    words: frozenset[str]
    section: str
    sample_section: str
    sample_topics: tuple[str, ...]
    sample: Sample
    sample_junior: Sample | None
    topics: tuple[Topic, ...]
    is_family: bool = False


_FAMILIES = (
    *("health", "trades", "hospitality", "people"),
    *("office", "commerce", "engineering", "technology", "callings"),
    *("narrower", "specialists", "practitioners", "fieldwork", "community", "services"),
    *("crafts", "journeys", "caring", "professions", "guests", "everyday", "broad"),
)
_WORD = re.compile(r"[^\W_][^\W_'’.+#-]*(?:['’.+#-]+[^\W_'’.+#-]+)*[+#]*")


def plain(text: str) -> str:
    """Return a text in lower case without accents, as titles and skills are compared."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared: no accents, no case."""
    return _WORD.findall(plain(text))


@cache
def works() -> Mapping[str, Work]:
    """Return every kind of work under its name."""
    found: dict[str, Work] = {}
    for family in _FAMILIES:
        for name, entry in read_table(f"work/{family}").items():
            wider = found[entry["like"]] if "like" in entry else None
            found[name] = (
                _work(name, family, entry) if wider is None else _like(wider, name, family, entry)
            )
    return found


@cache
def families() -> Mapping[str, Work]:
    """Return every family of work under its name; none of them is a kind of work itself."""
    return {
        name: replace(
            _work(name, entry["family"], entry | {"sample": _NO_SAMPLE, "sample_section": ""}),
            is_family=True,
        )
        for file in _FILES_OF_FAMILIES
        for name, entry in read_table(f"work/{file}").items()
    }


@cache
def keyed(family: str) -> Mapping[str, Topic]:
    """Return the topics of a family of work by their keys."""
    return {
        key_of(key): topic
        for topic in families()[family].topics
        for key in (topic.name, *topic.keys)
    }


_FILES_OF_FAMILIES = ("families", "desk_families")
_NO_SAMPLE = ("", "", "", "", "")


@cache
def family_of(name: str) -> Work:
    """Return the family that a kind of work belongs to, or else what holds for any work."""
    found = (
        family
        for file in _FILES_OF_FAMILIES
        for family, entry in read_table(f"work/{file}").items()
        if name in entry["of"].split()
    )
    return families().get(next(found, ""), works()[GENERAL])


@dataclass(frozen=True, slots=True)
class Naming:
    """When a kind of work's own questions may be used.

    :param titles: the whole of a title, word by word; a word may end in `*`.
    :param with_skills: the same, but for titles that need several technologies beside them.
    :param needs: words of which the rest of the brief has to have one; `unless`, none.
    """

    titles: tuple[tuple[str, ...], ...]
    with_skills: tuple[tuple[str, ...], ...]
    needs: tuple[str, ...]
    unless: tuple[str, ...]


@cache
def naming_of(name: str) -> Naming | None:
    """Return when a kind of work's own questions may be used; never without an entry."""
    entry = _named().get(name)
    if entry is None:
        return None
    return Naming(
        _split(entry["titles"]),
        _split(entry.get("with_skills", "")),
        tuple(entry.get("needs", "").split()),
        tuple(entry.get("unless", "").split()),
    )


def _split(titles: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(title.replace("-", " ").split()) for title in titles.split("|") if title)


def _work(name: str, family: str, entry: Mapping[str, Any]) -> Work:
    junior = entry.get("sample_junior")
    return Work(
        name=name,
        family=entry.get("family", family),
        file=family,
        wider=name,
        titles=tuple(map(plain, entry["titles"])),
        words=frozenset(map(plain, entry["words"])),
        section=entry["section"],
        sample_section=entry["sample_section"],
        sample_topics=tuple(entry.get("sample_topics", ())),
        sample=_sample(entry["sample"]),
        sample_junior=_sample(junior) if junior else None,
        topics=tuple(map(_topic, entry["topics"])),
    )


def _like(wider: Work, name: str, file: str, entry: Mapping[str, Any]) -> Work:
    """Return a narrower kind of work: what it does not say itself is that of the wider kind.

    Of the wider kind's topics only those in `with` are asked without being asked for.
    """
    return replace(
        wider,
        name=name,
        file=file,
        titles=tuple(map(plain, entry["titles"])),
        words=frozenset(),
        section=entry.get("section", wider.section),
        sample_section=entry.get("sample_section", wider.sample_section),
        sample=_sample(entry["sample"]) if "sample" in entry else wider.sample,
        sample_junior=None if "sample" in entry else wider.sample_junior,
        sample_topics=tuple(
            entry.get("sample_topics", () if "sample" in entry else wider.sample_topics)
        ),
        topics=(
            *map(_topic, entry.get("topics", ())),
            *(
                replace(topic, when="" if topic.name in entry.get("with", ()) else "asked")
                for topic in wider.topics
                if topic.name not in entry.get("without", ())
            ),
        ),
    )


@cache
def shared(group: str) -> tuple[Topic, ...]:
    """Return topics that any kind of work may have: `traits`, `leading` or `influence`."""
    return tuple(map(_topic, read_table("work/shared")[group]))


@cache
def teamwork_for(family: str) -> tuple[Topic, ...]:
    """Return the topics of which one asks about teamwork in the kinds of work of a family."""
    return tuple(
        _topic(entry)
        for entry in read_table("work/shared")["teamwork"]
        if not entry["families"] or family in entry["families"]
    )


@cache
def _named() -> Mapping[str, Any]:
    return read_table("work/named")


def _topic(entry: Mapping[str, Any]) -> Topic:
    return Topic(
        entry["name"],
        tuple(entry["keys"]),
        entry["poor"],
        _ask(entry["past"]),
        _ask(entry["case"]),
        entry.get("when", ""),
    )


def _ask(row: Sequence[str]) -> Ask:
    text, *look_for, follow_up = row
    return Ask(text, tuple(look_for), follow_up)


def _sample(row: Sequence[str]) -> Sample:
    name, *ask, poor = row
    return Sample(name, _ask(ask), poor)


# --- which kind of work a position is

_STRONG, _WEAK = 6.0, 2.0
_LEAST = 2.0
"""Less evidence than this, and the work is of no particular kind."""

_OF = frozenset({"of", "for", "in", "at", "to", "de", "du", "des", "del", "fur", "im", "bei", "en"})
_NEAR = 0.6
"""Work with a smaller share of the votes of the likeliest is not what a position is about."""

_WORDS_COUNT, _MOST_OF_WORDS = 0.5, 3.0
_TECHNOLOGY = {
    Area.SOFTWARE: ("software",),
    Area.DATA: ("data_engineering", "data_analysis", "machine_learning"),
    Area.INFRASTRUCTURE: ("infrastructure",),
    Area.DESIGN: ("design",),
    Area.PRODUCT: (),
}


def titled(position: str) -> frozenset[str]:
    """Return the kinds of work that a title names by more than a word that many share."""
    return frozenset(name for name, weight in _title_votes(position) if weight >= _SURELY)


_SURELY = 4.0


def ranked(position: str, skills: Iterable[str], description: str | None) -> list[Work]:
    """Return the kinds of work that a brief speaks of, the likeliest first.

    The title counts most, and its end more than its beginning (a nurse recruiter recruits); then
    the skills, then what the job description speaks of. One stray word never decides. The list ends
    with work of no particular kind, and is that alone where there is too little to go by.
    """
    votes: defaultdict[str, float] = defaultdict(float)
    for name, weight in _title_votes(position):
        votes[name] = max(votes[name], weight)
    places = {name: place for place, name in enumerate(works())}

    def order(name: str) -> tuple[float, int]:
        """Sort by weight; of two alike the later one is narrower, unless both are guesses."""
        return -votes[name], -places[name] if votes[name] >= _STRONG else places[name]

    titled = min(votes, key=order, default=GENERAL)
    for skill in skills:
        for name, weight in _skill_votes(skill):
            is_wide = (
                name == "software" and titled != GENERAL and works()[titled].family == "technology"
            )
            votes[titled if is_wide else name] += weight
    if description:
        present = set(words_of(description))
        for work in works().values():
            votes[work.name] += min(len(work.words & present) * _WORDS_COUNT, _MOST_OF_WORDS)
    for work in works().values():
        if work.wider != work.name and votes[work.name]:  # its skills speak for the wider kind
            votes[work.name] += votes[work.wider] * 0.5
    ordered = sorted(
        (each for each in votes.items() if each[0] != GENERAL), key=lambda each: order(each[0])
    )
    least = max(_LEAST, ordered[0][1] * _NEAR) if ordered else _LEAST
    best = [name for name, weight in ordered if weight >= least]
    return [works()[name] for name in (*best, GENERAL)]


_TO_OTHERS = re.compile(
    r"\b(assistants?|secretary|pa|ea|adviser|advisor|chief of staff)\b[^,;(]{0,30}? (?:to|of) "
    r"(?:the )?(?:\w+ ){0,2}?(?:c[a-z]o|managing|director\w*|president|board|head|minister"
    r"|partners?|vice|vp|executive|chief|chair\w*)\b.*",
    re.IGNORECASE,
)


def own_title(position: str) -> str:
    """Return a title without the people whom one works for: `Assistant to the CEO`."""
    return _TO_OTHERS.sub(r"\1", position)


_MARKED = re.compile(
    r"\((?:[mwfdxhgn]\s?[/|,*]\s?){1,4}[mwfdxhgn]\)|\(all genders\)", re.IGNORECASE
)
_GENDERED = re.compile(
    r"(?<=\w)[/(·*:](?:a|e|o|in|innen|ne|trice|rice|euse|se|ère|as|es|la|fe)\b\)?", re.IGNORECASE
)
"""The second ending of a title for both genders: `Jefe/a`, `Chargé(e)`, `Lehrer:in`."""
_SHORT_TITLES = {
    "op": "operator", "mgr": "manager", "eng": "engineer", "engr": "engineer", "dev": "developer",
    "asst": "assistant", "exec": "executive", "tech": "technician", "coord": "coordinator",
    "admin": "administrator", "supv": "supervisor", "rep": "representative", "acct": "accountant",
}  # fmt: skip


_AFTER_THE_TITLE = re.compile(r" [-–—|] |[(,]")
_OF_THE_REST = 3.5
"""What follows a title, as its place or branch does, says less than the title itself."""


def title_words(position: str) -> tuple[list[str], int]:
    """Return the words of a title, and how many of them come before its place, branch or grade."""
    spelled = _GENDERED.sub(" ", _MARKED.sub(" ", own_title(position)))
    words = [_SHORT_TITLES.get(word, word) for word in words_of(spelled.replace("-", " "))]
    return words, len(
        words_of(_AFTER_THE_TITLE.split(spelled.strip(), maxsplit=1)[0].replace("-", " "))
    )


def matches(word: str, own: str) -> bool:
    """Tell whether a word is the one that a table names; `word*` is any that begins with it."""
    return word.startswith(own[:-1]) if own.endswith("*") else word == own


def _title_votes(position: str) -> Iterator[tuple[str, float]]:
    words, main = title_words(position)
    for name, needed in _combinations():
        if all(f" {each} " in f" {' '.join(words)} " for each in needed):
            yield name, _STRONG * 2
    hits = list(_titles_in(words))
    covered = [(at, at + length) for at, length, _, _ in hits]
    for at, length, name, is_weak in hits:
        if any(
            start <= at and at + length <= end and end - start > length for start, end in covered
        ):
            continue  # "security guard" is no "security"
        weight = (_WEAK if is_weak else _STRONG) + length / 2 + (at + length) / len(words)
        if _OF & set(words[:at]) and any(
            other < at and not weak and name != other_name for other, _, other_name, weak in hits
        ):
            weight -= 3  # a teacher of electrical engineering teaches
        if 0 < main <= at:
            weight -= _OF_THE_REST
        yield name, weight


def _titles_in(words: Sequence[str]) -> Iterator[tuple[int, int, str, bool]]:
    """Yield where a title stands, how many words it has, whose it is, and whether it is weak."""
    for at, word in enumerate(words):
        for title, name, is_weak in _titles().get(word[:3], ()):
            length = len(title)
            if length <= len(words) - at and all(
                matches(said, own) for own, said in zip(title, words[at:], strict=False)
            ):
                yield at, length, name, is_weak


@cache
def _combinations() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the titles of which every part has to stand somewhere, each with whose it is."""
    return tuple(
        (work.name, tuple(title.split("+")))
        for work in works().values()
        for title in work.titles
        if "+" in title
    )


@cache
def _titles() -> Mapping[str, list[tuple[tuple[str, ...], str, bool]]]:
    """Return the titles by the first three letters of their first word.

    A title that two kinds of work name is that of the later one, which is the narrower.
    """
    owners: dict[tuple[tuple[str, ...], str], tuple[str, bool]] = {}
    for work in works().values():
        for title in work.titles:
            if "+" in title:
                continue
            is_weak = title.startswith("~")
            words = tuple(title.removeprefix("~").replace("&", "and").replace("-", " ").split())
            owners[words, work.name if is_weak else ""] = (work.name, is_weak)
    found: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
    for (words, _), (name, is_weak) in owners.items():
        found.setdefault(words[0].rstrip("*")[:3], []).append((words, name, is_weak))
    return found


def _skill_votes(skill: str) -> Iterator[tuple[str, float]]:
    owners = {work for work, _ in topics_for(skill)}
    for owner in owners:
        yield owner, 0.3 + 1.5 / len(owners)
    known = find(skill)
    if known is not None and not owners:
        areas = _TECHNOLOGY.get(known.area, ())
        for owner in areas:
            yield owner, 1.5 / len(areas)


# --- which topic a skill means


def topics_for(skill: str) -> Sequence[tuple[str, Topic]]:
    """Return the topics that have a skill among their keys, each with the kind of work it is of."""
    return _topics().get(key_of(skill), ())


@cache
def _topics() -> Mapping[str, list[tuple[str, Topic]]]:
    found: dict[str, list[tuple[str, Topic]]] = {}
    for work in works().values():
        wider = {topic.name for topic in works()[work.wider].topics}
        own = [topic for topic in work.topics if topic.name not in wider]
        for topic in work.topics if work.wider == work.name else own:
            for key in dict.fromkeys(map(key_of, (topic.name, *topic.keys))):
                found.setdefault(key, []).append((work.name, topic))
    return found


@cache
def shared_topics() -> Mapping[str, tuple[str, Topic]]:
    """Return the shared topics by their keys, each with its group."""
    return {
        key_of(key): (group, topic)
        for group in ("influence", "leading", "tools", "traits")
        for topic in shared(group)
        for key in (topic.name, *topic.keys)
    }


@cache
def _longest_key() -> int:
    return max(len(key.split()) for key in (*_topics(), *shared_topics()))


def key_of(skill: str) -> str:
    """Return a skill as keys are compared: no case, accents or plural, spaces for hyphens."""
    return " ".join(_singular(word) for word in words_of(skill.replace("-", " ").replace("/", " ")))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ics")):
        return word[:-1]
    return word


def keys_within(skill: str) -> Iterator[str]:
    """Yield what a longer phrase has in it that may be a key, the longest first."""
    words = key_of(skill).split()
    for length in range(min(len(words) - 1, _longest_key()), 0, -1):
        for at in range(len(words) - length, -1, -1):
            yield " ".join(words[at : at + length])
