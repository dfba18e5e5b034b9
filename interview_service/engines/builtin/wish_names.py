"""Names of a plan's sections and topics, found again however people write them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.languages import in_english
from interview_service.engines.builtin.phrases import vocabulary
from interview_service.engines.builtin.words import kin_data

LONGEST_SUBJECT = 80


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of the plan that a text speaks of, and where."""

    start: int
    end: int
    name: str


class Known:
    """Names of sections and topics, found again however people write them.

    :param sections: those of the names that are sections, in the plan's order.
    """

    def __init__(self, names: Sequence[str], sections: Sequence[str] = ()) -> None:
        self._by_folded = {folded(name).strip(): name for name in names if name.strip()}
        self._sections = sections

    def spelled(self, subject: str) -> str:
        """Return a known name for a folded subject, or the subject itself."""
        bare = folded(subject)
        if bare in self._by_folded:
            return self._by_folded[bare]
        wanted = set(words_of(bare))
        for name, spelled in self._by_folded.items():
            if wanted and wanted <= set(words_of(name)):
                return spelled
        if bare in _ENDS:
            end = _ENDS[bare]
            own = (name for name in self._by_folded if _ENDS.get(name) == end)
            return self._by_folded[name] if (name := next(own, "")) else end
        alike = self._of_one_stem(bare)
        if alike is not None:
            return alike
        kin = self._of_kin(bare) or self._by_initials(bare) or self._abbreviated(bare)
        if kin is not None:
            return kin
        close = get_close_matches(bare[:LONGEST_SUBJECT], self._by_folded, n=1, cutoff=0.82)
        return self._by_folded[close[0]] if close else subject

    def has(self, name: str) -> bool:
        """Tell whether a name is a section's or a topic's, or an end of the interview."""
        bare = folded(name)
        return bare in self._by_folded or bare in _ENDS

    def has_name(self, name: str) -> bool:
        """Tell whether a name is a section's or a topic's."""
        return folded(name) in self._by_folded

    def _of_one_stem(self, word: str) -> str | None:
        """Return the one name with a word of this stem: "Cultural Fit" for "culture"."""
        if " " in word or len(word) <= _STEM:
            return None
        found = {
            spelled
            for name, spelled in self._by_folded.items()
            if any(each[:_STEM] == word[:_STEM] for each in words_of(name))
        }
        return min(found, key=len) if found else None

    def _of_kin(self, bare: str) -> str | None:
        """Return the one name that means the same, or a way of it: "Excel" for "spreadsheets"."""
        kin = _kin().get(bare) or _kin().get(bare.removesuffix("s")) or ()
        found = {spelled for name, spelled in self._by_folded.items() if name in kin}
        return found.pop() if len(found) == 1 else None

    def _by_initials(self, word: str) -> str | None:
        """Return the one name that has these initials: "Google Analytics" for "GA"."""
        if not 2 <= len(word) <= _MOST_INITIALS or not word.isalpha() or word in vocabulary():
            return None
        found = {
            spelled
            for name, spelled in self._by_folded.items()
            if len(own := words_of(name)) == len(word) and "".join(each[0] for each in own) == word
        }
        return found.pop() if len(found) == 1 else None

    def _abbreviated(self, bare: str) -> str | None:
        """Return the one name whose words begin like these: "Wiring regulations" for "regs"."""
        words = [word.removesuffix("s") for word in words_of(bare)]
        if not words or any(len(word) < _SHORTEST or word in vocabulary() for word in words):
            return None
        found = {
            spelled
            for name, spelled in self._by_folded.items()
            if all(any(own.startswith(word) for own in words_of(name)) for word in words)
        }
        return found.pop() if len(found) == 1 else None

    def mentioned_in(self, text: str) -> str | None:
        """Return a known name, an opening or a closing that a folded text speaks of."""
        words = set(words_of(text))
        for name, spelled in self._by_folded.items():
            if set(words_of(name)) <= words:
                return spelled
        by_word = {
            spelled
            for name, spelled in self._by_folded.items()
            if any(len(word) > _STEM and word in words for word in words_of(name))
        }
        if len(by_word) == 1:
            return by_word.pop()
        return next((self.spelled(word) for word in words_of(text) if word in _ENDS), None)

    def mentions(self, text: str, *, in_another_language: bool = False) -> list[Mention]:
        """Return what of the plan a folded clause speaks of, in its order, none inside another.

        :param in_another_language: what English calls a skill counts as well.
        """
        found = [
            Mention(match.start(), match.end(), name)
            for match in _ORDINAL.finditer(text)
            if (name := self.section_at(ORDINALS[match["which"]])) is not None
        ]
        found += [Mention(each.start(), each.end(), each[0]) for each in _PART.finditer(text)]
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            step = 1
            for size in range(min(_LONGEST_MENTION, len(words) - at), 0, -1):
                start, end = words[at].start(), words[at + size - 1].end()
                if any(start < each.end and each.start < end for each in found):
                    continue
                name = self._meant(text[start:end], in_another_language=in_another_language)
                if name is not None:
                    found.append(Mention(start, end, name))
                    step = size
                    break
            at += step
        return sorted(found, key=lambda each: each.start)

    def section_at(self, place: int) -> str | None:
        """Return the section that stands at a place, counted from 0 or, backwards, from -1."""
        is_there = -len(self._sections) <= place < len(self._sections)
        return self._sections[place] if is_there else None

    def _meant(self, said: str, *, in_another_language: bool) -> str | None:
        """Return the one name that words are, are a part of, or are a slip of."""
        if said in self._by_folded:
            return self._by_folded[said]
        if said in _ENDS and said not in _NO_END_ALONE:
            return self.spelled(said)
        initials = self._by_initials(said)
        if initials is not None:
            return initials
        own = words_of(said)
        if any(word in _SAYS_NOTHING or len(word) < _SHORTEST for word in (own[0], own[-1])):
            return None
        sections = {folded(name) for name in self._sections}
        within = [
            spelled
            for name, spelled in self._by_folded.items()
            if _is_within(own, words_of(name)) and (name not in sections or said in name)
        ]
        if within:
            return min(within, key=len)
        english = in_english(said) if in_another_language else None
        if english is not None:
            told = self.spelled(english)
            parts = words_of(folded(told))
            own_name = (name for name in self._by_folded if _is_within(words_of(name), parts))
            return self._by_folded[name] if (name := next(own_name, "")) else told
        if len(own) > 1 or len(said) < _SHORTEST_SLIP or said in vocabulary():
            return None
        named = {word: name for name in self._by_folded for word in words_of(name)}
        close = get_close_matches(said[:LONGEST_SUBJECT], named, n=1, cutoff=0.85)
        return self._by_folded[named[close[0]]] if close else None

    def place_of(self, name: str) -> int:
        """Return which of the names one is, in the plan's order."""
        return list(self._by_folded).index(folded(name))

    def joined(self) -> list[str]:
        """Return the folded names that hold "and" or a comma."""
        return [name for name in self._by_folded if _JOINED.search(name)]


@cache
def _kin() -> Mapping[str, frozenset[str]]:
    """Return for each name of a thing the others, and the ways to do it or what it is a way of."""
    found: dict[str, frozenset[str]] = {}
    for row in (*kin_data()["names"], *kin_data()["kinds"]):
        names = frozenset(name.strip() for name in row.split(","))
        for name in names:
            found[name] = found.get(name, frozenset()) | names
    return found


def _is_within(words: Sequence[str], name: Sequence[str]) -> bool:
    """Tell whether words stand in a name, in their order, whatever their endings."""
    rest = iter(name)
    return all(any(_is_alike(word, own) for own in rest) for word in words)


def _is_alike(word: str, own: str) -> bool:
    if word == own or word.removesuffix("s") == own.removesuffix("s"):
        return True
    return len(word) > _STEM and len(own) > _STEM and word[:_STEM] == own[:_STEM]


_STEM = 6
_MOST_INITIALS = 4
_SHORTEST = 3
_SHORTEST_SLIP = 6  # letters of a word that may be misspelled
_LONGEST_MENTION = 5  # words
ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "middle": 1, "third": 2, "3rd": 2, "last": -1,
    "final": -1, "erste": 0, "ersten": 0, "zweite": 1, "zweiten": 1, "dritte": 2, "dritten": 2,
    "letzte": -1, "letzten": -1, "premiere": 0, "deuxieme": 1, "seconde": 1, "troisieme": 2,
    "derniere": -1, "primera": 0, "segunda": 1, "tercera": 2, "ultima": -1,
}  # fmt: skip
_ORDINAL = re.compile(
    rf"\b(?P<which>{'|'.join(ORDINALS)}) (?:part|section|block|bit|segment|chunk|teil|abschnitt|"
    r"block|partie|section|parte|seccion)\b"
)
_PART = re.compile(
    r"\b(?:case(?: stud(?:y|ies))?(?! of)|work samples?|role[- ]?plays?|(?:practical|hands-on) "
    r"(?:exercise|part|task|section|bit)|technical (?:part|section|questions?|bits?|stuff|half)|"
    r"soft[- ]skills?(?: (?:part|questions|section|stuff|bit))?|behaviou?ral (?:part|section|"
    r"questions?)|(?:culture|team)[- ]fit|fallstudie|etude de cas|caso practico|fachteil)\b"
)
_SAYS_NOTHING = frozenset(
    """the and for with about part section question questions topic topics bit bits stuff thing
    things skill skills time more less much many work working interview interviews candidate
    candidates people person who get getting does did own one two that this some any all not how
    what when where good best new old under over from into out off other others experience
    knowledge team day days job level use using used make making take taking give giving handling
    dealing managing management together core general basic basics minutes minute hour first last
    und der die das den dem ein eine mit fur zum zur von teil fragen frage gesprach zeit les des
    une sur pour avec dans partie questions temps los las una con para por sobre parte preguntas
    pregunta tiempo entrevista""".split()
)
_NO_END_ALONE = frozenset(
    ("end", "own", "start", "ende", "final", "at the end", "candidate", "candidate's",
     "presentation", "beginning", "schluss", "conclusion", "vorstellung")
)  # fmt: skip
_ENDS = {
    **dict.fromkeys(
        (
            "intro", "introduction", "introductions", "opening", "welcome", "warm-up", "warmup",
            "warm up", "start", "beginning", "icebreaker", "small talk", "begrussung",
            "einleitung", "einstieg", "vorstellung", "accueil", "presentation", "introduccion",
            "bienvenida", "presentacion", "apertura", "ouverture", "eroffnung", "greeting",
        ),
        "opening",
    ),
    **dict.fromkeys(
        (
            "closing", "wrap-up", "wrapup", "wrap up", "end", "at the end", "outro", "q&a",
            "closing questions", "own", "candidate", "candidate's", "their questions",
            "her questions", "his questions", "candidate questions", "candidate's questions",
            "abschluss", "ende", "schluss", "conclusion", "cloture", "cierre", "final", "despedida",
        ),
        "closing",
    ),
}  # fmt: skip
_JOINED = re.compile(r"[,&/]| and | und | et | y ")
_WORD = re.compile(r"[^\W_]+[+#]*")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


PART_OF_SENTENCE = re.compile(
    r"\b(?:i|we|you|she|he|they|is|isnt|are|arent|was|were|has|had|does|doesnt|did|didnt|cant|"
    r"cannot|will|wont|would|wouldnt|could|couldnt|should|shouldnt|must|nobody|everyone|everybody|"
    r"everyone's|anyone|else|wants|says|said|thinks|likes|prefers|hates|after all|"
    r"(?:at least|at most|no more than|up to) \d\w*|deserves?|everywhere|i'm|it's|that's|there's|"
    r"we're|\w+n't)\b"
    r"|^(?:(?:even |much |a bit )?(?:harder|easier|longer|shorter|deeper|tougher|simpler|detail|"
    r"details|depth|last time|this time|next time)$|be\b|sure$|it\b(?! (?:security|support|"
    r"service|systems?|infra\w*|"
    r"audits?|projects?|help\w*|skills|knowledge|admin\w*|operations|landscape|strategy))|to\b|"
    r"got\b|(?:not )?(?:convinced|sure|sold|keen|happy|impressed|great|good|bad|ideal|ok|okay|fine|"
    r"bothered|fussed|thrilled|mad|wild|a fan)$|"
    r"not\b|if\b|when\b|because\b|like\b|[\W\d]*$|sixty$|thirty$|"
    r"forty$|ninety$|half$|(?:do|does|make|have|get|take|put|give|let|go|come|keep)\b(?= \w)|"
    r"(?:quite|so|too|very|really|enough|yet|necessarily|under|just|only|one$|thing$|him|her|"
    r"them)\b|"
    r".*\b(?:the|a|an|of|to|and|my|our|with|on|for|about|it|this|that)$|then$|yes$|no$|please$|"
    r"por favor$|svp$|bitte$)"
)
