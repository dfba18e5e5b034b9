"""What is asked about a skill that no table knows.

Nobody can tell here what such words mean. `unknown.toml` has questions in which any noun may stand,
and some for the kinds of noun that their form and main word tell: people, a program or machine,
rules, a way of behaving.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

from interview_service.domain.interview import Level
from interview_service.engines.builtin.phrases import (
    SURE_VERBS,
    Shape,
    capitalised,
    is_adjective,
    listed,
    shape_of,
)
from interview_service.engines.builtin.tables import read_table
from interview_service.engines.builtin.work import Ask, Topic, plain, works

_Row = Sequence[str]


class Noun(StrEnum):
    """What kind of noun a phrase is, by its main word."""

    PEOPLE = "people"
    PAPER = "paper"
    PROGRAM = "program"
    RULE = "rule"
    BEHAVIOUR = "behaviour"
    OTHER = "other"


class Unknown:
    """Hands out what is asked about the unknown skills of one brief, each in other words."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self._given: Counter[Noun] = Counter()

    def topic(self, phrase: str) -> Topic:
        """Return what to ask about words that no table knows, as they stand in a sentence."""
        noun = noun_of(phrase)
        if self._given[noun] >= _most(noun):
            noun = Noun.OTHER
        number = self._given[noun]
        self._given[noun] += 1
        return topic_about(phrase, number, self._level, noun)


def topic_about(
    phrase: str, number: int, level: Level = Level.MID, noun: Noun | None = None
) -> Topic:
    """Return what to ask about words that no table knows.

    :param phrase: as it stands inside a sentence.
    :param number: how many of its kind were asked about before; each gets other questions.
    """
    if not is_nameable(phrase):
        return _topic(phrase, phrase, number, _data()["quoted"], level)
    noun = noun or noun_of(phrase)
    said = _people_in(phrase) if noun is Noun.PEOPLE else _with_article(phrase, noun_of(phrase))
    return _topic(phrase, said, number, _data()[noun if _most(noun) else Noun.OTHER], level)


def topic_about_several(phrases: Sequence[str]) -> Topic:
    """Return what to ask about several such skills at once."""
    return _topic_of("Other skills that the job calls for", phrases, "several", _said(phrases))


def _said(phrases: Sequence[str]) -> str:
    """Return phrases as a sentence lists them, apart by more than a comma where one has a comma."""
    if any(re.search(r",| and ", each) for each in phrases):
        return f"{'; '.join(phrases[:-1])}; and {phrases[-1]}"
    return listed(phrases)


def _topic_of(name: str, phrases: Sequence[str], group: str, said: str) -> Topic:
    rows = _data()[group]
    return Topic(
        name,
        tuple(phrases),
        rows["poor"][0],
        _filled(rows["past"][0], said),
        _filled(rows["case"][0], said),
    )


def _topic(phrase: str, said: str, number: int, rows: Mapping[str, Any], level: Level) -> Topic:
    past, case = rows["past"][number % len(rows["past"])], rows["case"][number % len(rows["case"])]
    if level is Level.JUNIOR and number == 0:
        past = rows.get("junior", past)
    if level in (Level.LEAD, Level.PRINCIPAL) and number == 0:
        case = rows.get("leader", case)
    return Topic(
        capitalised(phrase),
        (phrase,),
        rows["poor"][number % len(rows["poor"])],
        _filled(past, said),
        _filled(case, said),
    )


def _filled(row: _Row, said: str) -> Ask:
    text, *look_for, follow_up = row
    return Ask(text.format(x=said), tuple(look_for), follow_up)


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    return read_table("unknown")


def _most(noun: Noun) -> int:
    rows = _data()[noun]
    return min(len(rows.get("past", ())), len(rows.get("case", ())))


# --- kinds of nouns


@cache
def _heads() -> Mapping[str, Noun]:
    """Return the main words to what kind of noun they make; of two kinds the later one counts."""
    order = (Noun.PROGRAM, Noun.RULE, Noun.PAPER, Noun.PEOPLE)
    return {word: noun for noun in order for word in _data()[noun]["heads"].split()}


_AFTER_THE_HEAD = re.compile(
    r" (?:for|of|in|on|at|with|to|from|by|under|through|across|between|about|including|over|per"
    r"|during|after|before|around|towards?|against|within|among|using|via)\b.*"
)
_BEHAVING = re.compile(
    r"(?:staying|keeping (?:calm|going|cool)|saying no|being|remaining|coping|listening"
    r"|meeting deadlines|making decisions|admitting|taking (?:responsibility|ownership|initiative)"
    r"|working (?:alone|independently|under pressure|on (?:your|one's) own|fast|quickly)"
    r"|handling (?:pressure|stress|rejection|criticism)|speaking up)\b"
)
_WITH_PEOPLE = re.compile(
    r"(?:chat(?:ting)?|talk(?:ing|s)?|banter|interact(?:ing|ion)|engag(?:ing|ement)|rapport"
    r"|dealing|working|liaising|getting on|communicating|communication|contact|relationships?"
    r"|relations|rapport|negotiating|experience) with (?P<one>.+)"
    r"|(?:handling|managing|serving|looking after|entertaining|greeting|caring for|supporting"
    r"|helping) (?P<other>.+)"
)


def noun_of(phrase: str) -> Noun:
    """Tell what kind of noun a phrase is, as far as its words show."""
    lower = plain(phrase)
    if _BEHAVING.match(lower) or shape_of(phrase) is Shape.QUALITY:
        return Noun.BEHAVIOUR
    if _people_in(phrase) != phrase:
        return Noun.PEOPLE
    head = _AFTER_THE_HEAD.sub("", lower).split()
    if not head:
        return Noun.OTHER
    first, last = head[0], head[-1].strip("()")
    known = _heads().get(last) or _heads().get(last.rpartition("-")[2])
    if last == "drivers" and first in _DRIVEN:
        known = Noun.PROGRAM
    is_gerund = first.endswith("ing") and len(first) > _SHORTEST_GERUND and len(head) > 1
    if is_gerund and known is not Noun.PROGRAM:
        return Noun.OTHER  # "training juniors" is something that one does
    if known is not None:
        return known
    if _PROGRAMS.fullmatch(last) or _is_program(phrase):
        return Noun.PROGRAM
    return Noun.RULE if _STANDARD.match(phrase) else Noun.OTHER


_DRIVEN = ("syringe", "pile", "screw", "device", "printer", "impact", "nail")
"""What `drivers` are no people of: `syringe drivers`."""
_SHORTEST_GERUND = 4  # letters, so that neither "king" nor "ring" is one
_PROGRAMS = re.compile(r"\w{3,}ware")
_STANDARD = re.compile(r"(?:ISO|DIN|EN|IEC|BS|ANSI|ASTM|ASME|AS|VDE|TRGS|PAS|NFPA)[ -]?\d")
_NAME_OF_A_PROGRAM = re.compile(r"[A-Z][a-z]+[A-Z]\w*|[A-Z]\d[A-Z]\w+")


def _is_program(phrase: str) -> bool:
    """Tell whether a name is spelled as programs are: `BrightHR`, `ChurchSuite`."""
    return any(_NAME_OF_A_PROGRAM.fullmatch(word) for word in phrase.split())


def _is_plural(word: str) -> bool:
    return word == "menus" or (
        len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ics"))
    )


def _people_in(phrase: str) -> str:
    """Return the people of whom a phrase says that one deals with them; else the phrase."""
    match = _WITH_PEOPLE.fullmatch(phrase)
    if match is None:
        return phrase
    people = match["one"] or match["other"]
    head = _AFTER_THE_HEAD.sub("", plain(people)).split()
    return people if head and _heads().get(head[-1]) is Noun.PEOPLE else phrase


_NAMED = (Noun.PAPER, Noun.PROGRAM)
"""Kinds of which one thing needs an article: `the medicines book`, `the oscilloscope`."""


def _with_article(phrase: str, noun: Noun) -> str:
    words = phrase.split()
    head = (_AFTER_THE_HEAD.sub("", plain(phrase)).split() or [""])[-1]
    is_one = noun in _NAMED and _heads().get(head) is noun and not _is_plural(head)
    is_one = is_one or (noun is Noun.RULE and head in _NAMED_RULES)
    is_name = words[0][:1].isupper() and len(words) == 1
    if not is_one or is_name or words[0].lower() in _DETERMINED or head in _UNCOUNTED:
        return phrase
    return f"the {phrase}"


_DETERMINED = frozenset({"the", "a", "an", "our", "your", "this", "own"})
_NAMED_RULES = ("act", "code", "directive", "regulation", "charter", "framework")
_UNCOUNTED = frozenset(
    "paperwork documentation software equipment ticketing copy crm erp cad cam plc epos pos".split()
)

_MOST_WORDS = 6
_NO_NOUN = re.compile(
    r"\b(?:is|are|be|been|can|could|will|would|must|should|has|have|had|do|does|doesnt|dont|who"
    r"|which|that|you|your|yourself|we|our|us|i|my|me|not|never|always|very|well|able|willing"
    r"|ready|keen|etc|enough|without)\b(?!-)"
    r"|^(?:an? )?(?:\w+ )?(?:passion|love|enthusiasm|flair|feeling|feel|interest|affinity|curiosity"
    r"|taste|liking|appreciation) (?:for|of|in|with) .*"
    r"|^(?:with|without|for|of|in|on|at|to|from|by|as|and|or|but|if) "
    r"|^(?:honest|open|happy|calm|patient|polite|friendly|relaxed|firm|fair|quick|good|great)"
    r" (?:about|with|to|in|at|under|on)\b| welcome$|(?:^| )or (?:working|willing)\b"
    r"|^\w*(?:keeper|maker|holder|starter|thinker|communicator|organi[sz]er|listener|learner"
    r"|solver|leader|speaker)$"
    r"|[£€$]|(?:[ -](?:driven|oriented|orientated|minded|focus+ed|savvy)| (?:person|type|player))$"
    r"|[:;,!?\"“”…]|\.(?:\s|$)|(?:\b(?:and|or|of|to|for|with|in|on|at|as|by|the|a|an)|[-/&+])$",
    re.IGNORECASE,
)


_NAME = re.compile(r"\b[A-Z]\w+(?: [A-Z]\w+)+\b")
"""Several words with capitals, whatever they mean by themselves: `Always On`."""
_NAMES = re.compile(r"(?<=[A-Z\d]), (?=[A-Z])")
"""What is between names in a list of them: `ROAS, CAC and LTV`."""


def _plainly(phrase: str) -> str:
    """Return a phrase with its names as one word each."""
    return _NAME.sub("X", _NAMES.sub(" ", phrase))


@cache
def _who_does_it() -> frozenset[str]:
    """Return the words that are somebody with a trade: one has no experience of a butcher."""
    titles = (title.rstrip("*") for work in works().values() for title in work.titles)
    return frozenset(each for each in titles if _A_PERSON.fullmatch(each))


_A_PERSON = re.compile(r"[a-z]{3,}(?:er|or|ist|ian|ress)")


def is_nameable(phrase: str) -> bool:
    """Tell whether words can be trusted to be a noun, so that they may stand in any sentence."""
    words = phrase.split()
    if not 1 <= len(words) <= _MOST_WORDS or _NO_NOUN.search(_plainly(phrase)):
        return False
    if is_adjective(words[-1]) and not _BEHAVING.match(phrase):
        return False
    if len(words) > 1 and words[-1].lower() in _who_does_it():
        return False
    first = words[0].lower()
    return len(words) == 1 or first not in SURE_VERBS
