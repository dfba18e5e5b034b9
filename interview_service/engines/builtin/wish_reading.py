"""Reads one clause of a wish."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.durations import NUMBER, durations_in, number_of
from interview_service.engines.builtin.wish_clauses import ANY_LANGUAGE, LISTING, REASON
from interview_service.engines.builtin.wish_context import (
    MOST_LISTED_WORDS,
    UNCLEAR,
    WITH_SUBJECT,
    Context,
)
from interview_service.engines.builtin.wish_holding import LEVEL, QUESTIONS, Wish
from interview_service.engines.builtin.wish_indirect import question_of
from interview_service.engines.builtin.wish_lengths import amounts, timed, unitless
from interview_service.engines.builtin.wish_order import order_in
from interview_service.engines.builtin.wish_quotes import ABOUT, taken_back, taken_back_about
from interview_service.engines.builtin.wish_sense import adds_nothing, by_sense, mildly
from interview_service.engines.builtin.wish_words import (
    ANAPHORA,
    ANOTHER,
    LEAD_VERB,
    POLITE,
    POLITE_TAIL,
    WHOLE,
    Rule,
    WishKind,
    rules,
    shapes,
    spoken_plainly,
    subject_of,
    unhedged,
)

_BOTH = re.compile(r"^(?:(?:keep|have|use|do|ask|want|take|no) )?both(?: of them| of those)?$")
_REMARK = re.compile(r"(?:that|it|this|there|she|he|they)(?:'s|'re| is| are| was)\b")
_COUNTED = re.compile(rf"(?P<n>(?!an?\b){NUMBER}) (?:more )?(?:questions?|quesitons?|qs)\b")
_HANDED_ON = re.compile(
    r"^(?:give|add|put|use|move|shift|hand) (?:the |those |these |that |its |his |any )"
    rf"(?:(?:other|extra|spare|saved|freed|remaining|left[ -]?over|free|"
    rf"rest of the) )*(?:(?P<n>{NUMBER}) )?"
    r"(?:minutes?|mins?|time|rest)(?: (?:that is|that's|which is))?(?: (?:saved|left|freed|"
    r"gained|over))*"
    r"(?: instead)? (?:to|for|on|into|towards|with) (?P<x>.+)$"
)
_MANY = re.compile(
    rf"^(?:(?:at least|about|maybe|say|like|so|with|make it|and|or) )*(?P<n>{NUMBER})"
    rf"(?: (?:or|to|-) (?P<m>{NUMBER}))? questions?(?: or so| at least| would be (?:good|great|"
    rf"fine))*$"
)
_IN_TOTAL = re.compile(
    rf"^(?:only |just |about |make it )?(?P<n>{NUMBER}) (?:in total|overall|altogether|in all|"
    rf"all in all)\b"
)
_MAKE_IT = re.compile(
    rf"^(?:make|let's make|could be|can be) (?:it|that|them|this) (?P<n>{NUMBER})(?: questions?)?$"
)
_MOST_ON_ONE = 5  # questions
_KEEP_IT = re.compile(
    r"^(?:(?:no|actually|rather|just|do|let's),? )*(?:keep|leave) (?:it|that|this|them|those)"
    r"(?: in| there| after all| anyway)*$"
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
_TELLS = re.compile(
    r"^(?:(?:nobody|no one|none of us|we|they|she|he|i)(?: here)?(?: has| have|'ve)? (?:does|do|"
    r"did|uses?|used|needs?|"
    r"tested|did|covered|saw|had|have) (?P<x>.+?)(?: any ?more| any longer| already| yesterday|"
    r" here)*"
    r"|(?P<y>.+?) (?:is|are|was|were|has been|have been|isn't|aren't|wasn't) .+)$"
)
_ALL_OF_IT = re.compile(r"\b(?:whole|entire|everything|interview|all|rest)\b")
_CHANGE_PLACES = re.compile(r"^(?:swap|switch|exchange|trade)\b")
_OF_IT = re.compile(r"\b(?:it|that|this|those|them)\b")
_IT = re.compile(r"^(?:it|that|this|its)\b")
_AFTERWARDS = re.compile(r"(?:after(?:wards?)?|later(?: on)?|second|next|then)$")
_THERE = re.compile(r"\bthere\b(?! (?:is|are|was|should|must))")
_OF_LENGTH = {WishKind.SHORTER: WishKind.LESS, WishKind.LONGER: WishKind.MORE}
_MOST_AFTER_COMMA = 2
_STATES = re.compile(r"\b(?:our|there|here|us|my|your|last|yesterday|today|anyway)\b")
_BY_NAME = frozenset((WishKind.WITHOUT, WishKind.LESS, WishKind.MORE, WishKind.KEEP))
LISTED = WITH_SUBJECT | {WishKind.MORE_QUESTIONS, WishKind.FEWER_QUESTIONS}
_VERB_FIRST = re.compile(
    r"^(?:get|go|make|let|use|one|it|do|be|take|spend|try|add|just|keep|then|that|there|please)\b"
)
_SIZED_LATELY = frozenset((WishKind.ADD, WishKind.MORE, WishKind.REPLACE))
_BRINGING = frozenset((WishKind.ADD, WishKind.MORE, WishKind.ASK))
_COPING = re.compile(
    r"\bhow (?:well )?(?:they|she|he|candidates?)(?:'d| would| will| can)? ?(?:handles?|deals?|"
    r"copes?|"
    r"approach(?:es)?|manages?|reacts?|treats?)\b"
)
"""Asks about a thing by what one does with any."""
_ASKING = re.compile(
    r"\b(?:ask\w*|add|find out|see|know|check|explore|cover|hear|understand|learn|include|test|"
    r"probe|dig|questions?|something|anything|sth|interested|curious|wonder)\b"
)
_FROM = re.compile(
    r"^(?:(?:and|but|so|take|get|not|no|it|that|them|those|this|rather|away) )*from \w"
)
_RUN_ON = re.compile(
    r"^(?:we|they|our \w+)(?: all| now| only| mostly)? (?:run|runs|do|work|are|moved|switched|host|"
    r"hosts|deploy|deploys)(?: everything| it all| all| it)? (?:on|with|in|to) (?P<x>[\w+#. -]+?)"
    r"(?: now| nowadays| these days| here)*$"
)
_ELSE = "something else"
_IN_USE = re.compile(
    r"^(?:it(?:'s| is|s) (?P<y>[\w+#.-]+(?: [\w+#.-]+)?) (?:now|these days|instead)$)|"
    r"^(?:we|they|she|he)(?:'ve|'re|'ll)?(?: have| are| will)?(?: all| now| only| mostly| just)? "
    r"(?:uses?|using|works? with|run on|moved to|switched to|gone over to|changed to|migrated to) "
    r"(?P<x>.+?)(?: now| here| these days| everywhere| instead)*$"
)
_MEANT = re.compile(r"\b(?:i|we) (?:meant|mean|was thinking of|want(?:ed)?)\b")
_BUT_ABOUT = re.compile(r"^(?:rather |ask |also |instead )*(?:about |on )?(?P<x>.+)$")


class ClauseReader:
    """Reads clauses one by one; a list goes on with what its first clause asked for."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def read(self, clause: str, joint: str, language: str, *, is_last: bool) -> list[Wish]:
        """Read one clause.

        :param is_last: whether no "and" or "or" follows, so that no list goes on.
        """
        self._context.clause_said = clause
        plain = spoken_plainly(folded(clause)).strip(" .!,:;")
        plain = mildly(plain, "english" if language == ANY_LANGUAGE else language)
        polite = POLITE.match(plain)
        bare = plain[polite.end() :] if polite else plain
        bare = LEAD_VERB.sub("", bare)
        bare = POLITE_TAIL.sub("", bare).strip(" .!,:;") or plain
        if _FROM.match(bare):  # says only which part is to give its minutes
            return [Wish(WishKind.NOT_UNDERSTOOD, text=clause)] if not joint else []
        found = (
            self._handed_on(bare, clause)
            or self._kept_after_all(bare, clause)
            or self._so_many(bare, clause)
            or self._taken_back(plain, clause)
            or self._nothing_else(plain, clause)
            or self._both(bare, clause)
            or amounts(self._context, bare, clause)
            or unitless(self._context, bare, clause)
            or timed(self._context, bare, clause)
            or self._ordered(bare, clause)
            or self._said(bare, clause, language)
        )
        found = self._counted(self._checked(found, plain, clause, language), plain)
        if not found and joint in ("but", ",") and self._context.last is not None:
            found = self._in_its_place(bare, clause, is_contrast=joint == "but")
        if not found and joint in LISTING and self._context.last is not None:
            found = self._listed(bare, clause, is_short=joint == "," and is_last)
        found = self._told_as_question(found, clause, joint) or self._indirect(clause, joint)
        self._context.mentioned = self._context.known.mentioned_in(bare) or self._context.mentioned
        if not found:
            named = self._context.known.mentions(bare)
            told = named[-1].name if named else self._told_of(bare)
            self._context.spoken_of = told or self._context.spoken_of
        if found:
            self._context.last = self._context.latest = found[-1]
            self._context.is_same_text = True
            self._context.wanted += [
                each.subject for each in found if each.kind in _WANTING and each.subject
            ]
            self._context.last_subject = (
                found[-1].other or found[-1].subject or self._context.last_subject
            )
        return found

    def _told_as_question(self, found: list[Wish], clause: str, joint: str) -> list[Wish]:
        """Return a question that is asked indirectly for what was taken for a subject's name."""
        if len(found) != 1 or found[0].kind not in _BRINGING or _COPING.search(folded(clause)):
            return found
        known = self._context.known
        if known.has(found[0].subject or "") or found[0].kind is WishKind.ASK:
            return found
        return self._indirect(clause, joint) or found

    def _indirect(self, clause: str, joint: str) -> list[Wish]:
        """Read a question that is asked indirectly, where the sentence asks for questions."""
        question = question_of(clause)
        last = self._context.last
        goes_on = joint in LISTING and last is not None and last.kind in _BRINGING
        if question is None or not (goes_on or _ASKING.search(folded(clause))):
            return []
        return [Wish(WishKind.ASK, question, text=clause)]

    def _checked(self, found: list[Wish], plain: str, clause: str, language: str) -> list[Wish]:
        """Return what a rule has read, or what the clause's words say where they say otherwise.

        A rule goes by how a wish is put, so it may take the rest of a clause for a name that the
        plan does not have, or overlook that a refusal is itself refused.
        """
        if any(each.kind not in _BY_NAME for each in found):
            return found
        known = self._context.known
        language = "english" if language == ANY_LANGUAGE else language
        told = by_sense(unhedged(plain), clause, language, known)
        if told and told[0].kind in LEVEL and _THERE.search(plain) and self._context.mentioned:
            told = [Wish(WishKind.MORE, self._context.mentioned, text=clause)]
        if not found or not told:
            return told or found
        is_known = all(known.has(each.subject or "") for each in found)
        if told[0].kind in LEVEL and not is_known:
            return told
        names = [each.subject for each in told if each.subject and known.has(each.subject)]
        if len(names) < len(told):
            return found
        if is_known:
            is_kept = told[0].kind is WishKind.KEEP and found[0].kind is WishKind.WITHOUT
            return told if is_kept else found
        return told if all(adds_nothing(each.subject or "", names) for each in found) else found

    def _told_of(self, bare: str) -> str | None:
        """Return what a clause that asks for nothing says something of: "CAD was tested"."""
        used = _RUN_ON.match(bare)
        if used is not None:
            return self._context.named(subject_of(used["x"]))
        told = _TELLS.match(bare)
        name = subject_of(told["x"] or told["y"]) if told else ""
        is_name = name and len(name.split()) <= MOST_LISTED_WORDS and not WHOLE.match(name)
        return self._context.named(name) if is_name and self._context.is_subject(name) else None

    def _taken_back(self, plain: str, clause: str) -> list[Wish]:
        about = taken_back_about(plain)
        if about is not None:
            name = self._context.named(subject_of(about))
            return [Wish(WishKind.TAKE_BACK, ABOUT, name, text=clause)] if name else []
        which = taken_back(plain)
        return [Wish(WishKind.TAKE_BACK, which, text=clause)] if which else []

    def _handed_on(self, bare: str, clause: str) -> list[Wish]:
        """Read which part gets minutes that another gives: "give the five minutes to the case"."""
        said = _HANDED_ON.match(bare)
        if said is None:
            return []
        about = self._context.whole_or_known(said["x"])
        if about is None or about is UNCLEAR:
            return []
        minutes = number_of(said["n"]) if said["n"] else None
        return [Wish(WishKind.MORE, about, minutes=minutes, text=clause, takes_rest=True)]

    def _so_many(self, bare: str, clause: str) -> list[Wish]:
        """Read how many questions there are to be on what was just asked for: "make that two"."""
        latest = self._context.latest
        said = _MAKE_IT.match(bare) or _MANY.match(bare) or _IN_TOTAL.match(bare)
        if latest is None or said is None:
            return []
        count = number_of(said.groupdict().get("m") or said["n"])
        if said.re is _IN_TOTAL:
            is_number = latest.kind in QUESTIONS and latest.subject is None
            return [replace(latest, count=count, text=clause)] if is_number else []
        if latest.kind is WishKind.SECTION_MINUTES:
            return [replace(latest, minutes=count, text=clause)]
        if latest.kind not in _SIZED_LATELY:
            return []
        subject = latest.other or latest.subject
        if subject is None or count > _MOST_ON_ONE:
            return []
        return [Wish(WishKind.MORE_QUESTIONS, subject, text=clause, count=count)]

    def _counted(self, found: list[Wish], plain: str) -> list[Wish]:
        """Return wishes with the number of questions that their clause says, or that goes along."""
        if len(found) != 1:
            return found
        wish, latest = found[0], self._context.latest
        count = _COUNTED.search(plain)
        if count and wish.kind in _SIZED_LATELY and wish.count is None and wish.subject:
            kind = WishKind.MORE_QUESTIONS
            return [replace(wish, kind=kind, count=number_of(count["n"]))]
        is_of_latest = (
            wish.kind in QUESTIONS
            and wish.subject is None
            and wish.count is not None
            and wish.count < _MOST_ON_ONE
            and latest is not None
            and latest.kind in (WishKind.KEEP, *_SIZED_LATELY)
            and self._context.is_same_text
        )
        if is_of_latest and latest is not None and latest.subject:
            return [replace(wish, subject=latest.subject)]
        return found

    def _kept_after_all(self, bare: str, clause: str) -> list[Wish]:
        """Read that what was just left out stays: "drop Canva. No, keep it"."""
        latest = self._context.latest
        is_out = (
            latest is not None and latest.kind is WishKind.WITHOUT and self._context.is_same_text
        )
        if latest is None or not is_out or not _KEEP_IT.match(bare):
            return []
        return [Wish(WishKind.KEEP, latest.subject, text=clause)]

    def _both(self, bare: str, clause: str) -> list[Wish]:
        """Read that what was to be replaced is wanted too: "both please"."""
        latest = self._context.latest
        if latest is None or latest.kind is not WishKind.REPLACE or not _BOTH.match(bare):
            return []
        return [Wish(WishKind.KEEP, latest.subject, text=clause)]

    def _nothing_else(self, plain: str, clause: str) -> list[Wish]:
        """Read that what the sentence has named is all: "two on SQL, skip the rest"."""
        if not _NOTHING_ELSE.match(plain):
            return []
        return [Wish(WishKind.ONLY, subject, text=clause) for subject in self._context.wanted]

    def _ordered(self, bare: str, clause: str) -> list[Wish]:
        """Read in which order things are wanted."""
        order = order_in(unhedged(bare))
        if order is None:
            return []
        kind, said, beside = order
        about = self._context.ordered_name(said)
        if beside and _AFTERWARDS.match(beside):
            beside = "it"
        other = self._context.ordered_name(beside) if beside else None
        if about is UNCLEAR or other is UNCLEAR:
            return []
        return [Wish(kind, about, other, text=clause)]

    def _said(self, bare: str, clause: str, language: str) -> list[Wish]:
        """Read a clause by the first rule that fits it, the closest rules first."""
        if language not in ("english", ANY_LANGUAGE):
            return self._ruled(_rules_of(language), bare, clause)
        plain = unhedged(bare)
        found = self._ruled(shapes(first=True), plain, clause) or self._ruled(
            _rules_of(language), bare, clause
        )
        if found or (self._context.last is not None and REASON.match(bare)):
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
            if kind in WITH_SUBJECT and _REMARK.match(groups.get("x") or ""):
                continue
            if kind in WITH_SUBJECT and durations_in(groups.get("x") or ""):
                continue
            count = number_of(groups["n"]) if groups.get("n") else None
            wish = Wish(kind, text=clause, count=count)
            if groups.get("y") is not None:
                out = self._replaced(subject_of(groups["x"]))
                new = self._replacing(groups["y"])
                if out and ANOTHER.fullmatch(groups["y"] or _ELSE):
                    return [replace(wish, subject=out, other=groups["y"] or _ELSE)]
                question = question_of(f"ask {groups['y']}")
                if out and question:
                    asking = Wish(WishKind.ASK, question, text=clause)
                    return [replace(wish, kind=WishKind.WITHOUT, subject=out), asking]
                if out and new and self._context.is_subject(out) and self._context.is_subject(new):
                    if _CHANGE_PLACES.match(bare):
                        return [self._in_each_other_s_place(replace(wish, subject=out, other=new))]
                    return [replace(wish, subject=out, other=new)]
                continue
            if groups.get("x") is None:
                if kind in LEVEL and self._last_subject_in_sentence() and _OF_IT.search(bare):
                    continue
                if kind in _OF_LENGTH:
                    about = self._context.mentioned if _IT.match(bare) else None
                    about = about or (self._context.at_hand() if _OF_IT.search(bare) else None)
                    if about:
                        return [replace(wish, kind=_OF_LENGTH[kind], subject=about)]
                return [wish]
            name = subject_of(groups["x"])
            if not name and _ALL_OF_IT.search(groups["x"]):
                continue
            if kind in WITH_SUBJECT or name:
                about = self._context.about(name, kind)
                if about is UNCLEAR:
                    continue
                return [replace(wish, subject=about)]
            return [wish]
        return []

    def _replacing(self, said: str) -> str:
        """Return what is wanted in place of something: by its name, or what was spoken of."""
        if ANAPHORA.match(said.strip()) and self._context.spoken_of:
            return self._context.spoken_of
        return self._context.named(subject_of(said))

    def _replaced(self, name: str) -> str:
        """Return what something is wanted in place of: by its name, or what was spoken of."""
        if name and not ANAPHORA.match(name):
            return self._context.named(name)
        context = self._context
        return context.last_subject or context.mentioned or context.spoken_of or ""

    def _in_each_other_s_place(self, wish: Wish) -> Wish:
        """Read that two things that the plan has are to change places."""
        known, one, other = self._context.known, wish.subject or "", wish.other or ""
        if not known.has_name(one) or not known.has_name(other) or one == other:
            return wish
        if known.place_of(one) < known.place_of(other):
            one, other = other, one
        return replace(wish, kind=WishKind.BEFORE, subject=one, other=other)

    def _in_its_place(self, bare: str, clause: str, *, is_contrast: bool) -> list[Wish]:
        """Read what is wanted in place of what was just left out: "not Java but Kotlin"."""
        is_contrast = is_contrast or _MEANT.search(folded(clause)) is not None
        about = _IN_USE.match(bare) or (_BUT_ABOUT.match(bare) if is_contrast else None)
        if (
            self._context.last is None
            or self._context.last.kind is not WishKind.WITHOUT
            or about is None
        ):
            return []
        name = subject_of(about.groupdict().get("y") or about["x"])
        if (
            not name
            or len(name.split()) > MOST_LISTED_WORDS
            or (REASON.match(bare) and not _IN_USE.match(bare))
        ):
            return []
        return [Wish(WishKind.ADD, self._context.named(name), text=clause)]

    def _listed(self, bare: str, clause: str, *, is_short: bool) -> list[Wish]:
        """Read the further members of a list: "drop Java, React and SQL"."""
        last = self._context.last
        name = subject_of(bare)
        if (
            last is None
            or last.kind not in LISTED
            or not name
            or len(name.split()) > (_MOST_AFTER_COMMA if is_short else MOST_LISTED_WORDS)
            or WHOLE.match(name)
            or _STATES.search(bare)
            or REASON.match(bare)
            or _VERB_FIRST.match(bare)
            or not self._context.is_subject(name)
        ):
            return []
        said = last.text if last.kind is WishKind.ONLY else clause
        count = last.count if last.kind in QUESTIONS else None
        return [Wish(last.kind, self._context.named(name), text=said, count=count)]

    def _last_subject_in_sentence(self) -> str | None:
        """Return what the last wish of the same sentence is said of."""
        return self._context.last.subject if self._context.last is not None else None


def _rules_of(language: str) -> Iterator[Rule]:
    for name, each in rules().items():
        if language in (name, ANY_LANGUAGE):
            yield from each
