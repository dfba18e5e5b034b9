"""What a job description says of the work itself: duties that may be quoted, and licences that it
asks for. Reads plain text with lines, however messy; advertising, benefits, requirements and legal
sentences are no duties."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from interview_service.domain.fairness import Source, find
from interview_service.engines.builtin.asked import IN_TRAINING, foreign_licence, is_licence
from interview_service.engines.builtin.languages import ENGLISH, is_foreign, language_of
from interview_service.engines.builtin.phrases import capitalised, starts_with_a_verb

_LONGEST_READ = 20_000  # characters
_MOST_DUTIES, _MOST_CHECKS = 10, 6
_FEWEST_WORDS, _MOST_WORDS = 4, 26
_FEWEST_OF_AN_ITEM = 3  # words of a duty in a list of duties


class Part(Enum):
    """What a stretch of a job description is about, by the heading above it."""

    DUTIES = "duties"
    REQUIREMENTS = "requirements"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Advert:
    """What can be used of a job description.

    :param duties: whole sentences on what one does in the job, as they were written.
    :param checks: licences, registrations and degrees that it asks for.
    :param later: those that one may still be working towards.
    """

    language: str = ENGLISH
    duties: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    is_item: bool
    is_marked: bool  # as a heading, by # or ** around it


def read(text: str | None) -> Advert:
    """Return what a job description says; an empty one where there is none."""
    if not text or not text.strip():
        return Advert()
    language = language_of(text)
    if language != ENGLISH:
        return Advert(language, checks=_foreign_checks(text[:_LONGEST_READ]))
    duties: list[str] = []
    checks: list[str] = []
    later: list[str] = []
    part = Part.UNKNOWN
    for line in _lines(text[:_LONGEST_READ]):
        heading = _heading(line)
        if heading is not None:
            part = heading
            continue
        listed = _listed_after_a_heading(line.text)
        if listed:
            duties += [
                _ended(each)
                for each in listed
                if len(each.split()) >= _FEWEST_WORDS and _is_duty(each, Part.DUTIES, is_item=True)
            ]
            continue
        is_item = _is_item(line, part)
        for sentence in _sentences(line.text):
            if len(duties) < _MOST_DUTIES and _is_duty(sentence, part, is_item=is_item):
                duties.append(_ended(sentence))
            elif part is not Part.OTHER and _is_check(sentence, part, is_item=line.is_item):
                said = _ONLY_BEFORE.sub("", sentence).rstrip(" .;,")
                if IN_TRAINING.search(said):
                    later.append(capitalised(said))
                else:
                    checks.append(foreign_licence(said) or capitalised(said))
    return Advert(
        language,
        tuple(dict.fromkeys(duties)),
        tuple(dict.fromkeys(checks))[:_MOST_CHECKS],
        tuple(dict.fromkeys(later))[:_MOST_CHECKS],
    )


def _is_item(line: _Line, part: Part) -> bool:
    """Tell whether a line is one of a list; duties are often listed without any bullet."""
    return line.is_item or (part is Part.DUTIES and line.text[-1] not in ".!?:")


_INLINE = re.compile(
    r"(?:(?:main |key )?(?:duties|tasks|responsibilities)(?: include)?|(?:the )?job"
    r") ?: +(?=\S)",
    re.IGNORECASE,
)
_COMMAS = re.compile(r"[,;](?![^()]*\)) ")
_FEWEST_LISTED = 3


def _listed_after_a_heading(text: str) -> list[str]:
    """Return the duties of a line that lists them after a heading: `Duties: milking, calving.`"""
    match = _INLINE.match(text)
    if match is None:
        return []
    first = _SENTENCE.split(text[match.end() :])[0].rstrip(" .")
    parts = [each.strip() for each in _COMMAS.split(first)]
    return parts if len(parts) >= _FEWEST_LISTED else []


def _foreign_checks(text: str) -> tuple[str, ...]:
    """Return the licences and degrees that a text in another language names, each once."""
    found: dict[str, str] = {}
    for line in _lines(text):
        for clause in _CLAUSE.split(_OR_ALIKE.sub("", line.text)):
            said = _JOINED.sub("", clause.strip(" .;:,!-–•"))
            after = said.partition(":")[2].strip()
            said = after if is_licence(after) else said
            if _OFFERED.search(said) or find(said, kind=Source.BRIEF):
                continue
            check = foreign_licence(said)
            if check is not None and len(said.split()) <= _LONGEST_CLAUSE:
                found.setdefault(check.split(" (“")[0], check)
    return tuple(found.values())[:_MOST_CHECKS]


_CLAUSE = re.compile(r"[.,;!?](?= |$)|[•|]| [-–] |\s(?:und|et|y|sowie|ainsi que|und/oder)\s")
_OR_ALIKE = re.compile(r",? (?:o\. ?[äÄ]|u\. ?[äÄ]|etc|o\. ?ae)\.?(?= |$)", re.IGNORECASE)
_JOINED = re.compile(r"^(?:oder|und|sowie|ou|et|o|y|bzw\.?) ", re.IGNORECASE)
_LONGEST_CLAUSE = 9  # words
_OFFERED = re.compile(
    r"\b(?:wir bieten|bieten wir|nous offrons|nous proposons|ofrecemos|formation interne|interne"
    r"|bezahlte|gute|übernahme|azubis?|auszubildende\w*|anleiten|leitest|ausbilden|formez"
    r"|formar)\b",
    re.IGNORECASE,
)


# --- lines

_BULLET = re.compile(
    r"^\s*(?:[•◦▪■●○◆▶►➤➢→✓✔✅⭐🔹🔸👉💙·*–—+>»›~=§o\ue000-\uf8ff-]+|\[[ xX]?\]|\(?\d{1,2}[.)]"
    r"|\d{1,2}(?:\.\d{1,2})+\.?|\(?[a-zA-Z]\)|[A-Z]\.(?= [A-Z]?[a-z]))\s+"
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3]+",
)
_MARKED = re.compile(r"^(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|__[^_]+__:?)$")
_MARKS = re.compile(r"\*\*|__|^#{1,6}\s+|`")


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines of a text, those that were only wrapped put together again."""
    held: _Line | None = None
    for raw in text.splitlines():
        bare = _EMOJI.sub(" ", raw).replace("\u00a0", " ").strip()
        if not bare:
            if held:
                yield held
            held = None
            continue
        is_item = _BULLET.match(bare) is not None or _BULLET.match(raw) is not None
        is_marked = _MARKED.match(bare) is not None
        said = " ".join(_MARKS.sub("", _BULLET.sub("", bare)).split()).lstrip("*•·")
        if not said:
            continue
        if held and not is_item and not is_marked and _goes_on(held.text, said):
            joined = f"{held.text} {said}"
            if held.text[-1] == "-":
                joined = f"{held.text if _PREFIX.search(held.text) else held.text[:-1]}{said}"
            held = _Line(joined, held.is_item, held.is_marked)
            continue
        if held:
            yield held
        held = _Line(said, is_item, is_marked)
    if held:
        yield held


_PREFIX = re.compile(r"\b(?:post|pre|non|self|well|co|anti|semi|multi)-$", re.IGNORECASE)


def _goes_on(before: str, following: str) -> bool:
    is_broken = before[-1] == "-" and before[-2:-1].isalpha()
    return is_broken or (
        len(before) >= _SHORTEST_WRAPPED
        and before[-1] not in ".!?:;"
        and (following[0].islower() or following[0].isdigit())
    )


_SHORTEST_WRAPPED = 60  # letters of a line that may go on in the next one


_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d“\"])")
_SHORT_FORMS = re.compile(r"\b(?:e\.g|i\.e|etc|incl|approx|no|vs|St|Dr|Mr|Ms|Inc|Ltd|Co)\.$")


def _sentences(text: str) -> Iterator[str]:
    held = ""
    for piece in _SENTENCE.split(text):
        held = f"{held} {piece}".strip()
        if not _SHORT_FORMS.search(held):
            yield held
            held = ""
    if held:
        yield held


# --- headings

_HEADINGS = (
    (
        Part.OTHER,
        r"isn(?:'|’)?t|is not|benefits?|offer\w*|perks|why|compensation|salary|pay|package"
        r"|about us|who we are|equal|diversity"
        r"|apply|application|contact|company|culture|location|hours|schedule|start|join us"
        r"|our team|contract"
        r"|employer|values|mission statement|inclusion|legal|disclaimer|eeo|what's in it"
        r"|in return|about \w+",
    ),
    (
        Part.REQUIREMENTS,
        r"^you$|requirements?|qualifications?|skills|profile|bring|have|must[- ]haves?|who you are"
        r"|about you"
        r"|looking for|candidate|experience|education|essential|desirable|criteria|need"
        r"|person specification"
        r"|nice to have|preferred|required|knowledge|abilities|competenc\w+|certifications?"
        r"|licen\w+",
    ),
    (
        Part.DUTIES,
        r"responsibilit\w+|duties|tasks?|do|doing|day[- ]to[- ]day|accountabilit\w+|you will|you'll"
        r"|role|job|position|involve\w*|work|functions|typical day|mission|deliver|impact"
        r"|purpose|activities",
    ),
)
_PATTERNS = [
    (part, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for part, words in reversed(_HEADINGS)
]
_ABOUT_THE_WORK = re.compile(
    r"\babout (?:the|this) (?:role|job|position)\b|\bwhat you(?:'|’)?(?:ll| will)? (?:be )?do"
    r"|\byour role\b",
    re.IGNORECASE,
)
_ABOUT_OTHERS = re.compile(
    r"\b(?:benefits?|we offer|perks|why|about us|who we are|apply|in return|in it for you"
    r"|join us)\b",
    re.IGNORECASE,
)
_LONGEST_HEADING = 7  # words


def _heading(line: _Line) -> Part | None:
    """Return what follows a line that is a heading; None for a line of text."""
    text = line.text.rstrip(": ")
    words = text.split()
    ends_open = line.text.endswith(":")
    shouts = len(text) > 3 and text.upper() == text and any(char.isalpha() for char in text)
    is_short = len(words) <= _LONGEST_HEADING and text[-1:] not in ".!"
    if not is_short or not (ends_open or shouts or line.is_marked or not line.is_item):
        return None
    if _ABOUT_OTHERS.search(text):
        return Part.OTHER
    if _ABOUT_THE_WORK.search(text):
        return Part.DUTIES
    if not (ends_open or shouts or line.is_marked) and starts_with_a_verb(text):
        return None
    for part, pattern in (_PATTERNS[1], _PATTERNS[0], _PATTERNS[2]):
        if pattern.search(text):
            return part
    return Part.UNKNOWN if ends_open or shouts or line.is_marked else None


# --- duties

_REPORTING_LINE = re.compile(
    r"(?:you(?:'|’)?(?:ll| will)? )?report(?:s|ing)? (?:directly )?to ", re.I
)
_YOU_WILL = re.compile(
    r"(?:In this (?:role|position|job),? )?(?:you(?:'ll| will| are going to)|"
    r"(?:the )?(?:successful )?(?:candidate|post ?holder|role holder) will|"
    r"your (?:main )?(?:task|job|role) (?:is|will be) to|you(?:'re| are) responsible for"
    r"|responsible for)\s+"
    r"(?:also |then |be responsible for |primarily |mainly )?(?P<what>\w+)",
    re.IGNORECASE,
)
_NO_WORK = frozenset(
    """enjoy receive get be join have find love need benefit earn become feel grow learn gain
    thrive belong bring possess hold know start work never always also not experience see""".split()
)
_ADVERTISING = re.compile(
    r"https?:|www\.|@|[€$£]|\b(?:salary|bonus|pension|holidays?|vacation|competitive|dynamic"
    r"|exciting|fantastic"
    r"|amazing|rock ?star|ninja|passion\w*|opportunit(?:y|ies) to|join (?:us|our)|we offer"
    r"|benefits?|perks|insurance"
    r"|401k|pto|career progression|discount|equal opportunit\w+|eeo|apply|application|cv"
    r"|resume|regardless"
    r"|web ?site|job (?:pack|advert|description)|information pack|click|closing date|for more"
    r"|find out more"
    r"|discriminat\w+|protected|accommodation|fast-paced|family(?:-like)? (?:atmosphere|team)"
    r"|young team"
    r"|per (?:hour|year|week|annum)|other duties|as assigned|as required|as needed|ad hoc)\b",
    re.IGNORECASE,
)
_REQUIRING = re.compile(
    r"\b(?:years?|must|required|requirements?|degree|licen[cs]e|certificat\w+|experience (?:in"
    r"|with|of)"
    r"|ability to|able to|knowledge of|proficien\w+|fluent|skills?|preferred|a plus|desirable"
    r"|essential|welcome"
    r"|willing\w*"
    r"|you have|you are|ideally|minimum|at least|shift|weekends?|overtime)\b",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"(?:[,;:–—-]|\.\.\.|…|\b(?:and|or|the|a|an|of|to|for|with|by|as|etc\.?|including"
    r"|such as))$",
    re.IGNORECASE,
)


def _is_duty(sentence: str, part: Part, *, is_item: bool) -> bool:
    """Tell whether a sentence says what one does in the job, wholly, and may be quoted."""
    if part in (Part.OTHER, Part.REQUIREMENTS):
        return False
    words = sentence.split()
    text = sentence.rstrip(" .;")
    if _REPORTING_LINE.match(text):
        return False
    is_listed = is_item and part is Part.DUTIES
    fewest = _FEWEST_OF_AN_ITEM if is_listed else _FEWEST_WORDS
    if not fewest <= len(words) <= _MOST_WORDS or sentence.endswith(("?", "!")):
        return False
    if not any(char.islower() for char in text) or _UNFINISHED.search(text):
        return False
    if _GOES_ON.search(text):
        return False
    if text.count("(") != text.count(")") or text.count('"') % 2:
        return False
    if (
        _ADVERTISING.search(text)
        or _REQUIRING.search(text)
        or is_foreign(text, in_foreign_text=False)
    ):
        return False
    said = _YOU_WILL.match(text)
    if said is not None:
        says_work = said["what"].lower() not in _NO_WORK
    elif starts_with_a_verb(text):
        says_work = is_item or (text[0].isupper() and (part is Part.DUTIES or _is_told(text)))
    else:
        is_task = not _NO_TASK.match(text) and not _SPEAKS_TO_THEM.search(_ASIDE.sub("", text))
        says_work = is_listed and is_task
    return says_work and not find(text, kind=Source.BRIEF)


def _is_told(text: str) -> bool:
    """Tell whether a sentence of running text that begins with a verb tells a task."""
    first = text.split()[0].lower().strip(",")
    return first not in _NO_WORK and not _SPEAKS_TO_THEM.search(_ASIDE.sub("", text))


_ASIDE = re.compile(r"\([^()]*\)")
_GOES_ON = re.compile(r"(?<!\.\w)[.!?] +[a-z]|[\[\]{}<>|]")
"""What a text has that is more than one sentence, or no sentence at all."""
_NO_TASK = re.compile(
    r"(?:in|on|at|by|to|as|with|for|under|from|of|about|and|or|but|if|when|while|where|that|this"
    r"|these|it|he|she|they|i|some|lots|must|no|not|own|plus|also)\b",
    re.IGNORECASE,
)
"""How a line of a list begins that names no task."""
_SPEAKS_TO_THEM = re.compile(r"\b(?:you|your|we|our|us|this is|there is|no|not)\b", re.IGNORECASE)
"""What a line of a list has that names no task."""


def _is_check(sentence: str, part: Part, *, is_item: bool) -> bool:
    """Tell whether a line asks for a licence, a registration or a degree."""
    return (
        (is_item or part is Part.REQUIREMENTS or _is_demand(sentence))
        and is_licence(sentence)
        and not _NOT_NEEDED.search(sentence)
        and not _ADVERTISING.search(sentence)
        and not find(sentence, kind=Source.BRIEF)
    )


_ONLY_BEFORE = re.compile(
    r"^(?:essential|desirable|required|needs?|must[- ]haves?|you need|preferred|ideally"
    r"|licen[cs]es?"
    r"|qualifications?|certificates?) ?: +",
    re.IGNORECASE,
)
"""What a line says before the licence itself: `Essential: Care Certificate`."""


def _is_demand(sentence: str) -> bool:
    """Tell whether a sentence of running text only says what one has to have."""
    return len(sentence.split()) <= _SHORT_DEMAND or _DEMANDS.search(sentence) is not None


_SHORT_DEMAND = 5  # words
_DEMANDS = re.compile(
    r"\b(?:must|required|req'd|essential|mandatory|need|needed|hold|holder|valid|in[- ]date|current"
    r"|desirable|necessary|compulsory|full)\b",
    re.IGNORECASE,
)
_NOT_NEEDED = re.compile(
    r"\b(?:no|not|without|we (?:will )?(?:pay|offer|support|help)|paid|opportunity|you will"
    r"|master(?:ing)? the)\b",
    re.IGNORECASE,
)


def _ended(sentence: str) -> str:
    """Return a sentence with its full stop."""
    return f"{capitalised(sentence.rstrip(' .;'))}."
