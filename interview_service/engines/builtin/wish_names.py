"""Names of a plan's sections and topics, found again however people write them."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache

from interview_service.domain.fairness.reading import folded
from interview_service.engines.builtin.phrases import vocabulary
from interview_service.engines.builtin.words import kin_data

LONGEST_SUBJECT = 80


class Known:
    """Names of sections and topics, found again however people write them."""

    def __init__(self, names: Sequence[str]) -> None:
        self._by_folded = {folded(name).strip(): name for name in names if name.strip()}

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
        kin = self._of_kin(bare) or self._abbreviated(bare)
        if kin is not None:
            return kin
        close = get_close_matches(bare[:LONGEST_SUBJECT], self._by_folded, n=1, cutoff=0.82)
        return self._by_folded[close[0]] if close else subject

    def has(self, name: str) -> bool:
        """Tell whether a name is a section's or a topic's, or an end of the interview."""
        bare = folded(name)
        return bare in self._by_folded or bare in _ENDS

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


_STEM = 6
_SHORTEST = 3
_ENDS = {
    **dict.fromkeys(
        (
            "intro", "introduction", "introductions", "opening", "welcome", "warm-up", "warmup",
            "warm up", "start", "beginning", "icebreaker", "small talk", "begrussung",
            "einleitung", "einstieg", "vorstellung", "accueil", "presentation", "introduccion",
            "bienvenida", "presentacion", "apertura",
        ),
        "opening",
    ),
    **dict.fromkeys(
        (
            "closing", "wrap-up", "wrapup", "wrap up", "end", "at the end", "outro", "q&a",
            "closing questions", "own", "candidate", "candidate's", "abschluss", "ende", "schluss",
            "conclusion", "cloture", "cierre", "final", "despedida",
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
    r"everyone's|anyone|else|deserves?|everywhere|i'm|it's|that's|there's|we're|\w+n't)\b"
    r"|^(?:(?:even |much |a bit )?(?:harder|easier|longer|shorter|deeper|tougher|simpler|detail|"
    r"details|depth|last time|this time|next time)$|be\b|sure$|it\b(?! (?:security|support|"
    r"service|systems?|infra\w*|"
    r"audits?|projects?|help\w*|skills|knowledge|admin\w*|operations|landscape|strategy))|to\b|"
    r"not\b|if\b|when\b|because\b|like\b|[\W\d]*$|sixty$|thirty$|"
    r"forty$|ninety$|half$|(?:do|does|make|have|get|take|put|give|let|go|come|keep)\b(?= \w)|"
    r"(?:quite|so|too|very|really|enough|yet|necessarily|under|just|only|one$|thing$|him|her|"
    r"them)\b|"
    r".*\b(?:the|a|an|of|to|and|my|our|with|on|for|about|it|this|that)$|then$|yes$|no$|please$|"
    r"por favor$|svp$|bitte$)"
)
