"""What feedback on a plan asks for, read by rules; what no rule reads is kept for the notes.

All wishes on a brief are read together, oldest first; `wish_holding` lets the later ones win.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from interview_service.domain.fairness import Source, find
from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.durations import Duration, durations_in, number_of
from interview_service.engines.builtin.wish_amounts import (
    ADDED,
    AT_ONCE,
    LIMITED,
    QUESTIONS_SAID,
    count_alone,
    count_in,
    share_in,
    unitless_in,
)
from interview_service.engines.builtin.wish_clauses import (
    ANY_LANGUAGE,
    JOINING,
    LISTING,
    LONGEST_CLAUSE,
    REASON,
    STOP,
    clauses_of,
    is_chatter,
    is_reason,
    language_of,
    offsets_in,
)
from interview_service.engines.builtin.wish_holding import (
    LEVEL,
    ORDER,
    OVERALL_LENGTH,
    QUESTIONS,
    Wish,
)
from interview_service.engines.builtin.wish_names import (
    LONGEST_SUBJECT,
    PART_OF_SENTENCE,
    Known,
    words_of,
)
from interview_service.engines.builtin.wish_order import order_in
from interview_service.engines.builtin.wish_quotes import ALL, LENGTH, questions_in, taken_back
from interview_service.engines.builtin.wish_times import (
    AFTERTHOUGHT,
    AT_THE_END,
    AT_THE_START,
    BARE_AMOUNT,
    BARE_LENGTH,
    BARE_MINUTES,
    BY_HOW_MUCH,
    CUT_TO,
    ENOUGH,
    FROM_TO,
    GETS,
    IN_PLACE_OF,
    NEW_PART,
    NO_LENGTH_AFTER,
    NO_LENGTH_BEFORE,
    NOT_THAT_LONG,
    OVERALL,
    OWN_QUESTIONS,
    SAID_OF,
    TO_HOW_MUCH,
)
from interview_service.engines.builtin.wish_words import (
    ANAPHORA,
    LEAD_VERB,
    POLITE,
    POLITE_TAIL,
    WHOLE,
    Rule,
    WishKind,
    filler_words,
    rules,
    shapes,
    spoken_plainly,
    subject_of,
    unhedged,
)

LONGEST_TEXT = 10_000  # characters of one reason that are read
MOST_WISHES = 60


def read(
    texts: Sequence[str], *, section_names: Sequence[str] = (), topics: Sequence[str] = ()
) -> tuple[Wish, ...]:
    """Return every wish of all texts in their order, at most 60, the later texts' kept."""
    reader = _Reader(Known((*section_names, *topics)))
    wishes: list[Wish] = []
    began = before = 0  # where the wishes of this text, and of the last that had any, begin
    for text in texts:
        if len(wishes) > began:
            before, began = began, len(wishes)
        for wish in reader.read(text[:LONGEST_TEXT]):
            if wish.kind is WishKind.TAKE_BACK:
                if wish.subject == LENGTH:
                    wishes = [each for each in wishes if each.kind not in OVERALL_LENGTH]
                    wishes.append(wish)
                    began = min(began, len(wishes) - 1)
                    continue
                since = 0 if wish.subject == ALL else began if len(wishes) > began else before
                taken = wishes[since:]
                del wishes[since:]
                began = min(began, since)
                if not taken:
                    wish = replace(wish, kind=WishKind.NOT_UNDERSTOOD, subject=None)
            if not wishes or replace(wish, text=wishes[-1].text) != wishes[-1]:
                wishes.append(wish)
    return tuple(wishes[-MOST_WISHES:])


def _rules_of(language: str) -> Iterator[Rule]:
    for name, each in rules().items():
        if language in (name, ANY_LANGUAGE):
            yield from each


class _Reader:
    """Reads one reason clause by clause; a list goes on with what its first clause asked for."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._last: Wish | None = None
        self._last_subject: str | None = None
        self._clause_said = ""
        self._latest: Wish | None = None
        self._is_same_text = False
        self._unit: _Unit | None = None
        self._wanted: list[str] = []  # what the sentence at hand wants in the kit
        self._mentioned: str | None = None
        self._spoken_of: str | None = None

    def read(self, text: str) -> Iterator[Wish]:
        """Yield the wishes of a text; what only gives a reason for one of them is left out."""
        self._is_same_text = False
        text, asked = questions_in(text)
        wishes = [*self._wishes(text), *asked]
        self._last_subject = asked[-1].subject if asked else self._last_subject
        kinds = {each.kind for each in wishes}
        is_set = False
        for each in wishes:
            is_set |= each.kind is WishKind.INTERVIEW_MINUTES
            if each.kind is WishKind.NOT_UNDERSTOOD and kinds - _UNREAD and is_reason(each.text):
                continue
            if each.kind is WishKind.NOT_UNDERSTOOD and kinds & ORDER and _REORDER.match(each.text):
                continue
            is_vague = (
                each.kind in (WishKind.SHORTER, WishKind.LONGER)
                and each.minutes is None
                and each.percent is None
            )
            if is_vague and (is_set or any(_says_how_far(each, other) for other in wishes)):
                continue
            yield each

    def _wishes(self, text: str) -> Iterator[Wish]:
        language = language_of(folded(text))
        for sentence in STOP.split(text):
            said = _SWAPPED.sub(r"\1 for \2", " ".join(sentence.split()))
            said = _ARROW.sub(r"replace \1 with \2", said)
            if not said:
                continue
            if language is None:
                yield Wish(WishKind.OTHER_LANGUAGE, text=said[:LONGEST_CLAUSE])
                continue
            own = language_of(folded(said)) or language
            yield from self._sentence(said, language if own == ANY_LANGUAGE else own)

    def _sentence(self, said: str, language: str) -> Iterator[Wish]:
        clauses = list(clauses_of(said, self._known.joined()))
        refused = [bool(find(clause, kind=Source.WISH)) for _, clause in clauses]
        if not any(refused) and find(said, kind=Source.WISH):
            yield Wish(WishKind.REFUSED, text=said[:LONGEST_CLAUSE])
            return
        self._last = None
        self._mentioned = None
        self._wanted = []
        self._unit = self._unit_of(said, [clause for _, clause in clauses])
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
            is_last = not any(each in JOINING for each, _ in clauses[number + 1 :])
            found = self._clause(clause, joint, language, is_last=is_last)
            if is_after_reason and found and _NOT_A.match(folded(clause)):
                continue
            is_after_reason = REASON.match(folded(clause)) is not None
            if not found and is_chatter(clause):
                continue
            if not found and REASON.match(folded(clause)) and len(clauses) > 1:
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
                is_read = language in ("english", ANY_LANGUAGE)
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
            or joint not in LISTING
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

    def _clause(self, clause: str, joint: str, language: str, *, is_last: bool) -> list[Wish]:
        """Read one clause.

        :param is_last: whether no "and" or "or" follows, so that no list goes on.
        """
        self._clause_said = clause
        plain = spoken_plainly(folded(clause)).strip(" .!,:;")
        polite = POLITE.match(plain)
        bare = plain[polite.end() :] if polite else plain
        bare = LEAD_VERB.sub("", bare)
        bare = POLITE_TAIL.sub("", bare).strip(" .!,:;") or plain
        found = (
            self._taken_back(plain, clause)
            or self._nothing_else(plain, clause)
            or self._both(bare, clause)
            or self._amounts(bare, clause)
            or self._unitless(bare, clause)
            or self._timed(bare, clause)
            or self._ordered(bare, clause)
            or self._said(bare, clause, language)
        )
        if not found and joint in ("but", ",") and self._last is not None:
            found = self._in_its_place(bare, clause, is_contrast=joint == "but")
        if not found and joint in LISTING and self._last is not None:
            found = self._listed(bare, clause, is_short=joint == "," and is_last)
        self._mentioned = self._known.mentioned_in(bare) or self._mentioned
        if not found:
            self._spoken_of = self._told_of(bare) or self._spoken_of
        if found:
            self._last = self._latest = found[-1]
            self._is_same_text = True
            self._wanted += [
                each.subject for each in found if each.kind in _WANTING and each.subject
            ]
            self._last_subject = found[-1].other or found[-1].subject or self._last_subject
        return found

    def _told_of(self, bare: str) -> str | None:
        """Return what a clause that asks for nothing says something of: "CAD was tested"."""
        told = _TELLS.match(bare)
        name = subject_of(told["x"] or told["y"]) if told else ""
        is_name = name and len(name.split()) <= _MOST_LISTED_WORDS and not WHOLE.match(name)
        return self._named(name) if is_name and self._is_subject(name) else None

    def _taken_back(self, plain: str, clause: str) -> list[Wish]:
        which = taken_back(plain)
        return [Wish(WishKind.TAKE_BACK, which, text=clause)] if which else []

    def _both(self, bare: str, clause: str) -> list[Wish]:
        """Read that what was to be replaced is wanted too: "both please"."""
        latest = self._latest
        if latest is None or latest.kind is not WishKind.REPLACE or not _BOTH.match(bare):
            return []
        return [Wish(WishKind.KEEP, latest.subject, text=clause)]

    def _nothing_else(self, plain: str, clause: str) -> list[Wish]:
        """Read that what the sentence has named is all: "two on SQL, skip the rest"."""
        if not _NOTHING_ELSE.match(plain):
            return []
        return [Wish(WishKind.ONLY, subject, text=clause) for subject in self._wanted]

    def _amounts(self, bare: str, clause: str) -> list[Wish]:
        """Read a share of a length, or a number of questions on something."""
        plain = unhedged(bare)
        share = share_in(plain)
        if share is not None:
            about = self._whole_or_known(share.subject)
            if about is _UNCLEAR:
                return []
            kinds = _BY_SHARE[about is None]
            kind = kinds[0] if share.is_less else kinds[1]
            return [Wish(kind, about, percent=share.percent, text=clause)]
        latest = self._latest
        if latest is not None and latest.kind in QUESTIONS and latest.subject:
            number = count_alone(plain)
            if number is not None:
                return [replace(latest, count=number, text=clause)]
        if ADDED.search(plain) or durations_in(plain) or OWN_QUESTIONS.search(plain):
            return []
        amount = count_in(plain)
        about = self._whole_or_known(amount.subject) if amount is not None else _UNCLEAR
        if amount is None or about is _UNCLEAR:
            number = count_alone(plain)
            if number is not None and self._mentioned and QUESTIONS_SAID.search(plain):
                kind = WishKind.FEWER_QUESTIONS
                return [Wish(kind, self._mentioned, count=number, text=clause)]
            return []
        limited = LIMITED.search(plain)
        kind = WishKind.FEWER_QUESTIONS if limited else WishKind.MORE_QUESTIONS
        return [Wish(kind, about, count=amount.number, text=clause)]

    def _whole_or_known(self, said: str) -> str | None:
        """Return what an amount is said of: None for the interview, `_UNCLEAR` in doubt."""
        name = subject_of(said)
        if ANAPHORA.match(said.strip()) and self._mentioned:
            return self._mentioned
        if WHOLE.match(name):
            return None
        about = self._named(name)
        return about if self._is_subject(about) and len(name.split()) <= _MOST_WORDS else _UNCLEAR

    def _unit_of(self, said: str, clauses: Sequence[str]) -> "_Unit | None":
        """Return the unit of the sentence's bare numbers: questions, minutes, or none."""
        plain = folded(said)
        amounts = [
            amount
            for clause in clauses
            if (amount := unitless_in(folded(clause).strip(" .,!"))) is not None
            and self._known.has(self._known.spelled(subject_of(amount.subject)))
        ]
        if not amounts:
            return None
        if QUESTIONS_SAID.search(plain):
            return WishKind.FEWER_QUESTIONS
        if durations_in(plain):
            return WishKind.SECTION_MINUTES
        latest = self._latest
        goes_on = latest is not None and latest.kind in QUESTIONS and latest.subject is not None
        if len(amounts) == 1 and not goes_on and not AT_ONCE.search(plain):
            return None
        few = all(amount.is_questions for amount in amounts)
        return WishKind.FEWER_QUESTIONS if few else WishKind.SECTION_MINUTES

    def _unitless(self, bare: str, clause: str) -> list[Wish]:
        """Read a number whose unit stands elsewhere in the sentence, or in none: "case: 20"."""
        amount = unitless_in(bare) if self._unit is not None else None
        if amount is None or self._unit is None:
            return []
        about = self._named(subject_of(amount.subject))
        if not self._known.has(about):
            return []
        if self._unit is WishKind.SECTION_MINUTES:
            return [Wish(self._unit, about, minutes=amount.number, text=clause)]
        return [Wish(self._unit, about, count=amount.number, text=clause)]

    def _ordered(self, bare: str, clause: str) -> list[Wish]:
        """Read in which order things are wanted."""
        order = order_in(unhedged(bare))
        if order is None:
            return []
        kind, said, beside = order
        about = self._ordered_name(said)
        other = self._ordered_name(beside) if beside else None
        if about is _UNCLEAR or other is _UNCLEAR:
            return []
        return [Wish(kind, about, other, text=clause)]

    def _ordered_name(self, said: str) -> str:
        name = subject_of(said)
        if ANAPHORA.match(name):
            return self._last_subject or self._mentioned or _UNCLEAR
        about = self._named(name)
        fits = name and len(name.split()) <= _MOST_LISTED_WORDS and not WHOLE.match(name)
        return about if fits and self._is_subject(about) else _UNCLEAR

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
            number = BARE_MINUTES.search(bare) or BARE_LENGTH.fullmatch(unhedged(bare))
            if number is None and self._last is not None and self._last.minutes is not None:
                number = BARE_AMOUNT.match(bare)
            if number is None:
                return []
            if number.re is BARE_LENGTH:
                return [Wish(WishKind.INTERVIEW_MINUTES, minutes=int(number["n"]), text=clause)]
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
        if subject is None and last and last.kind is WishKind.ADD and NEW_PART.search(last.text):
            subject = last.subject
        if subject is None and ENOUGH.search(bare) and not OVERALL.search(bare):
            subject = self._lately_sized(time.minutes)
        kind = WishKind.INTERVIEW_MINUTES if subject is None else WishKind.SECTION_MINUTES
        return [Wish(kind, subject, minutes=time.minutes, text=clause)]

    def _at_hand(self) -> str | None:
        """Return what the sentence has just asked for more or less of, or asked about at all."""
        last = self._last
        return last.subject if last is not None and last.kind in _SIZED else None

    def _lately_sized(self, minutes: int) -> str | None:
        """Return what was just made longer or shorter: "make the case shorter, 10 is plenty"."""
        last = self._last
        if last is None and self._is_same_text and minutes <= _MOST_OF_A_SECTION:
            last = self._latest
        return last.subject if last is not None and last.kind in _SIZED else None

    def _timed_subject(self, before: str, after: str) -> str | None:
        """Return what minutes are said of: None for the interview, else its name."""
        if OWN_QUESTIONS.search(after):
            return self._named("closing")
        for end, placed in (("opening", AT_THE_START), ("closing", AT_THE_END)):
            if placed.search(f"{before} | {after}"):
                return self._named(end)
        after = IN_PLACE_OF.split(after)[0].strip()
        said_of = SAID_OF.match(after)
        if said_of:
            if ANAPHORA.match(said_of["x"].strip()) and self._at_hand():
                return self._at_hand()
            name = subject_of(said_of["x"])
        else:
            cut = CUT_TO.match(before)
            name = subject_of(cut["x"]) if cut else ""
            if not name and after and not AFTERTHOUGHT.match(after):
                name = subject_of(after)
        if WHOLE.match(name) or filler_words().issuperset(words_of(name)):
            return self._at_hand() if ANAPHORA.match(name) else None
        named = self._named(name)
        if self._is_subject(named):
            return named
        gets = GETS.match(before)
        named = self._named(subject_of(gets["x"])) if gets else ""
        return named if named and self._is_subject(named) and not WHOLE.match(named) else None

    def _said(self, bare: str, clause: str, language: str) -> list[Wish]:
        """Read a clause by the first rule that fits it, the closest rules first."""
        if language not in ("english", ANY_LANGUAGE):
            return self._ruled(_rules_of(language), bare, clause)
        plain = unhedged(bare)
        found = self._ruled(shapes(first=True), plain, clause) or self._ruled(
            _rules_of(language), bare, clause
        )
        if found or (self._last is not None and REASON.match(bare)):
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
                if kind in LEVEL and self._last_in_sentence() and _OF_IT.search(bare):
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
            return None if kind in LEVEL | QUESTIONS else _UNCLEAR
        if len(name) > LONGEST_SUBJECT or len(name.split()) > _MOST_WORDS:
            return _UNCLEAR
        named = self._named(name)
        return named if self._is_subject(named) else _UNCLEAR

    def _is_subject(self, name: str) -> bool:
        """Tell whether a name can be what is asked about: no part of a sentence, no number."""
        return self._known.has(name) or PART_OF_SENTENCE.search(folded(name)) is None

    def _named(self, name: str) -> str:
        """Return a name as it is known, else as the clause at hand spells it."""
        known = self._known.spelled(name)
        if known is not name:
            return known
        said = self._clause_said
        plain = folded(said)
        at = plain.find(name)
        offsets = offsets_in(said, plain)
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
            or (REASON.match(bare) and not _IN_USE.match(bare))
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
            or REASON.match(bare)
            or _VERB_FIRST.match(bare)
            or not self._is_subject(name)
        ):
            return []
        said = last.text if last.kind is WishKind.ONLY else clause
        count = last.count if last.kind in QUESTIONS else None
        return [Wish(last.kind, self._named(name), text=said, count=count)]


_Unit = WishKind
_SWAPPED = re.compile(
    r"\b((?:swap|switch|trade|exchange) [\w+#.-]+(?: [\w+#.-]+){0,3}?) and "
    r"((?:the )?[\w+#.-]+)(?=,|$| please)(?!.* (?:for|with) )",
    re.IGNORECASE,
)
_ARROW = re.compile(r"^(?:please |pls )?([^→>=\d-]{2,60}?) ?(?:→|->|=>|-->) ?([^→>=\d]{2,60})$")
_BOTH = re.compile(r"^(?:(?:keep|have|use|do|ask|want|take|no) )?both(?: of them| of those)?$")
_REORDER = re.compile(
    r"(?:please )?(?:swap|change|reverse|switch|turn|mix up|shuffle) (?:the |around the )?"
    r"(?:order|sequence)(?: around| round| up| please)*$",
    re.IGNORECASE,
)
_NOTHING_ELSE = re.compile(
    r"^(?:and |please |then )*(?:(?:skip|drop|leave out|forget|cut|remove|lose|ignore) (?:all )?"
    r"(?:the (?:rest(?: of (?:it|them))?|others|remaining ones|other (?:ones|topics|subjects|"
    r"questions))|everything else|all else|anything else)|(?:and )?nothing (?:else|more)|"
    r"no other (?:topics|subjects|questions)|(?:that's|that is) (?:all|it))$"
)
_WANTING = frozenset(
    (WishKind.KEEP, WishKind.MORE, WishKind.ADD, WishKind.SECTION_MINUTES, *QUESTIONS)
)
_BY_SHARE = {
    True: (WishKind.SHORTER, WishKind.LONGER),
    False: (WishKind.LESS, WishKind.MORE),
}
_SIZED = frozenset((WishKind.LESS, WishKind.MORE, WishKind.KEEP, WishKind.ADD))
_MOST_OF_A_SECTION = 25  # minutes
_TELLS = re.compile(
    r"^(?:(?:nobody|no one|none of us|we|they|she|he|i)(?: here)?(?: has| have|'ve)? (?:does|do|"
    r"did|uses?|used|needs?|"
    r"tested|did|covered|saw|had|have) (?P<x>.+?)(?: any ?more| any longer| already| yesterday|"
    r" here)*"
    r"|(?P<y>.+?) (?:is|are|was|were|has been|have been|isn't|aren't|wasn't) .+)$"
)
_NOT_A = re.compile(r"^not an? ")
_ALL_OF_IT = re.compile(r"\b(?:whole|entire|everything|interview|all|rest)\b")
_OF_IT = re.compile(r"\b(?:it|that|this|those|them)\b")
_IT = re.compile(r"^(?:it|that|this|its)\b")
_UNREAD = frozenset((WishKind.NOT_UNDERSTOOD, WishKind.OTHER_LANGUAGE))
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


_VERB_FIRST = re.compile(
    r"^(?:get|go|make|let|use|one|it|do|be|take|spend|try|add|just|keep|then|that|there|please)\b"
)
_IN_USE = re.compile(
    r"^(?:we|they|she|he)(?:'ve|'re|'ll)?(?: have| are| will)?(?: all| now| only| mostly| just)? "
    r"(?:uses?|using|works? with|run on|moved to|switched to|gone over to|changed to|migrated to) "
    r"(?P<x>.+?)(?: now| here| these days| everywhere| instead)*$"
)
_BUT_ABOUT = re.compile(r"^(?:rather |ask |also |instead )*(?:about |on )?(?P<x>.+)$")


def _says_how_far(vague: Wish, other: Wish) -> bool:
    """Tell whether another wish of the same text says by how much."""
    return other.kind is vague.kind and (other.minutes is not None or other.percent is not None)
