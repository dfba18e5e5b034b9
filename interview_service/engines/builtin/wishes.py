"""What feedback on a plan asks for, read by rules; what no rule reads is kept for the notes.

All wishes on a brief are read together, oldest first; `resolve` lets the later ones win.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from interview_service.domain.fairness import Source, find
from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.durations import Duration, durations_in, number_of
from interview_service.engines.builtin.wish_names import LONGEST_SUBJECT, Known, words_of
from interview_service.engines.builtin.wish_times import (
    AFTERTHOUGHT,
    AT_THE_END,
    AT_THE_START,
    BARE_AMOUNT,
    BARE_MINUTES,
    BY_HOW_MUCH,
    CUT_TO,
    FROM_TO,
    GETS,
    NO_LENGTH_AFTER,
    NO_LENGTH_BEFORE,
    NOT_THAT_LONG,
    SAID_OF,
    TO_HOW_MUCH,
)
from interview_service.engines.builtin.wish_words import (
    ANAPHORA,
    POLITE,
    POLITE_TAIL,
    WHOLE,
    Rule,
    WishKind,
    common_words,
    filler_words,
    rules,
    shapes,
    subject_of,
    unhedged,
)

LONGEST_TEXT = 10_000  # characters of one reason that are read
LONGEST_CLAUSE = 300
MOST_WISHES = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that feedback asks for.

    :param subject: what it is said of, as known sections and topics are spelled, else as written;
        None for the whole interview.
    :param other: what is wanted in its place, of REPLACE.
    :param minutes: of INTERVIEW_MINUTES and SECTION_MINUTES, the length; of SHORTER, LONGER, LESS
        and MORE, by how much.
    :param text: the words that it was read from.
    :param count: how many questions, of FEWER_QUESTIONS (at most) and MORE_QUESTIONS (at least,
        or in addition).
    :param takes_back: of WITHOUT, whether the subject was only there because of an earlier wish.
    """

    kind: WishKind
    subject: str | None = None
    other: str | None = None
    minutes: int | None = None
    text: str = ""
    count: int | None = None
    takes_back: bool = False


def read(
    texts: Sequence[str], *, section_names: Sequence[str] = (), topics: Sequence[str] = ()
) -> tuple[Wish, ...]:
    """Return every wish of all texts in their order, at most 60, the later texts' kept."""
    known = Known((*section_names, *topics))
    wishes: list[Wish] = []
    for text in texts:
        for wish in _Reader(known).read(text[:LONGEST_TEXT]):
            if not wishes or replace(wish, text=wishes[-1].text) != wishes[-1]:
                wishes.append(wish)
    return tuple(wishes[-MOST_WISHES:])


def resolve(wishes: Sequence[Wish]) -> tuple[Wish, ...]:
    """Return the wishes that hold: each that a later one does not take back, in their order."""
    held: list[Wish] = []
    for wish in wishes:
        taken = [each for each in held if _overrides(wish, each)]
        held = [each for each in held if each not in taken]
        if wish.kind is WishKind.WITHOUT and any(_brought(each, wish.subject) for each in taken):
            held += [
                replace(each, kind=WishKind.WITHOUT, other=None)
                for each in taken
                if each.kind is WishKind.REPLACE
            ]
            wish = replace(wish, takes_back=True)
        elif wish.kind in (WishKind.KEEP, WishKind.ADD) and _AS_WELL.search(folded(wish.text)):
            held += [
                replace(each, kind=WishKind.ADD, subject=each.other, other=None)
                for each in taken
                if each.kind is WishKind.REPLACE
            ]
        held.append(wish)
    return tuple(dict.fromkeys(held))


_AS_WELL = re.compile(r"\b(?:as well|too|also|both|auch|aussi|tambien)\b")


def _brought(wish: Wish, subject: str | None) -> bool:
    """Tell whether a subject came into the plan by a wish."""
    if wish.kind is WishKind.REPLACE:
        return _same(wish.other, subject)
    return wish.kind in (WishKind.ADD, WishKind.MORE) and _same(wish.subject, subject)


_LENGTH = frozenset((WishKind.INTERVIEW_MINUTES, WishKind.SHORTER, WishKind.LONGER))
_TREATMENT = frozenset(
    (
        WishKind.WITHOUT,
        WishKind.MORE,
        WishKind.LESS,
        WishKind.ADD,
        WishKind.KEEP,
        WishKind.SECTION_MINUTES,
    )
)
_QUESTIONS = frozenset((WishKind.FEWER_QUESTIONS, WishKind.MORE_QUESTIONS))
_LEVEL = frozenset((WishKind.HARDER, WishKind.EASIER))
_PRACTICAL = re.compile(
    r"\b(?:coding|exercises?|practical|hands-on|whiteboard\w*|tasks?|role[- ]?plays?|"
    r"case stud(?:y|ies)|"
    r"work samples?|live[- ]coding|pairing|tests?)\b"
)
_TOGETHER = frozenset(
    ((WishKind.ADD, WishKind.SECTION_MINUTES), (WishKind.KEEP, WishKind.SECTION_MINUTES),
     (WishKind.SECTION_MINUTES, WishKind.MORE), (WishKind.SECTION_MINUTES, WishKind.LESS),
     (WishKind.ADD, WishKind.MORE), (WishKind.SECTION_MINUTES, WishKind.KEEP))
)  # fmt: skip


def _overrides(later: Wish, earlier: Wish) -> bool:
    """Tell whether a later wish takes an earlier one back."""
    kinds = (earlier.kind, later.kind)
    if set(kinds) <= _LENGTH:
        contrary = WishKind.INTERVIEW_MINUTES not in kinds and earlier.kind is not later.kind
        return later.kind is WishKind.INTERVIEW_MINUTES or contrary
    if set(kinds) == {WishKind.MORE_PRACTICAL, WishKind.WITHOUT}:
        left_out = earlier if earlier.kind is WishKind.WITHOUT else later
        return _PRACTICAL.search((left_out.subject or "").casefold()) is not None
    if set(kinds) == {WishKind.ONLY}:
        return later.text != earlier.text
    about_same = _same(later.subject, earlier.subject)
    if set(kinds) <= _QUESTIONS or set(kinds) <= _LEVEL:
        return about_same
    if earlier.kind is WishKind.ONLY and later.kind in (WishKind.ADD, WishKind.KEEP):
        return False
    if earlier.kind is WishKind.REPLACE:
        if later.kind in (WishKind.KEEP, WishKind.ADD):
            return about_same
        return later.kind is WishKind.WITHOUT and _same(later.subject, earlier.other)
    if later.kind is WishKind.REPLACE:
        return earlier.kind in _TREATMENT and (
            about_same or (_same(later.other, earlier.subject) and earlier.kind is WishKind.WITHOUT)
        )
    return set(kinds) <= _TREATMENT and about_same and kinds not in _TOGETHER


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").casefold() == (other or "").casefold()


_STOP = re.compile(r"[.!?](?=\s|$)|[;\n\r]|(?<=\w)\?|:(?=\s)(?!\s*\d)|\s[-–—]\s")
_SPLIT = re.compile(
    r",|\bbut\b|\baber\b|\bmais\b|\bpero\b|\band then\b|\bthen\b|\bso\b|\band\b|\bund\b|\bet\b|"
    r"\by\b|&|\bas well as\b|\bhowever\b|\bthough\b|\bor\b|\boder\b|\bni\b|\bnor\b|"
    r"\bbecause\b|\bsince\b"
)
_LISTING = frozenset(
    (",", "and", "und", "et", "y", "&", "as well as", "or", "oder", "ni", "nor", "then", "and then")
)
_FOREIGN_LETTERS = re.compile(r"[^\x00-\u024f\u2000-\u2bff\U0001f000-\U0001faff]")


_ANY = "any"  # too short to tell


def _language_of(text: str) -> str | None:
    """Return the language of a folded text, `_ANY` in doubt, None for one that is not read."""
    words = text.replace(",", " ").replace(".", " ").replace("?", " ").replace("!", " ").split()
    counts = {
        name: sum(word in common for word in words) for name, common in common_words().items()
    }
    best = max(counts, key=lambda name: (counts[name], name == "english"))
    if len(_FOREIGN_LETTERS.findall(text)) * 3 > len(text):
        return None
    return best if counts[best] else _ANY


def _rules_of(language: str) -> Iterator[Rule]:
    for name, each in rules().items():
        if language in (name, _ANY):
            yield from each


class _Reader:
    """Reads one reason clause by clause; a list goes on with what its first clause asked for."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._last: Wish | None = None
        self._last_subject: str | None = None
        self._clause_said = ""
        self._mentioned: str | None = None
        self._spoken_of: str | None = None

    def read(self, text: str) -> Iterator[Wish]:
        """Yield the wishes of a text; what only gives a reason for one of them is left out."""
        wishes = list(self._wishes(text))
        kinds = {each.kind for each in wishes}
        is_set = False
        for each in wishes:
            is_set |= each.kind is WishKind.INTERVIEW_MINUTES
            if each.kind is WishKind.NOT_UNDERSTOOD and kinds - _UNREAD and _is_reason(each.text):
                continue
            is_vague = each.kind in (WishKind.SHORTER, WishKind.LONGER) and each.minutes is None
            if is_vague and is_set:
                continue
            yield each

    def _wishes(self, text: str) -> Iterator[Wish]:
        language = _language_of(folded(text))
        for sentence in _STOP.split(text):
            said = " ".join(sentence.split())
            if not said:
                continue
            if language is None:
                yield Wish(WishKind.OTHER_LANGUAGE, text=said[:LONGEST_CLAUSE])
                continue
            own = _language_of(folded(said)) or language
            yield from self._sentence(said, language if own == _ANY else own)

    def _sentence(self, said: str, language: str) -> Iterator[Wish]:
        clauses = list(self._clauses(said))
        refused = [bool(find(clause, kind=Source.WISH)) for _, clause in clauses]
        if not any(refused) and find(said, kind=Source.WISH):
            yield Wish(WishKind.REFUSED, text=said[:LONGEST_CLAUSE])
            return
        self._last = None
        self._mentioned = None
        lost: Wish | None = None
        reasons: list[str] = []
        any_found = False
        is_after_reason = False
        for number, ((joint, clause), is_refused) in enumerate(zip(clauses, refused, strict=True)):
            if is_refused:
                self._last = None
                any_found = True
                yield Wish(WishKind.REFUSED, text=clause)
                continue
            is_last = not any(each in _JOINING for each, _ in clauses[number + 1 :])
            found = self._clause(clause, joint, language, is_last=is_last)
            if is_after_reason and found and _NOT_A.match(folded(clause)):
                continue
            is_after_reason = _REASON.match(folded(clause)) is not None
            if not found and _is_chatter(clause):
                continue
            if not found and _REASON.match(folded(clause)) and len(clauses) > 1:
                reasons.append(clause)
                continue
            if found:
                any_found = True
                if lost is not None:
                    read_now = self._with_the_one_before(lost, joint, found)
                    if not read_now:
                        yield lost
                    found = read_now or found
                    lost = None
                yield from found
            elif lost is not None:
                lost = replace(lost, text=f"{lost.text} {joint} {clause}".replace(" ,", ","))
            else:
                is_read = language in ("english", _ANY)
                kind = WishKind.NOT_UNDERSTOOD if is_read else WishKind.OTHER_LANGUAGE
                lost = Wish(kind, text=clause)
        if lost is not None:
            yield lost
        elif reasons and not any_found:
            yield Wish(WishKind.NOT_UNDERSTOOD, text=said[:LONGEST_CLAUSE])

    def _with_the_one_before(self, lost: Wish, joint: str, found: list[Wish]) -> list[Wish]:
        """Read a clause that says nothing alone with the next: "printing, not lettering"."""
        name, first = subject_of(folded(lost.text)), found[0]
        if (
            not name
            or joint not in _LISTING
            or first.subject is None
            or len(name.split()) > _MOST_LISTED_WORDS
            or not self._is_subject(name)
        ):
            return []
        self._clause_said = lost.text
        said = folded(first.text)
        if first.kind is WishKind.WITHOUT and joint == "," and said.startswith("not "):
            return [replace(first, kind=WishKind.REPLACE, other=self._named(name)), *found[1:]]
        if first.kind in _LISTED and said.startswith(folded(first.subject)):
            return [replace(first, subject=self._named(name)), *found]
        return []

    def _clauses(self, said: str) -> Iterator[tuple[str, str]]:
        """Yield each clause with the word that joins it to the one before."""
        plain = folded(said)
        offsets = _offsets(said, plain)
        guarded = [
            (at, at + len(name)) for name in self._known.joined() if (at := plain.find(name)) >= 0
        ]
        guarded += [(each.start, each.end) for each in durations_in(plain)]
        start, joint = 0, ""
        for match in _SPLIT.finditer(plain):
            inside = any(first <= match.start() < last for first, last in guarded)
            decimal = match[0] == "," and plain[match.end() : match.end() + 1].isdigit()
            if inside or decimal or _is_fixed(plain, match):
                continue
            clause = said[offsets[start] : offsets[match.start()]].strip()
            if clause:
                yield joint, clause[:LONGEST_CLAUSE]
            start, joint = match.end(), match[0]
        clause = said[offsets[start] :].strip()
        if clause:
            yield joint, clause[:LONGEST_CLAUSE]

    def _clause(self, clause: str, joint: str, language: str, *, is_last: bool) -> list[Wish]:
        """Read one clause.

        :param is_last: whether no "and" or "or" follows, so that no list goes on.
        """
        self._clause_said = clause
        plain = folded(clause).strip(" .!,:;")
        polite = POLITE.match(plain)
        bare = plain[polite.end() :] if polite else plain
        bare = _LEAD_VERB.sub("", bare)
        bare = POLITE_TAIL.sub("", bare).strip(" .!,:;") or plain
        found = self._timed(bare, clause) or self._said(bare, clause, language)
        if not found and joint in ("but", ",") and self._last is not None:
            found = self._in_its_place(bare, clause, is_contrast=joint == "but")
        if not found and joint in _LISTING and self._last is not None:
            found = self._listed(bare, clause, is_short=joint == "," and is_last)
        self._mentioned = self._known.mentioned_in(bare) or self._mentioned
        if not found:
            self._spoken_of = self._told_of(bare) or self._spoken_of
        if found:
            self._last = found[-1]
            self._last_subject = found[-1].other or found[-1].subject or self._last_subject
        return found

    def _told_of(self, bare: str) -> str | None:
        """Return what a clause that asks for nothing says something of: "CAD was tested"."""
        told = _TELLS.match(bare)
        name = subject_of(told["x"] or told["y"]) if told else ""
        is_name = name and len(name.split()) <= _MOST_LISTED_WORDS and not WHOLE.match(name)
        return self._named(name) if is_name and self._is_subject(name) else None

    def _timed(self, bare: str, clause: str) -> list[Wish]:
        """Read a clause that says how long something is to be."""
        times = [
            each
            for each in durations_in(bare)
            if not (
                NO_LENGTH_AFTER.match(bare[each.end :].strip())
                or NO_LENGTH_BEFORE.search(bare[: each.start].strip())
            )
        ]
        if not times:
            number = BARE_MINUTES.search(bare)
            if number is None and self._last is not None and self._last.minutes is not None:
                number = BARE_AMOUNT.match(bare)
            if number is None:
                return []
            times = [Duration(int(number["n"]), number.start("n"), number.end("n"))]
        times = [each for each in times if not NOT_THAT_LONG.search(bare[: each.start])] or times
        time = times[-1] if FROM_TO.search(bare) else times[0]
        before, after = bare[: time.start].strip(), bare[time.end :].strip(" .,")
        way = BY_HOW_MUCH.search(bare)
        subject = self._timed_subject(before, after)
        if subject is _UNCLEAR:
            return []
        if way and not TO_HOW_MUCH.search(before):
            shorter = any((way["less"], way["off"], way["cut"]))
            if subject is None:
                kind = WishKind.SHORTER if shorter else WishKind.LONGER
            else:
                kind = WishKind.LESS if shorter else WishKind.MORE
            return [Wish(kind, subject, minutes=time.minutes, text=clause)]
        last = self._last
        if subject is None and last and last.kind is WishKind.ADD and _NEW_PART.search(last.text):
            subject = last.subject
        kind = WishKind.INTERVIEW_MINUTES if subject is None else WishKind.SECTION_MINUTES
        return [Wish(kind, subject, minutes=time.minutes, text=clause)]

    def _timed_subject(self, before: str, after: str) -> str | None:
        """Return what minutes are said of: None for the interview, else its name."""
        if _OWN_QUESTIONS.search(after):
            return self._named("closing")
        for end, placed in (("opening", AT_THE_START), ("closing", AT_THE_END)):
            if placed.search(f"{before} | {after}"):
                return self._named(end)
        after = _IN_PLACE_OF.split(after)[0].strip()
        said_of = SAID_OF.match(after)
        if said_of:
            if ANAPHORA.match(said_of["x"].strip()) and self._last_subject:
                return self._last_subject
            name = subject_of(said_of["x"])
        else:
            cut = CUT_TO.match(before)
            name = subject_of(cut["x"]) if cut else ""
            if not name and after and not AFTERTHOUGHT.match(after):
                name = subject_of(after)
        if WHOLE.match(name) or filler_words().issuperset(words_of(name)):
            if ANAPHORA.match(name) and self._last_subject:
                return self._last_subject
            return None
        named = self._named(name)
        if self._is_subject(named):
            return named
        gets = GETS.match(before)
        named = self._named(subject_of(gets["x"])) if gets else ""
        return named if named and self._is_subject(named) and not WHOLE.match(named) else None

    def _said(self, bare: str, clause: str, language: str) -> list[Wish]:
        """Read a clause by the first rule that fits it, the closest rules first."""
        if language not in ("english", _ANY):
            return self._ruled(_rules_of(language), bare, clause)
        plain = unhedged(bare)
        found = self._ruled(shapes(first=True), plain, clause) or self._ruled(
            _rules_of(language), bare, clause
        )
        if found or (self._last is not None and _REASON.match(bare)):
            return found
        return self._ruled(shapes(first=False), plain, clause) or (
            self._ruled(_rules_of(language), plain, clause) if plain != bare else []
        )

    def _ruled(self, by: Iterable[Rule], bare: str, clause: str) -> list[Wish]:
        for kind, pattern in by:
            match = pattern.search(bare)
            if match is None:
                continue
            groups = match.groupdict()
            count = number_of(groups["n"]) if groups.get("n") else None
            wish = Wish(kind, text=clause, count=count)
            if groups.get("y") is not None:
                out, new = (
                    self._named(subject_of(groups["x"])),
                    self._named(subject_of(groups["y"])),
                )
                if out and new and self._is_subject(out) and self._is_subject(new):
                    return [replace(wish, subject=out, other=new)]
                continue
            if groups.get("x") is None:
                if kind in _LEVEL and self._last_in_sentence() and _OF_IT.search(bare):
                    continue
                if kind in _OF_LENGTH and self._mentioned and _IT.match(bare):
                    return [replace(wish, kind=_OF_LENGTH[kind], subject=self._mentioned)]
                return [wish]
            name = subject_of(groups["x"])
            if not name and _ALL_OF_IT.search(groups["x"]):
                continue
            if kind in _WITH_SUBJECT or name:
                about = self._about(name, kind)
                if about is _UNCLEAR:
                    continue
                return [replace(wish, subject=about)]
            return [wish]
        return []

    def _last_in_sentence(self) -> str | None:
        """Return what the last wish of the same sentence is said of."""
        return self._last.subject if self._last is not None else None

    def _about(self, name: str, kind: WishKind) -> str | None:
        """Return the subject of a wish, `_UNCLEAR` where it has none that could be one."""
        if ANAPHORA.match(name) or (not name and kind in _WITH_SUBJECT):
            return self._last_subject or self._mentioned or self._spoken_of or _UNCLEAR
        if WHOLE.match(name):
            return None if kind in _LEVEL | _QUESTIONS else _UNCLEAR
        if len(name) > LONGEST_SUBJECT or len(name.split()) > _MOST_WORDS:
            return _UNCLEAR
        named = self._named(name)
        return named if self._is_subject(named) else _UNCLEAR

    def _is_subject(self, name: str) -> bool:
        """Tell whether a name can be what is asked about: no part of a sentence, no number."""
        return self._known.has(name) or _PART_OF_SENTENCE.search(folded(name)) is None

    def _named(self, name: str) -> str:
        """Return a name as it is known, else as the clause at hand spells it."""
        known = self._known.spelled(name)
        if known is not name:
            return known
        said = self._clause_said
        plain = folded(said)
        at = plain.find(name)
        offsets = _offsets(said, plain)
        return said[offsets[at] : offsets[at + len(name)]] if at >= 0 else name

    def _in_its_place(self, bare: str, clause: str, *, is_contrast: bool) -> list[Wish]:
        """Read what is wanted in place of what was just left out: "not Java but Kotlin"."""
        about = _IN_USE.match(bare) or (_BUT_ABOUT.match(bare) if is_contrast else None)
        if self._last is None or self._last.kind is not WishKind.WITHOUT or about is None:
            return []
        name = subject_of(about["x"])
        if (
            not name
            or len(name.split()) > _MOST_LISTED_WORDS
            or (_REASON.match(bare) and not _IN_USE.match(bare))
        ):
            return []
        return [Wish(WishKind.ADD, self._named(name), text=clause)]

    def _listed(self, bare: str, clause: str, *, is_short: bool) -> list[Wish]:
        """Read the further members of a list: "drop Java, React and SQL"."""
        last = self._last
        name = subject_of(bare)
        if (
            last is None
            or last.kind not in _LISTED
            or not name
            or len(name.split()) > (_MOST_AFTER_COMMA if is_short else _MOST_LISTED_WORDS)
            or WHOLE.match(name)
            or _STATES.search(bare)
            or _REASON.match(bare)
            or _VERB_FIRST.match(bare)
            or not self._is_subject(name)
        ):
            return []
        said = last.text if last.kind is WishKind.ONLY else clause
        return [Wish(last.kind, self._named(name), text=said)]


_TELLS = re.compile(
    r"^(?:(?:nobody|no one|none of us|we|they|she|he|i)(?: here)?(?: has| have|'ve)? (?:does|do|did|uses?|used|needs?|"
    r"tested|did|covered|saw|had|have) (?P<x>.+?)(?: any ?more| any longer| already| yesterday| here)*"
    r"|(?P<y>.+?) (?:is|are|was|were|has been|have been|isn't|aren't|wasn't) .+)$"
)
_JOINING = frozenset(("and", "or", "&", "und", "oder", "et", "y", "as well as", "nor"))
_NOT_A = re.compile(r"^not an? ")
_ALL_OF_IT = re.compile(r"\b(?:whole|entire|everything|interview|all|rest)\b")
_OF_IT = re.compile(r"\b(?:it|that|this|those|them)\b")
_IT = re.compile(r"^(?:it|that|this|its)\b")
_UNREAD = frozenset((WishKind.NOT_UNDERSTOOD, WishKind.OTHER_LANGUAGE))
_PART_OF_SENTENCE = re.compile(
    r"\b(?:i|we|you|she|he|they|is|isnt|are|arent|was|were|has|had|does|doesnt|did|didnt|cant|"
    r"cannot|will|wont|would|wouldnt|could|couldnt|should|shouldnt|must|nobody|everyone|everybody|"
    r"everyone's|anyone|else|deserves?|everywhere|i'm|it's|that's|there's|we're|\w+n't)\b"
    r"|^(?:be\b|sure$|it\b(?! (?:security|support|service|systems?|infra\w*|"
    r"audits?|projects?|help\w*|skills|knowledge|admin\w*|operations|landscape|strategy))|to\b|not\b|if\b|when\b|because\b|like\b|[\W\d]*$|sixty$|thirty$|"
    r"forty$|ninety$|half$|(?:do|does|make|have|get|take|put|give|let|go|come|keep)\b(?= \w)|"
    r"(?:quite|so|too|very|really|enough|yet|necessarily|under|just|only|one$|thing$|him|her|them)\b|"
    r".*\b(?:the|a|an|of|to|and|my|our|with|on|for|about|it|this|that)$|then$|yes$|no$|please$|por favor$|svp$|bitte$)"
)
_ASKING = re.compile(
    r"\b(?:drop|remove|skip|cut|add|include|more|less|fewer|longer|shorter|instead|replace|swap|"
    r"questions?|minutes?|mins?|hours?|focus|ask|without|keep|should|please|pls|need(?:s|ed)?|want|"
    r"must|only|harder|easier|too|leave|change|rather|plan|interview|could|can you)\b"
)
_OF_LENGTH = {WishKind.SHORTER: WishKind.LESS, WishKind.LONGER: WishKind.MORE}
_UNCLEAR = "\0"
_MOST_WORDS = 8
_MOST_LISTED_WORDS = 5
_MOST_AFTER_COMMA = 2
_STATES = re.compile(r"\b(?:our|there|here|us|my|your|last|yesterday|today|anyway)\b")
_WITH_SUBJECT = frozenset(
    (WishKind.WITHOUT, WishKind.MORE, WishKind.LESS, WishKind.ADD, WishKind.KEEP, WishKind.ONLY)
)
_LISTED = _WITH_SUBJECT | {WishKind.MORE_QUESTIONS, WishKind.FEWER_QUESTIONS}


def _offsets(said: str, plain: str) -> Sequence[int]:
    """Return where each character of a folded text, and its end, stands in the text."""
    if len(plain) == len(said):
        return range(len(said) + 1)
    offsets = [at for at, letter in enumerate(said) for _ in folded(letter)]
    return [*offsets, *(len(said) for _ in range(len(plain) + 1 - len(offsets)))]


def _is_fixed(text: str, match: re.Match[str]) -> bool:
    """Tell whether a joining word belongs to an expression that stays whole."""
    if match[0] == "but":
        both = _ALSO.match(text[match.end() :]) is not None
        return both or _ALL_BUT.search(text[max(match.start() - 14, 0) : match.start()]) is not None
    around = text[max(match.start() - 12, 0) : match.end() + 14]
    return match[0] != "," and _FIXED.search(around) is not None


_ALSO = re.compile(r" also\b")
_ALL_BUT = re.compile(r"\b(?:everything|all|nothing|anything|the rest)[ ]$")
_FIXED = re.compile(
    r"(?:not|quite|as|too) so (?:much|many)|so (?:much|many|complicated|technical|tough|strict|big|formal)|"
    r"or (?:two|three|four|five|six) |hour and a|heures? et|hora y|and so on|but also|"
    r"so (?:important|relevant|easy|hard|deep|long|short)|r & d|q & a|q and a|and not\b|"
    r"more or less"
)
_LEAD_VERB = re.compile(
    r"^(?:ask|do|use|give (?:her|him|them|it|me|us)|focus|put in|get|need|needs|i'd|add|"
    r"include|go|go for|spend) "
    r"(?=(?:a bit |a lot |much )?(?:less|fewer|more|nothing|no|harder|easier|tougher|keep|"
    r"drop|skip|remove)\b"
    r"(?! questions? (?:on|about)))"
)
_OWN_QUESTIONS = re.compile(r"\b(?:her|his|their|candidate's|candidates'|own) (?:own )?questions\b")
_IN_PLACE_OF = re.compile(r"\b(?:instead of|rather than|statt|au lieu d|en vez de|en lugar de)\b")
_NEW_PART = re.compile(r"\b(?:section|part|block|segment|slot|round)\b")
_VERB_FIRST = re.compile(
    r"^(?:get|go|make|let|use|one|it|do|be|take|spend|try|add|just|keep|then|that|there|please)\b"
)
_IN_USE = re.compile(
    r"^(?:we|they|she|he)(?:'ve|'re|'ll)?(?: have| are| will)?(?: all| now| only| mostly| just)? "
    r"(?:uses?|using|works? with|run on|moved to|switched to|gone over to|changed to|migrated to) "
    r"(?P<x>.+?)(?: now| here| these days| everywhere| instead)*$"
)
_BUT_ABOUT = re.compile(r"^(?:rather |ask |also |instead )*(?:about |on )?(?P<x>.+)$")
_REASON = re.compile(
    r"^(?:as |since |because )?(?:she|he|they|we|it|the candidate|candidate|this|that|hes|shes|i)"
    r"(?:'s|'ll|'re|'ve|'m|s)? ?(?:is|are|was|were|will|has|have|had|does|do|did|can|came|comes|"
    r"works?|worked|isn't|doesn't|don't|told|said|already|a|an|only|just|senior|junior|very|not)\b"
    r"|^(?:it|that|this)'s\b|^(?:she|he|they|we)(?:'s|'ll|'re|'ve)\b|^(?:hes|shes) "
)
_CHATTER = re.compile(
    r"^(?:no wait|wait|no no|hold on|on second thoughts?|hi|hello|hey|thanks|thank you|thx|ok|okay|please|pls|por favor|svp|s'il vous plait|bitte|cheers|many thanks|best|regards|"
    r"kind regards|danke|merci|gracias|hi there|good morning|hallo|bonjour|hola|great|nice|well|"
    r"team|all|sorry|that's it|that is it|that's all|otherwise|the rest is fine|rest is fine|"
    r"(?:for|from) (?:me|us)|nothing else|nothing more|no more|no less|and that's it|"
    r"whatever (?:you|we|else) [a-z ]{1,30}|no matter what|if possible|if you can|"
    r"hmm*|um+|oh|ah|yes|no|nope|yep|yeah|sure|right|so|tbh|honestly|"
    r"we need (?:that|it|this)|(?:it|this|that) (?:should|must)(?: be)?|adapt|that'd be great|"
    r"for (?:that|this) reason|that's why|\W*)$"
)


def _is_reason(text: str) -> bool:
    """Tell whether what was not understood beside a wish asks for nothing itself."""
    return _ASKING.search(folded(text)) is None


def _is_chatter(clause: str) -> bool:
    return _CHATTER.match(folded(clause).strip(" .,!")) is not None
